//! A sentence for people, as a code with parameters and in English, so that a screen can say it in its reader's language.
//!
//! [`phrase!`](crate::phrase!) stands where the sentence is made, and nothing else knows it: `cargo xtask phrases`
//! collects the codes and templates of all calls for the console, as gettext collects messages. A parameter whose name
//! ends with `_s` is a length of time in seconds, one that ends with `_at` a moment; a phrase in a phrase is a
//! parameter, too. What no language can say for us (a library's complaint, a name) is a text.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::{Timestamp, is_hidden, printable, wording};

/// What happened, or what to do about it.
///
/// Kept (in the journal, in the store) as one text: JSON, or the bare sentence that older versions wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Phrase(Box<Said>);

/// Behind a pointer, so that a `Result` with a phrase in its error stays small.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    code: Cow<'static, str>,
    /// JSON object. As text, because every device's twin holds phrases, and few of them are ever looked at.
    params: Box<str>,
    text: Box<str>,
}

/// `phrase!("text_too_long", "this has more than {most} characters; please shorten it", most = 100)`
#[macro_export]
macro_rules! phrase {
    ($code:literal, $template:literal $(, $key:ident = $value:expr)* $(,)?) => {
        $crate::Phrase::new($code, $template, [$((stringify!($key), $crate::Param::from($value))),*])
    };
}

impl Phrase {
    /// Use [`phrase!`](crate::phrase!), which is found when phrases are collected.
    #[must_use]
    pub fn new<const N: usize>(
        code: &'static str,
        template: &str,
        given: [(&'static str, Param); N],
    ) -> Self {
        let text = fill(template, &given);
        let params: Map<_, _> = given.into_iter().map(|(key, param)| (key.to_owned(), param.json)).collect();
        Self::said(Cow::Borrowed(code), &params, text)
    }

    fn said(code: Cow<'static, str>, params: &Map<String, Json>, text: String) -> Self {
        let params = serde_json::to_string(params).unwrap_or_default().into();
        Self(Box::new(Said { code, params, text: text.into() }))
    }

    /// A sentence that has no code: it can be shown, not translated.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self::said(Cow::Borrowed(""), &Map::new(), text.into())
    }

    /// Why connections end that we end: it says nothing about their devices, which whoever judges them must know.
    #[must_use]
    pub fn server_shutting_down() -> Self {
        phrase!("server_shutting_down", "the server is shutting down; connect again in a moment")
    }

    /// With every hidden character in what it quotes written as `U+XXXX` (see [`printable`]).
    #[must_use]
    pub fn printable(self) -> Self {
        if !self.text().chars().any(is_hidden) {
            return self;
        }
        let params = self.params().into_iter().map(|(key, param)| (key, named(param))).collect();
        let text = printable(self.text()).into_owned();
        Self::said(self.0.code, &params, text)
    }

    /// Stable, `snake_case`; empty when there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    #[must_use]
    pub fn params(&self) -> Map<String, Json> {
        serde_json::from_str(&self.0.params).unwrap_or_default()
    }

    /// In English.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The parameter with its hidden characters named.
fn named(param: Json) -> Json {
    match param {
        Json::String(text) => printable(&text).into(),
        Json::Array(parts) => parts.into_iter().map(named).collect(),
        Json::Object(parts) => parts.into_iter().map(|(key, part)| (key, named(part))).collect(),
        plain => plain,
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    code: String,
    #[serde(default)]
    params: Map<String, Json>,
    text: String,
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> Self {
        let params = phrase.params();
        let Said { code, text, .. } = *phrase.0;
        if code.is_empty() {
            return text.into();
        }
        serde_json::to_string(&Kept { code: code.into_owned(), params, text: text.into() })
            .unwrap_or_default()
    }
}

impl From<String> for Phrase {
    fn from(kept: String) -> Self {
        match serde_json::from_str(&kept) {
            Ok(Kept { code, params, text }) => Self::said(Cow::Owned(code), &params, text),
            Err(_) => Self::plain(kept),
        }
    }
}

/// One parameter: for programs, and as it reads in English.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    json: Json,
    text: String,
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self { json: text.into(), text: text.to_owned() }
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self { json: text.as_str().into(), text }
    }
}

impl From<&String> for Param {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<f64> for Param {
    fn from(number: f64) -> Self {
        Self { json: number.into(), text: wording::number(number) }
    }
}

macro_rules! whole_numbers {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Param {
            fn from(number: $kind) -> Self {
                Self { json: number.into(), text: number.to_string() }
            }
        })*
    };
}

whole_numbers!(u16, u32, u64, usize, i32, i64);

/// Its name ends with `_s`.
impl From<Duration> for Param {
    fn from(length: Duration) -> Self {
        let millis = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        #[expect(clippy::cast_precision_loss, reason = "nobody waits for 2^53 milliseconds")]
        let seconds = millis as f64 / 1000.0;
        if millis >= 60_000 || millis.is_multiple_of(1000) {
            let seconds = seconds.round();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "rounded and positive"
            )]
            let whole = seconds as u64;
            return Self { json: whole.into(), text: wording::duration(whole) };
        }
        Self { json: seconds.into(), text: format!("{} s", wording::number(seconds)) }
    }
}

/// Its name ends with `_at`.
impl From<Timestamp> for Param {
    fn from(moment: Timestamp) -> Self {
        let text = moment.to_string();
        Self { json: text.as_str().into(), text }
    }
}

impl From<Phrase> for Param {
    fn from(phrase: Phrase) -> Self {
        let params = phrase.params();
        let Said { code, text, .. } = *phrase.0;
        // Without a code there is nothing but the text to show.
        let json = if code.is_empty() { (*text).into() } else { json!({ "code": code, "params": params }) };
        Self { json, text: text.into() }
    }
}

/// Sentences, one after the other.
impl From<Vec<Phrase>> for Param {
    fn from(phrases: Vec<Phrase>) -> Self {
        let (json, text): (Vec<Json>, Vec<String>) =
            phrases.into_iter().map(Self::from).map(|param| (param.json, param.text)).unzip();
        Self { json: json.into(), text: text.join(". ") }
    }
}

/// The template with `{key}` replaced by what was given for it, in one pass: what was given may hold braces.
fn fill(template: &str, given: &[(&'static str, Param)]) -> String {
    let mut text = String::with_capacity(template.len() + 16 * given.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let found = after.split_once('}').and_then(|(key, behind)| {
            given.iter().find(|(known, _)| *known == key).map(|(_, param)| (param, behind))
        });
        if let Some((param, behind)) = found {
            text.push_str(&param.text);
            rest = behind;
        } else {
            text.push('{');
            rest = after;
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> Phrase {
        let cause = phrase!("test_goodbye", "the client said goodbye");
        phrase!("test_ended", "it ended {ago_s} ago: {cause}", ago_s = Duration::from_secs(90), cause = cause)
    }

    #[test]
    fn a_phrase_reads_in_english_and_keeps_its_parameters() {
        let phrase = ended();
        assert_eq!(phrase.text(), "it ended 1 min 30 s ago: the client said goodbye");
        assert_eq!(
            Json::Object(phrase.params()),
            json!({ "ago_s": 90, "cause": { "code": "test_goodbye", "params": {} } })
        );
    }

    #[test]
    fn what_hides_in_what_is_quoted_is_named() {
        let inner = phrase!("test_quoted", "\"{field}\"", field = "a\u{202e}b");
        let phrase = phrase!("test_hidden", "{inner} and {other}", inner = inner, other = "\0").printable();
        assert_eq!(phrase.text(), "\"aU+202Eb\" and U+0000");
        let inner = json!({ "code": "test_quoted", "params": { "field": "aU+202Eb" } });
        assert_eq!(Json::Object(phrase.params()), json!({ "inner": inner, "other": "U+0000" }));
        assert_eq!(ended().printable(), ended());
    }

    #[test]
    fn it_survives_being_kept_as_a_text() {
        let kept = String::from(ended());
        assert_eq!(Phrase::from(kept), ended());
    }

    #[test]
    fn a_sentence_of_an_older_version_is_shown_as_it_is() {
        let old = Phrase::from("the client said goodbye".to_owned());
        assert_eq!((old.code(), old.text()), ("", "the client said goodbye"));
        assert_eq!(String::from(old), "the client said goodbye");
    }

    #[test]
    fn braces_in_what_is_given_stay_as_they_are() {
        let phrase = phrase!("test_braces", "{a} and {b}, {\"t\":1}", a = "{b}", b = 2_u64);
        assert_eq!(phrase.text(), "{b} and 2, {\"t\":1}");
    }
}

//! What a rule found, as a sentence in the reader's language. The evidence says it; its title is English.

use model::wording::{duration, number};
use serde_json::Value as Json;

use super::Language;

/// The newest finding of an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub title: String,
    pub evidence: Json,
}

impl Found {
    pub fn sentence(&self, language: Language) -> String {
        let told = match language {
            Language::En => None,
            Language::Fr => self.in_french(),
        };
        told.unwrap_or_else(|| self.title.clone())
    }

    /// None when the evidence is of a kind that we do not know.
    fn in_french(&self) -> Option<String> {
        match self.text("kind")? {
            "threshold" => {
                let side = if self.text("op")? == "above" { "au-dessus de" } else { "en dessous de" };
                let (field, value, limit) =
                    (self.text("field")?, self.number("value")?, self.number("limit")?);
                let held = match self.seconds("held_s")? {
                    0 => String::new(),
                    held => format!(" pendant {}", french_duration(held)),
                };
                Some(format!("{field} à {value}, {side} {limit}{held}"))
            }
            "absence" => Some(format!("aucun message pendant {}", french_duration(self.seconds("after_s")?))),
            "rate_of_change" => {
                let verb = if self.text("direction")? == "rise" { "a augmenté" } else { "a baissé" };
                Some(format!(
                    "{} {verb} de {} en {}, de {} à {} (limite : {} en {})",
                    self.text("field")?,
                    self.number("change")?,
                    french_duration(self.seconds("took_s")?.max(1)),
                    self.number("from")?,
                    self.number("value")?,
                    self.number("by")?,
                    french_duration(self.seconds("within_s")?),
                ))
            }
            "sigma" => {
                let count = self.seconds("matches_in_minute").unwrap_or(1);
                Some(match count {
                    ..=1 => "un événement correspond à la règle".to_owned(),
                    count => format!("{count} événements correspondent à la règle en une minute"),
                })
            }
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.evidence.get(key)?.as_str()
    }

    fn number(&self, key: &str) -> Option<String> {
        Some(number(self.evidence.get(key)?.as_f64()?).replace('.', ","))
    }

    fn seconds(&self, key: &str) -> Option<u64> {
        self.evidence.get(key)?.as_u64()
    }
}

fn french_duration(seconds: u64) -> String {
    duration(seconds).replace(" d", " j")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(evidence: Json) -> Found {
        Found { title: "English".to_owned(), evidence }
    }

    #[test]
    fn every_kind_of_finding_has_a_french_sentence() {
        for (evidence, sentence) in [
            (
                json!({ "kind": "threshold", "field": "temperature", "value": 107.4, "op": "above", "limit": 100.0, "held_s": 600 }),
                "temperature à 107,4, au-dessus de 100 pendant 10 min",
            ),
            (json!({ "kind": "absence", "after_s": 172_800 }), "aucun message pendant 2 j"),
            (
                json!({ "kind": "rate_of_change", "field": "pressure", "value": 31.5, "from": 20.0, "change": 11.5, "by": 10.0, "within_s": 60, "took_s": 50, "direction": "rise" }),
                "pressure a augmenté de 11,5 en 50 s, de 20 à 31,5 (limite : 10 en 1 min)",
            ),
            (
                json!({ "kind": "sigma", "event": {}, "matches_in_minute": 1 }),
                "un événement correspond à la règle",
            ),
        ] {
            assert_eq!(found(evidence).sentence(Language::Fr), sentence);
        }
    }

    #[test]
    fn english_and_unknown_kinds_read_as_they_were_found() {
        assert_eq!(found(json!({ "kind": "absence", "after_s": 60 })).sentence(Language::En), "English");
        assert_eq!(found(json!({ "kind": "tomorrow" })).sentence(Language::Fr), "English");
    }
}

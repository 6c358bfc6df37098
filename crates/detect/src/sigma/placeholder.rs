//! Unexpanded `%placeholders%`. The engine loads them silently and then matches everything or nothing.

use model::phrase;
use yaml_serde::Value;

use super::locate::line_where;
use crate::error::RuleError;

/// What Windows itself writes between per cent signs: these stand for themselves in logs.
const ENVIRONMENT: [&str; 22] = [
    "allusersprofile",
    "appdata",
    "commonprogramfiles",
    "comspec",
    "homedrive",
    "homepath",
    "localappdata",
    "logonserver",
    "path",
    "pathext",
    "programdata",
    "programfiles",
    "programw6432",
    "psmodulepath",
    "public",
    "systemdrive",
    "systemroot",
    "temp",
    "tmp",
    "username",
    "userprofile",
    "windir",
];

pub fn refuse(yaml: &str, document: &Value) -> Result<(), RuleError> {
    let Some(detection) = document.get("detection") else { return Ok(()) };
    match find(detection, Context { expand: false, exact: false }) {
        None => Ok(()),
        Some(name) => {
            let (line, column) = line_where(yaml, &name, |_| true);
            let message = phrase!(
                "sigma_placeholder",
                "the placeholder {name} is not expanded, so the rule cannot tell what to match",
                name = name.as_str(),
            );
            Err(RuleError::of("yaml", message).at(line, column).hint(phrase!(
                "sigma_placeholder_hint",
                "put the real values in its place, as a list, and take |expand away: Field: [value1, value2] instead of {name}",
                name = name,
            )))
        }
    }
}

#[derive(Clone, Copy)]
struct Context {
    /// The field has the modifier `expand`: every `%name%` in its values is a placeholder.
    expand: bool,
    /// The field is compared for equality: a value that is nothing but `%name%` is a placeholder of the older style.
    exact: bool,
}

fn find(value: &Value, context: Context) -> Option<String> {
    match value {
        Value::String(text) => {
            let (start, name) = names(text).next()?;
            let whole = start == 0 && name.len() + 2 == text.len();
            let literal = ENVIRONMENT.contains(&name.to_ascii_lowercase().as_str());
            (context.expand || (context.exact && whole && !literal)).then(|| format!("%{name}%"))
        }
        Value::Sequence(items) => items.iter().find_map(|item| find(item, context)),
        Value::Mapping(entries) => entries.iter().find_map(|(key, item)| {
            let key = key.as_str().unwrap_or_default();
            let modifiers: Vec<&str> = key.split('|').skip(1).collect();
            let expand = modifiers.contains(&"expand");
            let exact = modifiers.iter().all(|modifier| matches!(*modifier, "all" | "cased"));
            find(item, Context { expand, exact })
        }),
        _ => None,
    }
}

/// The names between per cent signs, with where they start.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('%').filter_map(|(start, _)| {
        let rest = text.get(start + 1..)?;
        let name = rest.get(..rest.find('%')?)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        (!name.is_empty() && name.chars().all(plain)).then_some((start, name))
    })
}

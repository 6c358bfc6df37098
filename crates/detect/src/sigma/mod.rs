//! Sigma rules over devices' events.
//!
//! Reading is strict where the engine is lenient: what would load and then match everything, or nothing, is refused with
//! the line and a way out. Evaluation is `rsigma`'s; which rules hear an event is decided in [`source`].

mod bounds;
mod condition;
mod event;
mod explain;
mod expression;
mod locate;
mod merge;
mod placeholder;
mod rewrite;
mod selection;
mod source;
mod tenant;
mod wildcard;
mod windows;

use std::borrow::Cow;

use model::{Severity, phrase};
use rsigma_parser::{Level, LogSource, SigmaRule, parse_sigma_yaml};
use yaml_serde::Value;

use crate::compile::Listening;
use crate::error::RuleError;

pub use tenant::TenantRules;

/// What some editors put before a UTF-8 text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What the parser says of the nothing behind a last `---`.
const NO_DOCUMENT: &str = "Document is not a YAML mapping";

/// What a Sigma text says about itself: the start of a rule of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigmaDraft {
    pub title: String,
    pub description: String,
    /// The rule's level; medium when it names none.
    pub severity: Severity,
}

/// Reads a Sigma rule, as far as its name, description and level.
///
/// # Errors
/// It would not compile either.
pub fn read(yaml: &str) -> Result<SigmaDraft, RuleError> {
    let rule = parse(yaml)?;
    let severity = match rule.level {
        Some(Level::Informational) => Severity::Informational,
        Some(Level::Low) => Severity::Low,
        Some(Level::Medium) | None => Severity::Medium,
        Some(Level::High) => Severity::High,
        Some(Level::Critical) => Severity::Critical,
    };
    let description = rule.description.unwrap_or_default().trim().to_owned();
    Ok(SigmaDraft { title: rule.title.trim().to_owned(), description, severity })
}

/// One rule that the engine takes, or why not.
pub fn parse(yaml: &str) -> Result<SigmaRule, RuleError> {
    bounds::text(yaml)?;
    let yaml = yaml.strip_prefix(BYTE_ORDER_MARK).unwrap_or(yaml);
    let mut document = locate::single_document(yaml)?;
    let merged = merge::merge(yaml, &mut document)?;
    explain::shape(yaml, &document)?;
    bounds::values(yaml, &document)?;
    placeholder::refuse(yaml, &document)?;
    selection::refuse(yaml, &document)?;
    condition::read(yaml, &document)?;
    let plain = if merged { written(yaml, &document)? } else { Cow::Borrowed(yaml) };
    let collection = parse_sigma_yaml(&plain).map_err(|error| explain::parser(yaml, &error.to_string()))?;
    if let Some(error) = collection.errors.iter().find(|error| *error != NO_DOCUMENT) {
        return Err(explain::parser(yaml, error));
    }
    let Some(mut rule) = collection.rules.into_iter().next() else {
        return Err(RuleError::of("yaml", phrase!("sigma_no_rule", "there is no rule in this text")));
    };
    condition::selectors(yaml, &rule)?;
    condition::looks(yaml, &rule)?;
    let length = rewrite::rewrite(&mut rule).map_err(|short| explain::too_short(yaml, &short))?;
    expression::refuse(yaml, &document, &rule)?;
    bounds::encoded(yaml, length)?;
    rsigma_eval::compile_rule(&rule).map_err(|error| explain::engine(yaml, &document, &rule, &error))?;
    Ok(rule)
}

/// The document as a text without merge keys.
fn written(yaml: &str, document: &Value) -> Result<Cow<'static, str>, RuleError> {
    let text = yaml_serde::to_string(document).map_err(|error| explain::parser(yaml, &error.to_string()))?;
    Ok(Cow::Owned(text))
}

/// What a rule with this logsource hears.
pub fn listening(logsource: &LogSource) -> Listening {
    source::listening(logsource)
}

#[cfg(test)]
mod tests;

//! Sigma rules over devices' events.
//!
//! Reading is strict where the engine is lenient: what would load and then match everything, or nothing, is refused with
//! the line and a way out. Evaluation is `rsigma`'s; which rules hear an event is decided in [`source`].

mod condition;
mod event;
mod explain;
mod locate;
mod placeholder;
mod rewrite;
mod selection;
mod source;
mod tenant;
mod windows;

use model::{Severity, phrase};
use rsigma_parser::{Level, LogSource, SigmaRule, parse_sigma_yaml};

use crate::compile::Listening;
use crate::error::RuleError;

pub use tenant::TenantRules;

const LARGEST: usize = 256 * 1024;

/// How long the parser takes grows with the square of it. Texts may hold some of their own.
const MOST_OPEN: usize = 500;

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
    if yaml.len() > LARGEST {
        return Err(RuleError::of(
            "yaml",
            phrase!(
                "sigma_too_large",
                "the rule is {size} KiB long; {most} KiB are the limit",
                size = yaml.len() / 1024,
                most = LARGEST / 1024,
            ),
        ));
    }
    if open_brackets(yaml) > MOST_OPEN {
        return Err(RuleError::of(
            "yaml",
            phrase!(
                "sigma_too_nested",
                "more than {most} brackets are opened and not closed again: no rule needs that",
                most = MOST_OPEN,
            ),
        ));
    }
    let yaml = yaml.strip_prefix(BYTE_ORDER_MARK).unwrap_or(yaml);
    let document = locate::single_document(yaml)?;
    explain::shape(yaml, &document)?;
    placeholder::refuse(yaml, &document)?;
    selection::refuse(yaml, &document)?;
    condition::read(yaml, &document)?;
    let collection = parse_sigma_yaml(yaml).map_err(|error| explain::parser(yaml, &error.to_string()))?;
    if let Some(error) = collection.errors.iter().find(|error| *error != NO_DOCUMENT) {
        return Err(explain::parser(yaml, error));
    }
    let Some(mut rule) = collection.rules.into_iter().next() else {
        return Err(RuleError::of("yaml", phrase!("sigma_no_rule", "there is no rule in this text")));
    };
    condition::selectors(yaml, &rule)?;
    let engine = |rule: &SigmaRule| {
        rsigma_eval::compile_rule(rule).map_err(|error| explain::engine(yaml, &document, rule, &error))
    };
    engine(&rule)?;
    rewrite::rewrite(&mut rule).map_err(|short| explain::too_short(yaml, &short))?;
    engine(&rule)?;
    Ok(rule)
}

fn open_brackets(yaml: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for byte in yaml.bytes() {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// What a rule with this logsource hears.
pub fn listening(logsource: &LogSource) -> Listening {
    source::listening(logsource)
}

#[cfg(test)]
mod tests;

//! What the query engine complains about, said so that the reader knows what to do.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use model::{Phrase, phrase};

use crate::config::QueryLimits;
use crate::error::QueryError;

/// Names offered at most.
const OFFERED: usize = 12;

/// A text that does not parse.
pub(super) fn explain_syntax(error: &DataFusionError, sql: &str) -> QueryError {
    let detail = match error.find_root() {
        DataFusionError::SQL(parser, _) => {
            let text = parser.to_string();
            text.split_once("error: ").map_or(text.clone(), |(_, rest)| rest.to_owned())
        }
        other => first_line(&other.to_string()),
    };
    let dashed = sql.split_whitespace().any(|word| {
        let mut parts = word.split('-');
        parts.clone().count() > 1
            && parts.all(|part| part.starts_with(|first: char| first.is_ascii_alphabetic()))
    });
    let hint = dashed
        .then(|| phrase!("query_dash", "A table whose name has a dash needs double quotes: \"air-sensor\"."));
    QueryError::Invalid { detail: unparsable(detail), hint }
}

/// Anything that planning or running a query ends with.
pub(super) fn explain(error: &DataFusionError, tables: &[String], limits: QueryLimits) -> QueryError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => QueryError::TooLarge { limit: limits.memory },
        DataFusionError::SchemaError(mistake, _) => explain_schema(mistake),
        DataFusionError::Plan(text) | DataFusionError::Configuration(text) => explain_plan(text, tables),
        DataFusionError::SQL(parser, _) => {
            QueryError::Invalid { detail: unparsable(parser.to_string()), hint: None }
        }
        DataFusionError::NotImplemented(text) => {
            let detail =
                phrase!("query_unsupported", "this is not supported: {error}", error = first_line(text));
            QueryError::Invalid { detail, hint: None }
        }
        DataFusionError::ArrowError(arrow, _) => {
            QueryError::Invalid { detail: engine_says(&arrow.to_string()), hint: None }
        }
        DataFusionError::Execution(text) if text == super::bounded::TOO_SLOW => {
            QueryError::TooSlow { limit: limits.time }
        }
        DataFusionError::Execution(text) => QueryError::Invalid { detail: engine_says(text), hint: None },
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            tracing::error!(%error, "a query could not read the lake's files");
            QueryError::Unavailable {
                detail: phrase!(
                    "lake_unreadable",
                    "the lake's files could not be read; the reason is in the log",
                ),
            }
        }
        other => {
            tracing::error!(error = %other, "a query failed in the engine");
            QueryError::Internal { detail: first_line(&other.to_string()) }
        }
    }
}

/// Whether a damaged or vanished file may be the reason.
pub(super) fn may_be_damage(error: &DataFusionError) -> bool {
    use datafusion::arrow::error::ArrowError;
    match error.find_root() {
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            true
        }
        DataFusionError::ArrowError(arrow, _) => {
            matches!(
                **arrow,
                ArrowError::ParquetError(_) | ArrowError::ExternalError(_) | ArrowError::IoError(..)
            )
        }
        DataFusionError::External(_) => true,
        _ => false,
    }
}

fn explain_schema(mistake: &SchemaError) -> QueryError {
    match mistake {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let valid: Vec<String> = valid_fields.iter().map(|field| field.name.clone()).collect();
            unknown_column(&field.name, &valid)
        }
        SchemaError::AmbiguousReference { field } => QueryError::Invalid {
            detail: phrase!(
                "column_ambiguous",
                "column \"{column}\" is in more than one table",
                column = field.name.as_str(),
            ),
            hint: Some(phrase!(
                "column_ambiguous_hint",
                "Write the table before it: thermostat.temperature.",
            )),
        },
        other => QueryError::Invalid { detail: engine_says(&other.to_string()), hint: None },
    }
}

fn unknown_column(column: &str, valid: &[String]) -> QueryError {
    let hint = match (nearest(column, valid), valid.is_empty()) {
        (Some(near), _) => meant(near, valid),
        (None, false) => there_are(valid),
        (None, true) => phrase!("text_quotes", "Text needs single quotes: 'kitchen'."),
    };
    QueryError::UnknownColumn { column: column.to_owned(), hint }
}

fn explain_plan(text: &str, tables: &[String]) -> QueryError {
    let missing = text.strip_prefix("table '").and_then(|rest| rest.split_once("' not found"));
    if let Some((qualified, _)) = missing {
        return unknown_table(qualified.rsplit('.').next().unwrap_or(qualified), tables);
    }
    if let Some(what) = text.strip_prefix("failed to resolve ") {
        let name = what.split(": ").nth(1).unwrap_or(what);
        return unknown_table(name, tables);
    }
    if let Some(rest) = text.strip_prefix("No field named ") {
        let column = rest.split(['.', ' ']).next().unwrap_or(rest).trim_matches('"');
        return unknown_column(column, &[]);
    }
    if text.starts_with(super::product::REFUSAL) {
        let hint = phrase!(
            "query_product_hint",
            "Say which rows belong together: JOIN … ON a.device = b.device AND a.ts = b.ts.",
        );
        return QueryError::Invalid { detail: product(text), hint: Some(hint) };
    }
    if text.starts_with(super::expansion::REFUSAL) {
        let detail = phrase!(
            "query_expands",
            "with the columns of its inner queries written out, the query computes more than one query may",
        );
        let hint = phrase!("query_expands_hint", "Compute in fewer steps, or filter before computing.");
        return QueryError::TooComplex { detail, hint };
    }
    if text.starts_with(super::corrected::REFUSAL) {
        let detail = phrase!(
            "query_not_in",
            "NOT IN (SELECT …) has to be a condition of its own on a column, not inside of another or on a constant",
        );
        let hint = phrase!(
            "query_not_in_hint",
            "Use NOT EXISTS (SELECT … WHERE …), which says the same of nulls everywhere.",
        );
        return QueryError::Invalid { detail, hint: Some(hint) };
    }
    if text.starts_with(super::bounded::ONE_PATTERN) {
        let detail = phrase!("query_pattern", "a pattern has to be the same for every row");
        let hint = phrase!("query_pattern_hint", "Write the pattern into the query, not into a column.");
        return QueryError::Invalid { detail, hint: Some(hint) };
    }
    let readonly = ["DDL not supported", "DML not supported", "Statement not supported"];
    if readonly.iter().any(|start| text.starts_with(start)) {
        return QueryError::NotReadOnly {
            detail: phrase!("lake_read_only", "the lake is read-only for queries"),
        };
    }
    QueryError::Invalid { detail: engine_says(text), hint: None }
}

fn unparsable(error: String) -> Phrase {
    phrase!("query_unparsable", "the query does not parse: {error}", error = error)
}

/// A complaint that we know no better words for.
fn engine_says(complaint: &str) -> Phrase {
    phrase!("query_engine", "the query engine says: {error}", error = first_line(complaint))
}

fn product(text: &str) -> Phrase {
    let pairs = text.trim_start_matches(|c: char| !c.is_ascii_digit()).split(' ').next().unwrap_or_default();
    phrase!(
        "query_product",
        "this joins each row with each other: about {pairs} pairs",
        pairs = pairs.parse::<f64>().unwrap_or_default(),
    )
}

fn meant(near: &str, known: &[String]) -> Phrase {
    phrase!("name_meant", "Did you mean \"{near}\"? There are {names}.", near = near, names = listed(known),)
}

fn there_are(known: &[String]) -> Phrase {
    phrase!("names_known", "There are {names}.", names = listed(known))
}

fn unknown_table(table: &str, tables: &[String]) -> QueryError {
    let hint = match (nearest(table, tables), tables.is_empty()) {
        (Some(near), _) => meant(near, tables),
        (None, false) => there_are(tables),
        (None, true) => {
            phrase!("no_tables_yet", "There are no tables yet: they appear with the first data of a device.",)
        }
    };
    QueryError::UnknownTable { table: table.to_owned(), hint }
}

fn listed(names: &[String]) -> Phrase {
    let text = names.iter().take(OFFERED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(OFFERED) {
        0 => Phrase::plain(text),
        more => phrase!("names_and_more", "{names} and {more} more", names = text, more = more),
    }
}

/// The known name that is closest, if it is close.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a String> {
    let near = known
        .iter()
        .map(|other| (distance(&name.to_lowercase(), other), other))
        .min_by_key(|(far, _)| *far)?;
    (near.0 > 0 && near.0 <= (name.len() / 3).max(1)).then_some(near.1)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, left) in a.chars().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(&b) {
            let kept = diagonal + usize::from(left != *right);
            diagonal = *cell;
            before = kept.min(*cell + 1).min(before + 1);
            *cell = before;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["temperature".to_owned(), "humidity".to_owned()];
        assert_eq!(nearest("temprature", &known), Some(&known[0]));
        assert_eq!(nearest("pressure", &known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn an_unknown_table_names_those_there_are() {
        let tables = ["camera".to_owned(), "thermostat".to_owned()];
        let error = explain_plan("table 'lake.public.thermostats' not found", &tables);
        let QueryError::UnknownTable { table, hint } = error else { panic!("{error:?}") };
        assert_eq!(table, "thermostats");
        assert_eq!(hint.text(), "Did you mean \"thermostat\"? There are \"camera\", \"thermostat\".");
    }
}

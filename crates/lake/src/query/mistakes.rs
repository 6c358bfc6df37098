//! What the query engine complains about, said so that the reader knows what to do.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;

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
    let hint =
        dashed.then(|| "A table whose name has a dash needs double quotes: \"air-sensor\".".to_owned());
    QueryError::Invalid { detail: format!("the query does not parse: {detail}"), hint }
}

/// Anything that planning or running a query ends with.
pub(super) fn explain(error: &DataFusionError, tables: &[String], limits: QueryLimits) -> QueryError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => QueryError::TooLarge { limit: limits.memory },
        DataFusionError::SchemaError(mistake, _) => explain_schema(mistake),
        DataFusionError::Plan(text) | DataFusionError::Configuration(text) => explain_plan(text, tables),
        DataFusionError::SQL(parser, _) => {
            QueryError::Invalid { detail: format!("the query does not parse: {parser}"), hint: None }
        }
        DataFusionError::NotImplemented(text) => {
            QueryError::Invalid { detail: format!("this is not supported: {}", first_line(text)), hint: None }
        }
        DataFusionError::ArrowError(arrow, _) => {
            QueryError::Invalid { detail: first_line(&arrow.to_string()), hint: None }
        }
        DataFusionError::Execution(text) => QueryError::Invalid { detail: first_line(text), hint: None },
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            tracing::error!(%error, "a query could not read the lake's files");
            QueryError::Unavailable {
                detail: "the lake's files could not be read; the reason is in the log".to_owned(),
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
            detail: format!("column {:?} is in more than one table", field.name),
            hint: Some("Write the table before it: thermostat.temperature.".to_owned()),
        },
        other => QueryError::Invalid { detail: first_line(&other.to_string()), hint: None },
    }
}

fn unknown_column(column: &str, valid: &[String]) -> QueryError {
    let hint = match (nearest(column, valid), valid.is_empty()) {
        (Some(near), _) => format!("Did you mean {near:?}? There are {}.", listed(valid)),
        (None, false) => format!("There are {}.", listed(valid)),
        (None, true) => "Text needs single quotes: 'kitchen'.".to_owned(),
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
        let hint =
            "Say which rows belong together: JOIN … ON a.device = b.device AND a.ts = b.ts.".to_owned();
        return QueryError::Invalid { detail: first_line(text), hint: Some(hint) };
    }
    if text.starts_with(super::expansion::REFUSAL) {
        let hint = "Compute in fewer steps, or filter before computing.".to_owned();
        return QueryError::TooComplex { detail: first_line(text), hint };
    }
    let readonly = ["DDL not supported", "DML not supported", "Statement not supported"];
    if readonly.iter().any(|start| text.starts_with(start)) {
        return QueryError::NotReadOnly { detail: "the lake is read-only for queries".to_owned() };
    }
    QueryError::Invalid { detail: first_line(text), hint: None }
}

fn unknown_table(table: &str, tables: &[String]) -> QueryError {
    let hint = match (nearest(table, tables), tables.is_empty()) {
        (Some(near), _) => format!("Did you mean {near:?}? There are {}.", listed(tables)),
        (None, false) => format!("There are {}.", listed(tables)),
        (None, true) => "There are no tables yet: they appear with the first data of a device.".to_owned(),
    };
    QueryError::UnknownTable { table: table.to_owned(), hint }
}

fn listed(names: &[String]) -> String {
    let mut text = names.iter().take(OFFERED).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    if names.len() > OFFERED {
        text.push_str(&format!(" and {} more", names.len() - OFFERED));
    }
    text
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
        assert_eq!(hint, "Did you mean \"thermostat\"? There are \"camera\", \"thermostat\".");
    }
}

//! Lets only reading through, before anything is planned.

use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as Sql;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use model::{Phrase, phrase};

use super::mistakes;
use crate::error::QueryError;

const MAX_BYTES: usize = 128 << 10;
/// Each may nest the next one: planning recurses as deep.
const MAX_OPERATORS: usize = 1_000;

const TABLES: &str =
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name";

/// The one reading statement that the text is.
pub(super) fn admit(sql: &str) -> Result<Statement, QueryError> {
    if sql.len() > MAX_BYTES {
        return Err(invalid(phrase!("query_too_long", "the query is longer than 128 KiB"), None));
    }
    bound_nesting(sql)?;
    let mut statements = parse(sql)?;
    let statement = statements
        .pop()
        .ok_or_else(|| invalid(empty(), Some(phrase!("query_empty_hint", "Try SHOW TABLES."))))?;
    if !statements.is_empty() {
        return Err(invalid(
            phrase!("query_several_statements", "this is more than one statement"),
            Some(phrase!("query_several_statements_hint", "Send one query at a time.")),
        ));
    }
    reads(&statement)?;
    match &statement {
        Statement::Statement(inner) if matches!(**inner, Sql::ShowTables { .. }) => {
            parse(TABLES)?.pop().ok_or_else(|| invalid(empty(), None))
        }
        _ => Ok(statement),
    }
}

fn parse(sql: &str) -> Result<Vec<Statement>, QueryError> {
    let parsed = DFParserBuilder::new(sql).build().and_then(|mut parser| parser.parse_statements());
    parsed.map(Into::into).map_err(|error| mistakes::explain_syntax(&error, sql))
}

fn reads(statement: &Statement) -> Result<(), QueryError> {
    match statement {
        Statement::Statement(inner) => match &**inner {
            Sql::Query(_) | Sql::ShowTables { .. } | Sql::ShowColumns { .. } | Sql::ExplainTable { .. } => {
                Ok(())
            }
            Sql::Explain { statement, .. } => reads(&Statement::Statement(statement.clone())),
            other => Err(refused(&other.to_string())),
        },
        Statement::Explain(explain) => reads(&explain.statement),
        other => Err(refused(&other.to_string())),
    }
}

fn refused(statement: &str) -> QueryError {
    let verb = statement.split_whitespace().next().unwrap_or("This").to_uppercase();
    QueryError::NotReadOnly {
        detail: phrase!(
            "query_not_read_only",
            "{verb} is not possible here: the lake is read-only for queries",
            verb = verb,
        ),
    }
}

fn bound_nesting(sql: &str) -> Result<(), QueryError> {
    let dialect = GenericDialect {};
    // A text that cannot be split into words is explained by the parser.
    let Ok(tokens) = Tokenizer::new(&dialect, sql).tokenize() else { return Ok(()) };
    let operators = tokens.iter().filter(|token| is_operator(token)).count();
    if operators > MAX_OPERATORS {
        return Err(invalid(
            phrase!(
                "query_too_complex",
                "the query has {count} operators, more than {most}",
                count = operators,
                most = MAX_OPERATORS,
            ),
            Some(phrase!("query_too_complex_hint", "Use IN (…) instead of many ORs, or several queries.",)),
        ));
    }
    Ok(())
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => {
            let nests = ["AND", "OR", "NOT", "UNION", "EXCEPT", "INTERSECT", "CASE", "JOIN", "SELECT"];
            word.quote_style.is_none() && nests.iter().any(|keyword| word.value.eq_ignore_ascii_case(keyword))
        }
        Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::Mod
        | Token::StringConcat
        | Token::LParen => true,
        Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq | Token::DoubleColon => {
            true
        }
        _ => false,
    }
}

const fn invalid(detail: Phrase, hint: Option<Phrase>) -> QueryError {
    QueryError::Invalid { detail, hint }
}

fn empty() -> Phrase {
    phrase!("query_empty", "the query is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_gets_through() {
        for sql in [
            "SELECT 1",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE SELECT 1",
            "SHOW TABLES",
            "DESCRIBE thermostat",
            "SELECT 1;",
        ] {
            assert!(admit(sql).is_ok(), "{sql}: {:?}", admit(sql));
        }
        for sql in [
            "DROP TABLE thermostat",
            "INSERT INTO thermostat VALUES (1)",
            "UPDATE thermostat SET t = 1",
            "DELETE FROM thermostat",
            "CREATE TABLE x AS SELECT 1",
            "CREATE VIEW x AS SELECT 1",
            "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
            "COPY (SELECT 1) TO '/tmp/x.csv'",
            "EXPLAIN COPY (SELECT 1) TO '/tmp/x.csv'",
            "SET datafusion.execution.batch_size = 1",
            "SHOW ALL",
            "PREPARE p AS SELECT 1",
            "BEGIN",
        ] {
            let refused = admit(sql);
            assert!(
                matches!(refused, Err(QueryError::NotReadOnly { .. } | QueryError::Invalid { .. })),
                "{sql}: {refused:?}"
            );
        }
        assert!(admit("SELECT 1; DROP TABLE thermostat").is_err());
        assert!(admit(&format!("SELECT {}1", "1+".repeat(5_000))).is_err());
    }
}

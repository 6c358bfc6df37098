//! Lets only reading through, and nothing that is too much to plan, before anything is planned.

use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as Sql;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer, Word};
use model::{Phrase, phrase};

use super::metered::Metered;
use super::mistakes;
use super::written_out::{self, Widths, too_complex};
use crate::error::QueryError;

const MAX_BYTES: usize = 128 << 10;
/// Each may nest the next one: planning recurses as deep.
const MAX_OPERATORS: usize = 1_000;
/// Brackets and CASEs inside each other. People nest five; the parser gives up at 50 of its own steps, and how long it
/// takes to give up grows with each.
const MAX_NESTING: usize = 32;

const TABLES: &str =
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name";

/// The one reading statement that the text is. It can be planned: neither its text nor what the text stands for is
/// too much.
pub(super) fn admit(sql: &str, widths: Widths<'_>) -> Result<Statement, QueryError> {
    if sql.len() > MAX_BYTES {
        return Err(invalid(phrase!("query_too_long", "the query is longer than 128 KiB"), None));
    }
    let tokens = bound_tokens(sql)?;
    let mut statements = parse(sql, tokens)?;
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
    written_out::bound(&statement, widths)?;
    match &statement {
        Statement::Statement(inner) if matches!(**inner, Sql::ShowTables { .. }) => {
            parse(TABLES, tokens)?.pop().ok_or_else(|| invalid(empty(), None))
        }
        _ => Ok(statement),
    }
}

fn parse(sql: &str, tokens: usize) -> Result<Vec<Statement>, QueryError> {
    let dialect = Metered::of_tokens(tokens);
    let parsed = DFParserBuilder::new(sql)
        .with_dialect(&dialect)
        .build()
        .and_then(|mut parser| parser.parse_statements());
    parsed.map(Into::into).map_err(|error| {
        if dialect.is_used_up() || is_too_deep(&error) {
            return too_complex(
                phrase!("query_nested", "the query is nested too deeply to be read"),
                less_nesting(),
            );
        }
        mistakes::explain_syntax(&error, sql)
    })
}

fn is_too_deep(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::SQL(parser, _) => **parser == ParserError::RecursionLimitExceeded,
        _ => false,
    }
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

/// Counts what makes parsing and planning long; returns how many tokens there are.
fn bound_tokens(sql: &str) -> Result<usize, QueryError> {
    let dialect = GenericDialect {};
    // A text that cannot be split into words is explained by the parser, which begins with the same.
    let Ok(tokens) = Tokenizer::new(&dialect, sql).tokenize() else { return Ok(0) };
    let operators = tokens.iter().filter(|token| is_operator(token)).count();
    if operators > MAX_OPERATORS {
        return Err(too_complex(
            phrase!(
                "query_operators",
                "the query has {count} operators, more than {most}",
                count = operators,
                most = MAX_OPERATORS,
            ),
            phrase!("query_operators_hint", "Use IN (…) instead of many ORs, or several queries."),
        ));
    }
    let depth = nesting(&tokens);
    if depth > MAX_NESTING {
        let detail = phrase!(
            "query_nesting",
            "brackets and CASEs are nested {depth} deep, more than {most}",
            depth = depth,
            most = MAX_NESTING,
        );
        return Err(too_complex(detail, less_nesting()));
    }
    Ok(tokens.len())
}

fn nesting(tokens: &[Token]) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for token in tokens {
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => open += 1,
            Token::RParen | Token::RBracket | Token::RBrace => open = open.saturating_sub(1),
            Token::Word(word) if is_keyword(word, "CASE") => open += 1,
            Token::Word(word) if is_keyword(word, "END") => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = open.max(deepest);
    }
    deepest
}

fn is_keyword(word: &Word, keyword: &str) -> bool {
    word.quote_style.is_none() && word.value.eq_ignore_ascii_case(keyword)
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => {
            let nests = ["AND", "OR", "NOT", "UNION", "EXCEPT", "INTERSECT", "CASE", "JOIN", "SELECT"];
            nests.iter().any(|keyword| is_keyword(word, keyword))
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

fn less_nesting() -> Phrase {
    phrase!("query_nesting_hint", "Name the inner parts with WITH and use the names.")
}

fn empty() -> Phrase {
    phrase!("query_empty", "the query is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the stack that a query's thread has.
    fn admit(sql: &str) -> Result<Statement, QueryError> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(crate::query::threads::STACK_BYTES);
            thread.spawn_scoped(scope, || super::admit(sql, &|_| 10)).unwrap().join().unwrap()
        })
    }

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

    /// Without the meter some of these take hours: each bracket doubles the time.
    #[test]
    fn what_is_long_to_read_is_refused() {
        let nested = |open: &str, depth: usize, middle: &str, close: &str| {
            format!("SELECT {}{middle}{}", open.repeat(depth), close.repeat(depth))
        };
        for depth in [20, 30, 100] {
            for sql in [
                nested("cast(", depth, "1 AS nothing nothing", " AS int)"),
                nested("cast(", depth, "", ""),
                nested("CASE WHEN not(", depth, "1 $", ") THEN 1 END"),
                nested("position(a IN substring(", depth / 2, "1 $", "))"),
                nested("NOT ", depth, "$ $", ""),
                nested("interval ", depth, "$ $", ""),
                nested("* FROM (((SELECT FROM ", depth / 4, "a $", ")))"),
                nested("1 IN (", depth, "$ $", ")"),
            ] {
                let refused = admit(&sql);
                assert!(
                    matches!(refused, Err(QueryError::TooComplex { .. } | QueryError::Invalid { .. })),
                    "{sql}: {refused:?}"
                );
            }
        }
        for sql in [
            nested("cast(", 100, "1", " AS int)"),
            nested("abs(", 500, "1", ")"),
            nested("(", 40, "1", ")"),
            nested("CASE WHEN true THEN ", 33, "1", " END"),
            nested("* FROM (SELECT ", 33, "1", ") x"),
            nested("1+", 5_000, "1", ""),
        ] {
            let refused = admit(&sql);
            assert!(matches!(refused, Err(QueryError::TooComplex { .. })), "{sql}: {refused:?}");
        }
    }

    #[test]
    fn what_people_nest_is_read() {
        for sql in [
            format!("SELECT {}1{}", "round(coalesce(cast(".repeat(5), " AS double), 0), 2)".repeat(5)),
            format!("SELECT * FROM {}thermostat{}", "(SELECT * FROM ".repeat(12), ") x".repeat(12)),
            format!("SELECT 1 IN ({})", vec!["'0190'"; 12_000].join(", ")),
            format!("SELECT {}1", "a + 1, ".repeat(900)),
        ] {
            assert!(admit(&sql).is_ok(), "{:?}", admit(&sql).map_err(|error| error.to_string()));
        }
    }
}

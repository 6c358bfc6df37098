//! How large a query is once each name in it is replaced by what it stands for, which is what the planner does.
//!
//! A name given by WITH is planned anew at each place that uses it, so thirty names of which each uses the one before
//! twice are a billion tables. Planning is outside every memory limit: the size is counted on the text's tree, where
//! a name costs an addition, and what is too large is refused before anything is planned.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, GroupByWithModifier, ObjectName, Query, Select, Statement as Sql, Visit, Visitor,
};
use model::{Phrase, phrase};

use crate::error::QueryError;

/// Tables and SELECTs.
const MAX_PARTS: u64 = 256;
/// Each step of a plan lists the columns that pass it, and a query has about as many steps as parts.
const MAX_CELLS: u64 = 250_000;
/// Each hands on batches that are as wide as all tables before it, and no memory limit counts what is under way.
const MAX_JOINS: u64 = 12;
/// A list of 128 KiB after one IN has half of it.
const MAX_EXPRESSIONS: u64 = 100_000;
/// What a table has besides its fields: device, name, ts; more in the information schema.
const OWN_COLUMNS: u64 = 8;

/// Tells how many fields a table has.
pub(super) type Widths<'a> = &'a dyn Fn(&str) -> usize;

pub(super) fn bound(statement: &Statement, widths: Widths<'_>) -> Result<(), QueryError> {
    match statement {
        Statement::Statement(inner) => bound_sql(inner, widths),
        Statement::Explain(explain) => bound(&explain.statement, widths),
        _ => Ok(()),
    }
}

fn bound_sql(statement: &Sql, widths: Widths<'_>) -> Result<(), QueryError> {
    let mut counting = Counting { widths, open: vec![Open::default()] };
    match statement.visit(&mut counting) {
        ControlFlow::Break(error) => Err(error),
        ControlFlow::Continue(()) => Ok(()),
    }
}

#[derive(Clone, Copy, Default)]
struct Size {
    parts: u64,
    columns: u64,
    expressions: u64,
    joins: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.parts = self.parts.saturating_add(other.parts);
        self.columns = self.columns.saturating_add(other.columns);
        self.expressions = self.expressions.saturating_add(other.expressions);
        self.joins = self.joins.saturating_add(other.joins);
    }

    fn check(self) -> Result<(), QueryError> {
        let Self { parts, columns, expressions, joins } = self;
        let detail = if parts > MAX_PARTS {
            phrase!(
                "query_parts",
                "with every name replaced by what it stands for, the query has {count} tables and SELECTs (each grouping set counts), more than {most}",
                count = parts,
                most = MAX_PARTS,
            )
        } else if parts.saturating_mul(columns) > MAX_CELLS {
            let detail = phrase!(
                "query_cells",
                "with every name replaced by what it stands for, the query carries {columns} columns through {parts} tables and SELECTs; their product may be {most}",
                columns = columns,
                parts = parts,
                most = MAX_CELLS,
            );
            let hint =
                phrase!("query_cells_hint", "Read a wide table in fewer places, or send several queries.");
            return Err(too_complex(detail, hint));
        } else if expressions > MAX_EXPRESSIONS {
            phrase!(
                "query_expressions",
                "with every name replaced by what it stands for, the query has {count} expressions, more than {most}",
                count = expressions,
                most = MAX_EXPRESSIONS,
            )
        } else if joins > MAX_JOINS {
            phrase!(
                "query_joins",
                "with every name replaced by what it stands for, the query joins {count} times, more than {most}",
                count = joins,
                most = MAX_JOINS,
            )
        } else {
            return Ok(());
        };
        let hint = phrase!(
            "query_names_hint",
            "A name given by WITH counts at each place that uses it: use it less often.",
        );
        Err(too_complex(detail, hint))
    }
}

pub(super) const fn too_complex(detail: Phrase, hint: Phrase) -> QueryError {
    QueryError::TooComplex { detail, hint }
}

/// A query that the walk is in.
#[derive(Default)]
struct Open {
    size: Size,
    /// What its WITH has given names to so far.
    named: Vec<(String, Size)>,
    /// The queries that its WITH will give names to, known by their place in memory.
    naming: Vec<(*const Query, String)>,
}

struct Counting<'a> {
    widths: Widths<'a>,
    /// Innermost last.
    open: Vec<Open>,
}

impl Counting<'_> {
    fn add(&mut self, size: Size) -> ControlFlow<QueryError> {
        let Some(innermost) = self.open.last_mut() else { return ControlFlow::Continue(()) };
        innermost.size.add(size);
        match innermost.size.check() {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => ControlFlow::Break(error),
        }
    }

    fn named(&self, name: &str) -> Option<Size> {
        let visible = self.open.iter().rev().flat_map(|open| open.named.iter().rev());
        visible.into_iter().find(|(known, _)| known == name).map(|(_, size)| *size)
    }
}

impl Visitor for Counting<'_> {
    type Break = QueryError;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        let naming = query.with.iter().flat_map(|with| &with.cte_tables);
        let naming = naming.map(|cte| (&raw const *cte.query, planned(&cte.alias.name))).collect();
        self.open.push(Open { naming, ..Open::default() });
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &Query) -> ControlFlow<QueryError> {
        let Some(done) = self.open.pop() else { return ControlFlow::Continue(()) };
        if let Some(outer) = self.open.last_mut() {
            let name = outer.naming.iter().find(|(place, _)| std::ptr::eq(*place, query));
            if let Some((_, name)) = name {
                outer.named.push((name.clone(), done.size));
                return ControlFlow::Continue(());
            }
        }
        self.add(done.size)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<QueryError> {
        let tables: usize = select.from.iter().map(|from| 1 + from.joins.len()).sum();
        let joins = tables.saturating_sub(1) as u64;
        self.add(Size { parts: grouping_sets(&select.group_by), joins, ..Size::default() })
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<QueryError> {
        let parts: Vec<String> = relation.0.iter().filter_map(|part| part.as_ident().map(planned)).collect();
        if let Some(size) = self.named(&parts.join(".")) {
            self.add(size)?;
            return self.add(Size { parts: 1, ..Size::default() });
        }
        let width = parts.last().map_or(0, |table| (self.widths)(table) as u64);
        self.add(Size { parts: 1, columns: width.saturating_add(OWN_COLUMNS), ..Size::default() })
    }

    fn pre_visit_expr(&mut self, _: &Expr) -> ControlFlow<QueryError> {
        self.add(Size { expressions: 1, ..Size::default() })
    }
}

/// A name as the planner compares it.
fn planned(name: &datafusion::sql::sqlparser::ast::Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// How many groupings a GROUP BY asks for; each is computed like a SELECT of its own.
fn grouping_sets(group_by: &GroupByExpr) -> u64 {
    let (expressions, modifiers) = match group_by {
        GroupByExpr::All(modifiers) => (&[][..], modifiers),
        GroupByExpr::Expressions(expressions, modifiers) => (&expressions[..], modifiers),
    };
    let cube =
        |columns: usize| 1_u64.checked_shl(u32::try_from(columns).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
    let of_expression = |expression: &Expr| match expression {
        Expr::Cube(columns) => cube(columns.len()),
        Expr::Rollup(columns) => columns.len() as u64 + 1,
        Expr::GroupingSets(sets) => sets.len() as u64,
        _ => 1,
    };
    let of_modifier = |modifier: &GroupByWithModifier| match modifier {
        GroupByWithModifier::Cube => cube(expressions.len()),
        GroupByWithModifier::Rollup => expressions.len() as u64 + 1,
        GroupByWithModifier::GroupingSets(Expr::GroupingSets(sets)) => sets.len() as u64,
        _ => 1,
    };
    let factors = expressions.iter().map(of_expression).chain(modifiers.iter().map(of_modifier));
    factors.fold(1, |sets: u64, factor| sets.saturating_mul(factor.max(1)))
}

#[cfg(test)]
mod tests {
    use datafusion::sql::parser::DFParserBuilder;

    use super::*;

    fn size_of(sql: &str) -> Result<(), QueryError> {
        let statement =
            DFParserBuilder::new(sql).build().unwrap().parse_statements().unwrap().pop_front().unwrap();
        bound(&statement, &|table| if table == "wide" { 1_000 } else { 10 })
    }

    /// c0 is read from; each further one uses the one before `times` times.
    fn chain(length: usize, times: usize, read: &str) -> String {
        let mut names = vec![format!("c0 AS ({read})")];
        for at in 1..length {
            let uses = vec![format!("SELECT * FROM C{}", at - 1); times].join(" UNION ALL ");
            names.push(format!("c{at} AS ({uses})"));
        }
        format!("WITH {} SELECT count(*) FROM c{}", names.join(", "), length - 1)
    }

    #[test]
    fn names_count_where_they_are_used() {
        assert_eq!(size_of(&chain(60, 1, "SELECT a FROM t")), Ok(()));
        assert_eq!(size_of(&chain(4, 3, "SELECT a FROM t")), Ok(()));
        for (length, times) in [(30, 2), (12, 2), (6, 5), (3, 30)] {
            let refused = size_of(&chain(length, times, "SELECT 1"));
            assert!(matches!(refused, Err(QueryError::TooComplex { .. })), "{length} {times} {refused:?}");
        }
        let unused = chain(30, 2, "SELECT 1").replace("count(*) FROM c29", "1");
        assert!(size_of(&unused).is_err(), "a name is planned although nothing uses it");
    }

    #[test]
    fn a_name_is_found_wherever_it_is_seen() {
        let chain = chain(6, 2, "SELECT 1");
        let of = |select: &str| chain.replace("SELECT count(*) FROM c5", select);
        assert_eq!(size_of(&of("SELECT 1 FROM c5")), Ok(()));
        for select in [
            "SELECT 1 FROM c5 a, c5 b, c5 c, c5 d",
            "SELECT 1 FROM c5 a JOIN c5 b ON true JOIN (SELECT * FROM c5, c5 d) e ON true",
            "SELECT (SELECT 1 FROM c5), (SELECT 1 FROM C5) FROM \"c5\" WHERE 1 IN (SELECT 1 FROM c5)",
            "SELECT 1 FROM (WITH x AS (SELECT 1 FROM c5, c5 y) SELECT 1 FROM x, x z) a",
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM c5, c5 b EXCEPT SELECT 1 FROM c5, c5 b)",
            "(SELECT 1 FROM c5) UNION (SELECT 1 FROM c5) UNION (SELECT 1 FROM c5, c5 b)",
        ] {
            assert!(size_of(&of(select)).is_err(), "{select}");
        }
    }

    #[test]
    fn joins_count_wherever_they_are() {
        let joined = |times: usize| format!("SELECT 1 FROM t{}", " JOIN t USING (a)".repeat(times));
        assert_eq!(size_of(&joined(12)), Ok(()));
        for sql in [
            joined(13),
            format!("SELECT 1 FROM t{}", ", t".repeat(13)),
            format!("WITH n AS ({}) SELECT 1 FROM n, n m", joined(6)),
            format!("{} UNION ALL {}", joined(7), joined(7)),
        ] {
            assert!(matches!(size_of(&sql), Err(QueryError::TooComplex { .. })), "{sql}");
        }
    }

    #[test]
    fn grouping_sets_columns_and_expressions_count_too() {
        assert_eq!(size_of("SELECT 1 FROM t GROUP BY CUBE (a, b, c, d)"), Ok(()));
        assert_eq!(size_of("SELECT * FROM wide a, wide b, wide c"), Ok(()));
        let list = vec!["1"; 30_000].join(",");
        assert_eq!(size_of(&format!("SELECT 1 FROM t WHERE a IN ({list})")), Ok(()));
        for sql in [
            "SELECT 1 FROM t GROUP BY CUBE (a, b, c, d, e, f, g, h, i)".to_owned(),
            "SELECT 1 FROM t GROUP BY CUBE (a, b, c, d), CUBE (e, f, g, h, i)".to_owned(),
            "SELECT 1 FROM t GROUP BY ROLLUP (a, b, c, d, e, f, g), ROLLUP (a, b, c, d, e, f, g), ROLLUP (a, b, c)"
                .to_owned(),
            chain(6, 2, "SELECT * FROM wide"),
            format!("WITH l AS (SELECT 1 FROM t WHERE a IN ({list})) SELECT 1 FROM l, l b, l c, l d"),
        ] {
            assert!(matches!(size_of(&sql), Err(QueryError::TooComplex { .. })), "{}", &sql[..60]);
        }
    }
}

//! Operators on texts, made the bounded functions that do the same.

use std::sync::Arc;

use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ScalarUDF, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::concatenation;

/// What `~` and its relatives are.
pub(super) const MATCHING: &str = "regexp_like";

#[derive(Debug)]
pub(super) struct Operators {
    pub concatenation: Arc<ScalarUDF>,
    pub matching: Arc<ScalarUDF>,
}

impl ExprPlanner for Operators {
    fn plan_binary_op(&self, operation: RawBinaryExpr, _: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        use BinaryOperator::{PGRegexIMatch, PGRegexMatch, PGRegexNotIMatch, PGRegexNotMatch, StringConcat};
        let RawBinaryExpr { op, left, right } = operation;
        let matching = |flags: Option<&str>| {
            let args = [left.clone(), right.clone()].into_iter().chain(flags.map(lit)).collect();
            call(&self.matching, args)
        };
        Ok(PlannerResult::Planned(match op {
            StringConcat => {
                // A chain of them is one call.
                let mut args = match left {
                    Expr::ScalarFunction(call) if call.func.name() == concatenation::NAME => call.args,
                    other => vec![other],
                };
                args.push(right);
                call(&self.concatenation, args)
            }
            PGRegexMatch => matching(None),
            PGRegexIMatch => matching(Some("i")),
            PGRegexNotMatch => !matching(None),
            PGRegexNotIMatch => !matching(Some("i")),
            op => return Ok(PlannerResult::Original(RawBinaryExpr { op, left, right })),
        }))
    }
}

fn call(function: &Arc<ScalarUDF>, args: Vec<Expr>) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::clone(function), args))
}

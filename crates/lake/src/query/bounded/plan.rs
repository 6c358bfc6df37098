//! What a plan would copy for each row: long constants, and patterns that differ from row to row.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result, plan_err, resources_err};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

/// All constants of a query that are longer than [`SHORT`], once it is worked out as far as it can be without data.
const MAX_CONSTANTS: usize = 16 << 10;
const SHORT: usize = 1 << 10;

/// The refusal; the reader's version is made of it in `mistakes`.
pub(in crate::query) const ONE_PATTERN: &str = "a pattern has to be the same for every row";

/// Takes an optimized plan.
pub(in crate::query) fn refuse_blown_up(plan: &LogicalPlan) -> Result<()> {
    let mut constants = 0;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                match part {
                    Expr::Literal(value, _) if value.size() > SHORT => constants += value.size(),
                    Expr::BinaryExpr(binary) if is_pattern(binary.op) => one_pattern(&binary.right)?,
                    Expr::SimilarTo(_) => return plan_err!("SIMILAR TO is not there; use ~ with a pattern"),
                    _ => {}
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    if constants > MAX_CONSTANTS {
        return resources_err!("the constants of this query are longer than {} KiB", MAX_CONSTANTS >> 10);
    }
    Ok(())
}

fn is_pattern(operator: Operator) -> bool {
    use Operator::{RegexIMatch, RegexMatch, RegexNotIMatch, RegexNotMatch};
    matches!(operator, RegexMatch | RegexIMatch | RegexNotMatch | RegexNotIMatch)
}

/// Each row's pattern would be compiled, and kept until the batch is done.
fn one_pattern(pattern: &Expr) -> Result<()> {
    let mut constant = true;
    pattern.apply(|part| {
        constant &= matches!(part, Expr::Literal(..) | Expr::Cast(_) | Expr::TryCast(_) | Expr::Alias(_));
        Ok(TreeNodeRecursion::Continue)
    })?;
    if constant { Ok(()) } else { Err(DataFusionError::Plan(ONE_PATTERN.to_owned())) }
}

//! `NOT IN (SELECT …)` where the engine (55.2) forgets that a null among the values makes the answer unknown.
//!
//! As a condition of its own on a column it is right. Inside of others, or on a constant, it would be wrong: refused.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

/// The refusal; the reader's version is made of it in `mistakes`.
pub(in crate::query) const REFUSAL: &str = "NOT IN (SELECT …) has to be a condition of its own on a column";

/// Takes a plan as it was written.
pub(in crate::query) fn refuse_lost_nulls(plan: &LogicalPlan) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::Filter(filter) => {
                for condition in split_conjunction(&filter.predicate) {
                    match condition {
                        Expr::InSubquery(within) if !within.expr.column_refs().is_empty() => {}
                        Expr::Not(negated) => match &**negated {
                            Expr::InSubquery(within) if !within.expr.column_refs().is_empty() => {}
                            other => refuse(other, false)?,
                        },
                        other => refuse(other, true)?,
                    }
                }
            }
            other => other
                .apply_expressions(|expression| {
                    refuse(expression, true).map(|()| TreeNodeRecursion::Continue)
                })
                .map(drop)?,
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(())
}

/// `plain`: nothing around it tells unknown from false.
fn refuse(expression: &Expr, plain: bool) -> Result<()> {
    match expression {
        Expr::InSubquery(within) if within.negated || !plain => {
            return Err(DataFusionError::Plan(REFUSAL.to_owned()));
        }
        Expr::BinaryExpr(both) if matches!(both.op, Operator::And | Operator::Or) => {
            refuse(&both.left, plain)?;
            return refuse(&both.right, plain);
        }
        Expr::Alias(alias) => return refuse(&alias.expr, plain),
        // Only whether it is true matters.
        Expr::Case(case) if case.expr.is_none() => {
            for (when, then) in &case.when_then_expr {
                refuse(when, plain)?;
                refuse(then, false)?;
            }
            return case.else_expr.as_ref().map_or(Ok(()), |otherwise| refuse(otherwise, false));
        }
        _ => {}
    }
    let mut refused = Ok(());
    expression.apply_children(|child| {
        refused = refuse(child, false);
        Ok(if refused.is_err() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    refused
}

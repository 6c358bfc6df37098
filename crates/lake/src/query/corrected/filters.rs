//! The rule that moves conditions down, kept from two mistakes (of 55.2).
//!
//! It moves a condition that names no aggregate below a GROUP BY that makes a row of nothing: `WHERE src = 'a'` around
//! `SELECT 'b' AS src, count(*)` leaves a row that counts zero. The same happens to the totals of ROLLUP and CUBE.
//!
//! It takes `3 = g AND g = 3` for two values of one column, because they are written differently.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{BinaryExpr, Expr, Filter, LogicalPlan};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::push_down_filter::PushDownFilter;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

pub(super) const NAME: &str = "push_down_filter";

#[derive(Debug, Default)]
pub(super) struct Guarded(PushDownFilter);

impl OptimizerRule for Guarded {
    fn name(&self) -> &'static str {
        NAME
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.0.apply_order()
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter) if is_over_totals(&filter.input) => {
                Ok(Transformed::no(LogicalPlan::Filter(filter)))
            }
            LogicalPlan::Filter(filter) => self.0.rewrite(LogicalPlan::Filter(one_way(filter)), config),
            plan => self.0.rewrite(plan, config),
        }
    }
}

/// Whether a row comes out even when none goes in.
fn is_over_totals(mut plan: &LogicalPlan) -> bool {
    // The rule takes conditions around each other together.
    while let LogicalPlan::Filter(filter) = plan {
        plan = &filter.input;
    }
    let LogicalPlan::Aggregate(groups) = plan else { return false };
    groups.group_expr.iter().all(|group| matches!(group, Expr::GroupingSet(_)))
}

/// With constants on the right, here and in the conditions right below.
fn one_way(mut filter: Filter) -> Filter {
    let conditions = split_conjunction_owned(filter.predicate.clone()).into_iter().map(turned);
    filter.predicate = conjunction(conditions).unwrap_or(filter.predicate);
    if let LogicalPlan::Filter(inner) = &*filter.input {
        filter.input = Arc::new(LogicalPlan::Filter(one_way(inner.clone())));
    }
    filter
}

fn turned(condition: Expr) -> Expr {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op, right })
            if matches!(*left, Expr::Literal(..)) && !matches!(*right, Expr::Literal(..)) =>
        {
            match op.swap() {
                Some(swapped) => Expr::BinaryExpr(BinaryExpr { left: right, op: swapped, right: left }),
                None => Expr::BinaryExpr(BinaryExpr { left, op, right }),
            }
        }
        other => other,
    }
}

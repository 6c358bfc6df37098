//! The rule that drops columns, kept from two mistakes.
//!
//! It drops one of two SELECTs around each other whose expressions are written alike: `x + x AS x` around `x + x AS x`
//! adds once (corrected upstream in apache/datafusion#24686, after 55.2). Here it never sees two of them next to each
//! other; they are merged later, when the plan is made physical.
//!
//! It drops a column of a GROUP BY that another column determines, and takes for determining what a LEFT JOIN has made
//! null. Here a GROUP BY hears of no such thing, and keeps its columns.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

use super::apart::Apart;

pub(super) const NAME: &str = "optimize_projections";

#[derive(Debug, Default)]
pub(super) struct KeptApart(OptimizeProjections);

impl OptimizerRule for KeptApart {
    fn name(&self) -> &'static str {
        NAME
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        plan.transform_down_with_subqueries(separate)?
            .transform_data(|plan| self.0.rewrite(plan, config))?
            .transform_data(|plan| plan.transform_down_with_subqueries(|node| Ok(Apart::take_away(node))))
    }
}

fn separate(node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    Ok(match node {
        LogicalPlan::Projection(mut outer) if matches!(*outer.input, LogicalPlan::Projection(_)) => {
            outer.input = Apart::from(outer.input)?;
            Transformed::yes(LogicalPlan::Projection(outer))
        }
        LogicalPlan::Aggregate(mut groups) if !is_apart(&groups.input) => {
            groups.input = Apart::from(groups.input)?;
            Transformed::yes(LogicalPlan::Aggregate(groups))
        }
        node => Transformed::no(node),
    })
}

fn is_apart(plan: &Arc<LogicalPlan>) -> bool {
    matches!(&**plan, LogicalPlan::Extension(_)) || plan.schema().functional_dependencies().is_empty()
}

//! The engine's rule that merges SELECTs around each other, kept from merging two that only read alike.
//!
//! As the engine has it (up to 55.2 at least, corrected upstream in apache/datafusion#24686), the rule drops one of two
//! SELECTs whose expressions are written alike: `x + x AS x` around `x + x AS x` adds once. Here the rule never sees
//! two of them next to each other. They are merged later, when the plan is made physical.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::{Limit, LogicalPlan};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

type Rule = Arc<dyn OptimizerRule + Send + Sync>;

/// The engine's rules, with this one in its place.
pub(super) fn kept_apart(rules: &[Rule]) -> Vec<Rule> {
    let merges = OptimizeProjections::new();
    let kept = |rule: &Rule| match rule.name() == merges.name() {
        true => Arc::new(KeptApart(OptimizeProjections::new())) as Rule,
        false => Arc::clone(rule),
    };
    rules.iter().map(kept).collect()
}

#[derive(Debug)]
struct KeptApart(OptimizeProjections);

impl OptimizerRule for KeptApart {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        plan.transform_down_with_subqueries(|node| Ok(separate(node)))?
            .transform_data(|plan| self.0.rewrite(plan, config))?
            .transform_data(|plan| plan.transform_down_with_subqueries(|node| Ok(join(node))))
    }
}

/// Puts a limit of nothing between two SELECTs.
fn separate(node: LogicalPlan) -> Transformed<LogicalPlan> {
    match node {
        LogicalPlan::Projection(mut outer) if matches!(*outer.input, LogicalPlan::Projection(_)) => {
            let between = Limit { skip: None, fetch: None, input: outer.input };
            outer.input = Arc::new(LogicalPlan::Limit(between));
            Transformed::yes(LogicalPlan::Projection(outer))
        }
        node => Transformed::no(node),
    }
}

/// Takes it away.
fn join(mut node: LogicalPlan) -> Transformed<LogicalPlan> {
    let mut taken = false;
    while let LogicalPlan::Limit(Limit { skip: None, fetch: None, input }) = node {
        node = Arc::unwrap_or_clone(input);
        taken = true;
    }
    if taken { Transformed::yes(node) } else { Transformed::no(node) }
}

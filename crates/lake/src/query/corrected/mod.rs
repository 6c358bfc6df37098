//! Rules of the engine's optimizer, kept from mistakes that would be wrong answers in silence.
//!
//! Each was found by comparing answers with another engine's, is named where it is met, and goes when the engine has
//! corrected it. What cannot be corrected here is refused ([`refuse_lost_nulls`]).

mod apart;
mod filters;
mod not_in;
mod projections;

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::session_state::SessionState;
use datafusion::optimizer::OptimizerRule;

pub(super) use not_in::{REFUSAL, refuse_lost_nulls};

type Rule = Arc<dyn OptimizerRule + Send + Sync>;

/// For every query.
pub(super) fn corrected(state: SessionState) -> SessionState {
    let rule = |rule: &Rule| match rule.name() {
        projections::NAME => Arc::new(projections::KeptApart::default()) as Rule,
        filters::NAME => Arc::new(filters::Guarded::default()) as Rule,
        _ => Arc::clone(rule),
    };
    let rules = state.optimizer().rules.iter().map(rule).collect();
    SessionStateBuilder::new_from_existing(state).with_optimizer_rules(rules).build()
}

/// For queries of people, who join tables. The physical rule that moves conditions down finds columns by their names: of
/// two sides with a column of one name (ours all have `ts`), it takes the first one's. What our tables can use of a
/// condition they are given when the plan is made. Our own queries read one table each, and gain from this rule.
pub(super) fn without_physical_pushdown(state: SessionState) -> SessionState {
    let moves = |name: &str| name.starts_with("FilterPushdown");
    let rules = state.physical_optimizers().iter().filter(|rule| !moves(rule.name())).cloned().collect();
    SessionStateBuilder::new_from_existing(state).with_physical_optimizer_rules(rules).build()
}

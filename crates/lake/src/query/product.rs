//! Refuses joins of everything with everything before they run: they take longer than anyone waits, and they do so
//! in one go, where they cannot be stopped.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::{CrossJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};

/// Pairs of rows that a join may look at.
const MAX_PAIRS: u128 = 200_000_000;
/// For an input of unknown size.
const ASSUMED_ROWS: u128 = 100_000;

/// How the refusal begins; the reader's version is made of it in `mistakes`.
pub(super) const REFUSAL: &str = "this joins each row with each other";

pub(super) fn refuse_products(plan: &Arc<dyn ExecutionPlan>) -> Result<()> {
    pairs(plan).map(drop)
}

/// About how many rows a plan makes, at most, as far as joins are concerned.
fn pairs(plan: &Arc<dyn ExecutionPlan>) -> Result<u128> {
    let inputs: Result<Vec<u128>> = plan.children().into_iter().map(pairs).collect();
    let inputs = inputs?;
    if plan.is::<CrossJoinExec>() || plan.is::<NestedLoopJoinExec>() {
        let product = inputs.iter().fold(1, |product: u128, rows| product.saturating_mul((*rows).max(1)));
        if product > MAX_PAIRS {
            return Err(DataFusionError::Plan(format!("{REFUSAL}: about {product} pairs")));
        }
        return Ok(product);
    }
    let known = StatisticsContext::new()
        .compute(plan.as_ref(), &StatisticsArgs::new())
        .ok()
        .and_then(|known| known.num_rows.get_value().copied());
    let known = known.map(|rows| rows as u128);
    Ok(match inputs.len() {
        0 => known.unwrap_or(ASSUMED_ROWS),
        _ => inputs.into_iter().max().unwrap_or(0).min(known.unwrap_or(u128::MAX)),
    })
}

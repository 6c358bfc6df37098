//! How large a plan's expressions become when the optimizer replaces columns by what they are computed from.
//!
//! A condition on a column moves below the SELECT that computes it and takes the whole computation with it, once for
//! each mention: thirty SELECTs around each other, each with `a + a AS a`, become a billion additions. The optimizer
//! works in one go, outside every limit, so the size is computed first, as sums over the plan as it was written.

use std::collections::HashMap;

use datafusion::common::Result;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// Columns and operations, written out.
const MAX_EACH: u64 = 10_000;
const MAX_TOGETHER: u64 = 100_000;

/// How the refusal begins; the reader's version is made of it in `mistakes`.
pub(super) const REFUSAL: &str =
    "an expression, with every column replaced by what it is computed from, is too large";

/// Columns that are more than a column of a table, by name. Of two with one name the larger counts.
type Weights = HashMap<String, u64>;

pub(super) fn refuse_explosions(plan: &LogicalPlan) -> Result<()> {
    weigh(plan, &mut 0).map(drop)
}

fn weigh(plan: &LogicalPlan, together: &mut u64) -> Result<Weights> {
    let mut below = Weights::new();
    let inputs: Vec<Weights> =
        plan.inputs().into_iter().map(|input| weigh(input, together)).collect::<Result<_>>()?;
    if let LogicalPlan::Union(_) = plan {
        // By position: the columns of a union are called as those of its first input.
        for (input, weights) in plan.inputs().into_iter().zip(&inputs) {
            for (field, called) in input.schema().fields().iter().zip(plan.schema().fields()) {
                if let Some(weight) = weights.get(field.name()) {
                    keep_larger(&mut below, called.name(), *weight);
                }
            }
        }
        return Ok(below);
    }
    for (name, weight) in inputs.iter().flatten() {
        keep_larger(&mut below, name, *weight);
    }
    let mut weights = Vec::new();
    let mut subqueries = Ok(());
    plan.apply_expressions(|expression| {
        let mut weight = 0;
        subqueries = weigh_expression(expression, &below, &mut weight, together);
        *together = together.saturating_add(weight);
        weights.push(weight);
        let too_large = weight > MAX_EACH || *together > MAX_TOGETHER || subqueries.is_err();
        Ok(if too_large { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    subqueries?;
    let largest = weights.iter().copied().max().unwrap_or(0);
    if largest > MAX_EACH || *together > MAX_TOGETHER {
        return Err(DataFusionError::Plan(format!("{REFUSAL}: {}", largest.max(*together))));
    }
    match plan {
        LogicalPlan::Projection(_) => Ok(computed(plan, &weights)),
        // Conditions on groups move below, those on their sums do not.
        LogicalPlan::Aggregate(aggregate) => {
            match aggregate.group_expr.as_slice() {
                // One expression that is many columns.
                [Expr::GroupingSet(_)] => weights = vec![largest; plan.schema().fields().len()],
                groups => weights.truncate(groups.len()),
            }
            Ok(computed(plan, &weights))
        }
        _ => Ok(below),
    }
}

fn computed(plan: &LogicalPlan, weights: &[u64]) -> Weights {
    let mut known = Weights::new();
    for (field, weight) in plan.schema().fields().iter().zip(weights).filter(|(_, weight)| **weight > 1) {
        keep_larger(&mut known, field.name(), *weight);
    }
    known
}

fn keep_larger(weights: &mut Weights, name: &str, weight: u64) {
    match weights.get_mut(name) {
        Some(known) => *known = weight.max(*known),
        None => drop(weights.insert(name.to_owned(), weight)),
    }
}

fn weigh_expression(expression: &Expr, below: &Weights, weight: &mut u64, together: &mut u64) -> Result<()> {
    let own = match expression {
        Expr::Column(column) | Expr::OuterReferenceColumn(_, column) => {
            below.get(&column.name).copied().unwrap_or(1)
        }
        // As long as the text at most, and nothing multiplies it but a column that holds it.
        Expr::Literal(..) => 0,
        Expr::ScalarSubquery(subquery) => return weigh(&subquery.subquery, together).map(drop),
        Expr::Exists(exists) => return weigh(&exists.subquery.subquery, together).map(drop),
        Expr::InSubquery(within) => {
            weigh(&within.subquery.subquery, together)?;
            1
        }
        Expr::SetComparison(compared) => {
            weigh(&compared.subquery.subquery, together)?;
            1
        }
        Expr::Alias(_) => 0,
        _ => 1,
    };
    let (mut sum, mut repeated) = (0_u64, 0_u64);
    let mut failed = Ok(());
    let mut at = 0;
    let repeats = repeated_children(expression);
    expression.apply_children(|child| {
        let kept = if repeats(at) { &mut repeated } else { &mut sum };
        at += 1;
        failed = weigh_expression(child, below, kept, together);
        Ok(if failed.is_err() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    failed?;
    let repeated = repeated.saturating_mul(copies(expression));
    *weight = weight.saturating_add(own).saturating_add(sum).saturating_add(repeated);
    Ok(())
}

/// Which of an expression's children, in the order of the text, are written more than once.
fn repeated_children(expression: &Expr) -> impl Fn(usize) -> bool + use<> {
    let (from, every, last) = match expression {
        // What is compared, and each condition; not the results.
        Expr::Case(case) => {
            let (pairs, based) = (case.when_then_expr.len() * 2, usize::from(case.expr.is_some()));
            (based, 2, based + pairs)
        }
        _ => (0, 1, usize::MAX),
    };
    move |at| at < from || (at < last && (at - from).is_multiple_of(every))
}

/// How often the optimizer writes what an expression works on when it says the same in simpler words.
fn copies(expression: &Expr) -> u64 {
    match expression {
        Expr::Between(_) => 2,
        Expr::InList(list) => list.list.len().clamp(1, 4) as u64,
        Expr::ScalarFunction(call) if ["coalesce", "nvl", "ifnull", "nvl2"].contains(&call.name()) => 2,
        Expr::Case(_) => 2,
        _ => 1,
    }
}

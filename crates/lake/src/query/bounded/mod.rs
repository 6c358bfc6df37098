//! Functions that make texts, so that no query makes more text than it may.
//!
//! The engine counts what its operators keep, not what a function returns: one `replace` over a batch could take
//! gigabytes. Here each such function, and `||`, says before it runs how long a row's result can get; long batches are
//! worked on in parts, and what is too much is refused. What a query still gets is taken off its memory limit for as
//! long as it is there. Functions that nothing bounds are removed. What a function means is the engine's business.

mod call;
mod concatenation;
mod held;
mod length;
mod operators;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use datafusion::common::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::memory_pool::MemoryPool;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::ScalarUDF;

use call::Bounded;
use concatenation::Concatenation;
use held::Budget;
pub(super) use held::TOO_SLOW;
use length::Bound;
use operators::{MATCHING, Operators};
pub(super) use plan::{ONE_PATTERN, refuse_blown_up};

/// What a function may make in one go.
const MAX_STEP: usize = 32 << 20;
/// What a pattern may search in one go: some can take a second for a few megabytes.
const MAX_SEARCHED: usize = 1 << 20;
/// What it may make of one batch.
const MAX_BATCH: usize = 64 << 20;
/// The longest text, as long as the longest message: the engine copies a value into each row of a batch when it joins
/// or sorts.
const MAX_TEXT: usize = 256 << 10;

const BOUNDED: [(&str, Bound); 23] = [
    ("btrim", Bound::Part),
    ("concat", Bound::Together),
    ("concat_ws", Bound::Separated),
    ("initcap", Bound::Letters),
    ("left", Bound::Part),
    ("lower", Bound::Letters),
    ("ltrim", Bound::Part),
    ("overlay", Bound::Together),
    ("regexp_count", Bound::Number),
    ("regexp_instr", Bound::Number),
    ("regexp_like", Bound::Number),
    ("regexp_match", Bound::Groups),
    ("regexp_replace", Bound::Matches),
    ("replace", Bound::Occurrences),
    ("reverse", Bound::Part),
    ("right", Bound::Part),
    ("rtrim", Bound::Part),
    ("split_part", Bound::Part),
    ("substr", Bound::Part),
    ("substr_index", Bound::Part),
    ("to_char", Bound::Format),
    ("translate", Bound::Letters),
    ("upper", Bound::Letters),
];

/// Results of any length that a query says (`repeat`), time that grows with the product of two lengths
/// (`levenshtein`), types whose texts the engine copies for each row (`arrow_cast`), and what tells of our files.
const REMOVED: [&str; 14] = [
    "arrow_field",
    "arrow_metadata",
    "arrow_try_cast",
    "cast_to_type",
    "decode",
    "encode",
    "file_row_index",
    "input_file_name",
    "levenshtein",
    "lpad",
    "repeat",
    "rpad",
    "try_cast_to_type",
    "with_metadata",
];

/// Only the lake's own queries have it.
const OWN: &str = "arrow_cast";

/// One value of any length, which joins and windows then repeat; the approximate ones reserve what a query says.
const REMOVED_AGGREGATES: [&str; 4] =
    ["approx_percentile_cont", "approx_percentile_cont_with_weight", "array_agg", "string_agg"];

/// For every query, once.
pub(super) fn remove_unbounded(state: &mut SessionState) -> Result<()> {
    for name in REMOVED {
        state.deregister_udf(name)?;
    }
    for name in REMOVED_AGGREGATES {
        state.deregister_udaf(name)?;
    }
    Ok(())
}

/// For one query, whose memory is counted in `pool` and whose time is over at `until`.
pub(super) fn bound(
    state: &mut SessionState,
    pool: &Arc<dyn MemoryPool>,
    until: Instant,
    own: bool,
) -> Result<()> {
    let budget = Budget::new(pool, until);
    for (name, bound) in BOUNDED {
        let engines = state.udf(name)?;
        state.register_udf(Arc::new(ScalarUDF::new_from_impl(Bounded::new(engines, bound, &budget))))?;
    }
    let concatenation = Arc::new(ScalarUDF::new_from_impl(Concatenation::default()));
    let concatenation = Bounded::new(concatenation, Bound::Together, &budget);
    state.register_expr_planner(Arc::new(Operators {
        concatenation: Arc::new(ScalarUDF::new_from_impl(concatenation)),
        matching: state.udf(MATCHING)?,
    }))?;
    if !own {
        state.deregister_udf(OWN)?;
    }
    Ok(())
}

//! Every function of the engine has been looked at.

use std::collections::BTreeSet;

use datafusion::execution::SessionStateBuilder;

use super::*;

/// Numbers, moments, and what is no longer than one of the arguments or than a line.
const HARMLESS: &[&str] = &[
    "abs",
    "acos",
    "acosh",
    "arrow_cast",
    "arrow_typeof",
    "ascii",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bit_length",
    "cbrt",
    "ceil",
    "character_length",
    "chr",
    "coalesce",
    "contains",
    "cos",
    "cosh",
    "cot",
    "current_date",
    "current_time",
    "date_bin",
    "date_part",
    "date_trunc",
    "degrees",
    "ends_with",
    "exp",
    "factorial",
    "find_in_set",
    "floor",
    "from_unixtime",
    "gcd",
    "get_field",
    "greatest",
    "isnan",
    "iszero",
    "lcm",
    "least",
    "ln",
    "log",
    "log10",
    "log2",
    "make_date",
    "make_time",
    "named_struct",
    "nanvl",
    "now",
    "nullif",
    "nvl",
    "nvl2",
    "octet_length",
    "pi",
    "power",
    "radians",
    "random",
    "round",
    "signum",
    "sin",
    "sinh",
    "sqrt",
    "starts_with",
    "strpos",
    "struct",
    "tan",
    "tanh",
    "to_date",
    "to_hex",
    "to_local_time",
    "to_time",
    "to_timestamp",
    "to_timestamp_micros",
    "to_timestamp_millis",
    "to_timestamp_nanos",
    "to_timestamp_seconds",
    "to_unixtime",
    "trunc",
    "union_extract",
    "union_tag",
    "uuid",
    "version",
];

/// One number or one of the values, from what the memory limit counts.
const HARMLESS_AGGREGATES: &[&str] = &[
    "any_value",
    "approx_distinct",
    "approx_median",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "first_value",
    "grouping",
    "last_value",
    "max",
    "median",
    "min",
    "nth_value",
    "percentile_cont",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "sum",
    "var",
    "var_pop",
];

const HARMLESS_WINDOWS: &[&str] = &[
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

#[test]
fn every_function_is_known_to_be_harmless_or_bounded() {
    let mut state = SessionStateBuilder::new().with_default_features().build();
    remove_unbounded(&mut state).unwrap();
    let bounded = BOUNDED.iter().map(|(name, _)| *name);
    let scalar = state.scalar_functions().values().map(|function| function.name());
    assert_known(scalar, HARMLESS.iter().copied().chain(bounded));
    let aggregates = state.aggregate_functions().values().map(|function| function.name());
    assert_known(aggregates, HARMLESS_AGGREGATES.iter().copied());
    let windows = state.window_functions().values().map(|function| function.name());
    assert_known(windows, HARMLESS_WINDOWS.iter().copied());
    assert_known(state.higher_order_functions().keys().map(String::as_str), std::iter::empty());
    assert_known(
        state.table_functions().keys().map(String::as_str),
        ["generate_series", "range"].into_iter(),
    );
}

fn assert_known<'a>(there: impl Iterator<Item = &'a str>, known: impl Iterator<Item = &'a str>) {
    let (there, known): (BTreeSet<_>, BTreeSet<_>) = (there.collect(), known.collect());
    let strange: Vec<_> = there.symmetric_difference(&known).collect();
    assert!(strange.is_empty(), "look whether a query could take any memory or time with {strange:?}");
}

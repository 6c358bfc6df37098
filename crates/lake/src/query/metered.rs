//! DataFusion's own dialect with a meter: how many expressions the parser may begin.
//!
//! The parser tries several readings of many words and starts over when one fails, so a text that is wrong at its
//! innermost bracket takes twice as long with each bracket. Parsing cannot be stopped from outside, but a dialect is
//! asked whenever an expression begins; after the last one that it grants, every other reading fails at once.

use std::any::TypeId;
use std::cell::Cell;

use datafusion::sql::sqlparser::ast::Expr;
use datafusion::sql::sqlparser::dialect::{Dialect, GenericDialect};
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

#[derive(Debug)]
pub(super) struct Metered {
    left: Cell<usize>,
}

impl Metered {
    /// For a text of so many tokens: an honest one begins at most one expression per token, and few twice.
    pub fn of_tokens(tokens: usize) -> Self {
        Self { left: Cell::new(tokens.saturating_mul(4).saturating_add(10_000)) }
    }

    pub fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }
}

/// What the generic dialect answers. A test compares what is parsed with both.
macro_rules! as_generic {
    ($($question:ident)*) => { $(fn $question(&self) -> bool { GenericDialect {}.$question() })* };
}

impl Dialect for Metered {
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn parse_prefix(&self, _: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        (left == 0).then_some(Err(ParserError::RecursionLimitExceeded))
    }

    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        GenericDialect {}.is_delimited_identifier_start(letter)
    }

    fn is_identifier_start(&self, letter: char) -> bool {
        GenericDialect {}.is_identifier_start(letter)
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        GenericDialect {}.is_identifier_part(letter)
    }

    as_generic! {
        supports_unicode_string_literal
        supports_partition_by_after_order_by
        supports_array_join_syntax
        supports_group_by_expr
        supports_group_by_with_modifier
        supports_left_associative_joins_without_parens
        supports_connect_by
        supports_match_recognize
        supports_pipe_operator
        supports_start_transaction_modifier
        supports_window_function_null_treatment_arg
        supports_dictionary_syntax
        supports_window_clause_named_window_reference
        supports_parenthesized_set_variables
        supports_select_wildcard_except
        support_map_literal_syntax
        allow_extract_custom
        allow_extract_single_quotes
        supports_extract_comma_syntax
        supports_create_view_comment_syntax
        supports_parens_around_table_factor
        supports_values_as_table_factor
        supports_create_index_with_clause
        supports_explain_with_utility_options
        supports_limit_comma
        supports_update_order_by
        supports_from_first_select
        supports_projection_trailing_commas
        supports_asc_desc_in_column_definition
        supports_try_convert
        supports_bitwise_shift_operators
        supports_comment_on
        supports_load_extension
        supports_named_fn_args_with_assignment_operator
        supports_struct_literal
        supports_empty_projections
        supports_nested_comments
        supports_multiline_comment_hints
        supports_user_host_grantee
        supports_string_escape_constant
        supports_array_typedef_with_brackets
        supports_match_against
        supports_set_names
        supports_comma_separated_set_assignments
        supports_filter_during_aggregation
        supports_select_wildcard_exclude
        supports_data_type_signed_suffix
        supports_interval_options
        supports_quote_delimited_string
        supports_select_wildcard_replace
        supports_select_wildcard_ilike
        supports_select_wildcard_rename
        supports_optimize_table
        supports_install
        supports_detach
        supports_prewhere
        supports_with_fill
        supports_limit_by
        supports_interpolate
        supports_settings
        supports_select_format
        supports_comment_optimizer_hint
        supports_constraint_keyword_without_name
        supports_key_column_option
        supports_comma_separated_trim
        supports_cte_without_as
        supports_select_item_multi_column_alias
        supports_xml_expressions
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    /// A new version of the parser may ask more questions, which would then be answered by their default.
    #[test]
    fn reads_what_the_generic_dialect_reads() {
        for sql in [
            "SELECT \"air-sensor\".a, `b`, t.* EXCLUDE (c) FROM t WHERE x NOT IN (1, 2) AND y ~ 'z'",
            "SELECT * EXCEPT (a) FROM t ORDER BY 1 LIMIT 2 OFFSET 3",
            "SELECT date_bin(interval '1 hour', ts) h, count(*) FILTER (WHERE a > 1) FROM t GROUP BY ALL",
            "SELECT a, b FROM t GROUP BY GROUPING SETS ((a), (b)), CUBE (a, b)",
            "SELECT lag(a) OVER (PARTITION BY d ORDER BY ts ROWS 3 PRECEDING) FROM t QUALIFY true",
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
            "SELECT {'a': 1}, [1, 2], map {'k': 1}, x -> 'a', a::int, DATE '2026-01-01', cast(1 AS text)",
            "SELECT * FROM (a JOIN b USING (ts)) LEFT JOIN LATERAL (SELECT 1) c ON true",
            "FROM t SELECT a",
            "SELECT E'\\n', U&'\\0041', 1 << 2, array_transform(a, (x) -> x + 1)",
            "EXPLAIN ANALYZE VERBOSE SELECT 1",
            "SELECT extract(hour from ts), substring(a from 1 for 2), position('a' in b), trim(both 'x' from y)",
            "SELECT a FROM t /* c /* nested */ */ WHERE a BETWEEN 1 AND 2 -- end",
        ] {
            let own = Parser::parse_sql(&Metered::of_tokens(100), sql);
            let generic = Parser::parse_sql(&GenericDialect {}, sql);
            assert_eq!(own.map_err(|e| e.to_string()), generic.map_err(|e| e.to_string()), "{sql}");
        }
    }
}

//! Which conditions a table takes over when the engine offers them.
//!
//! Files, their parts and rows are passed by where a condition cannot hold between a smallest and a largest value. That
//! is right for comparisons of a column with constants. It is not for what turns the order around (`ts::time`), and what
//! can fail (a pattern, a cast) must not fail while a file is read: it would look like damage. The engine judges all of
//! them again.

use datafusion::logical_expr::{Expr, Operator};

pub(crate) fn is_usable(condition: &Expr) -> bool {
    match condition {
        Expr::BinaryExpr(both) if matches!(both.op, Operator::And | Operator::Or) => {
            is_usable(&both.left) && is_usable(&both.right)
        }
        Expr::BinaryExpr(compared) => {
            let (left, right) = (&*compared.left, &*compared.right);
            is_comparison(compared.op)
                && ((is_column(left) && is_constant(right)) || (is_constant(left) && is_column(right)))
        }
        Expr::InList(within) => is_column(&within.expr) && within.list.iter().all(is_constant),
        Expr::Between(between) => {
            is_column(&between.expr) && is_constant(&between.low) && is_constant(&between.high)
        }
        Expr::Like(like) => is_column(&like.expr) && is_constant(&like.pattern),
        Expr::IsNull(column) | Expr::IsNotNull(column) => is_column(column),
        Expr::Not(negated) => is_usable(negated),
        column => is_column(column),
    }
}

const fn is_comparison(operator: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq)
}

const fn is_column(expression: &Expr) -> bool {
    matches!(expression, Expr::Column(_))
}

const fn is_constant(expression: &Expr) -> bool {
    matches!(expression, Expr::Literal(..))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::{DataType, TimeUnit};
    use datafusion::logical_expr::{cast, col, lit};

    use super::*;

    #[test]
    fn comparisons_with_constants_are_usable() {
        for condition in [
            col("a").gt(lit(5.0)),
            lit(5.0).lt_eq(col("a")),
            col("a").in_list(vec![lit(1.0), lit(2.0)], true),
            col("a").between(lit(1.0), lit(2.0)),
            col("s").like(lit("x%")),
            col("a").is_null().or(col("flag")),
            !col("flag"),
        ] {
            assert!(is_usable(&condition), "{condition}");
        }
    }

    #[test]
    fn what_turns_the_order_around_or_can_fail_is_not() {
        let time = cast(col("ts"), DataType::Time64(TimeUnit::Microsecond));
        for condition in [
            time.gt(lit(5)),
            cast(col("s"), DataType::Float64).eq(lit(5.0)),
            (col("a") * lit(-1.0)).gt(lit(5.0)),
            col("a").gt(col("b")),
            col("a").in_list(vec![col("b")], false),
            col("a").gt(lit(5.0)).or(col("a").gt(col("b"))),
        ] {
            assert!(!is_usable(&condition), "{condition}");
        }
    }
}

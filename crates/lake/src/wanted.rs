//! Which rows in memory a query can want, as far as its conditions on device and time say.
//!
//! Files are passed by with their statistics; rows in memory would all be looked at as texts and times. Comparing
//! their keys first is many times cheaper, and a device's page asks for one device among all that speak.

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, Operator};
use uuid::Uuid;

use crate::chunk::{Chunk, Key};
use crate::columns::{DEVICE, TS};

/// A superset of what the conditions let through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// In order. None: all.
    devices: Option<Vec<u128>>,
    from: i64,
    /// Inclusive.
    to: i64,
}

const ALL: Wanted = Wanted { devices: None, from: i64::MIN, to: i64::MAX };

impl Wanted {
    /// Of conditions that all have to hold.
    pub fn by(conditions: &[Expr]) -> Self {
        let mut wanted = ALL;
        for condition in conditions {
            if let Some(mut devices) = devices(condition) {
                if let Some(known) = wanted.devices {
                    devices.retain(|device| known.contains(device));
                }
                devices.sort_unstable();
                wanted.devices = Some(devices);
            } else if let Some((operator, at)) = moment(condition) {
                match operator {
                    Operator::GtEq => wanted.from = wanted.from.max(at),
                    Operator::Gt => wanted.from = wanted.from.max(at.saturating_add(1)),
                    Operator::LtEq => wanted.to = wanted.to.min(at),
                    Operator::Lt => wanted.to = wanted.to.min(at.saturating_sub(1)),
                    _ => {}
                }
            }
        }
        wanted
    }

    /// A chunk's rows as a batch of (a projection of) the table's schema; none when it has no row to want.
    pub fn of(&self, chunk: &Chunk, schema: &SchemaRef) -> Result<Option<RecordBatch>, ArrowError> {
        if *self == ALL {
            return chunk.batch(schema).map(Some);
        }
        let keys = (0_u32..).zip(&chunk.keys);
        let rows: Vec<u32> = keys.filter(|(_, key)| self.wants(key)).map(|(row, _)| row).collect();
        match rows.len() {
            0 => Ok(None),
            all if all == chunk.keys.len() => chunk.batch(schema).map(Some),
            _ => chunk.rows(&UInt32Array::from(rows), schema).map(Some),
        }
    }

    fn wants(&self, key: &Key) -> bool {
        let within = self.from <= key.ts && key.ts <= self.to;
        within && self.devices.as_ref().is_none_or(|devices| devices.binary_search(&key.device).is_ok())
    }
}

/// The devices of a condition that holds for no others.
fn devices(condition: &Expr) -> Option<Vec<u128>> {
    match condition {
        Expr::BinaryExpr(either) if either.op == Operator::Or => {
            let (mut one, other) = (devices(&either.left)?, devices(&either.right)?);
            one.extend(other);
            Some(one)
        }
        Expr::BinaryExpr(equal) if equal.op == Operator::Eq && is_column(&equal.left, DEVICE) => {
            Some(Vec::from_iter(device(&equal.right)?))
        }
        Expr::InList(within) if !within.negated && is_column(&within.expr, DEVICE) => {
            let devices: Option<Vec<Option<u128>>> = within.list.iter().map(device).collect();
            Some(devices?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

/// None: not a constant. Some of none: a constant that no device is called.
fn device(constant: &Expr) -> Option<Option<u128>> {
    let Expr::Literal(value, _) = constant else { return None };
    let text = value.try_as_str()?.unwrap_or_default();
    let known = Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text);
    Some(known.map(|id| id.as_u128()))
}

/// What `ts` is compared with, and how.
fn moment(condition: &Expr) -> Option<(Operator, i64)> {
    let Expr::BinaryExpr(compared) = condition else { return None };
    match &*compared.right {
        Expr::Literal(ScalarValue::TimestampMicrosecond(Some(at), _), _) if is_column(&compared.left, TS) => {
            Some((compared.op, *at))
        }
        _ => None,
    }
}

fn is_column(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Column(column) if column.name == name)
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{col, lit};

    use super::*;

    const ONE: &str = "01a20269-f9e5-73e3-b982-e72aad267bd5";
    const OTHER: &str = "01a20269-f9e5-73e3-b982-e7298b01331f";

    fn id(text: &str) -> u128 {
        Uuid::parse_str(text).unwrap().as_u128()
    }

    fn at(micros: i64) -> Expr {
        lit(ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
    }

    #[test]
    fn conditions_on_devices_and_times_are_understood() {
        let wanted = |devices: Option<Vec<u128>>, from, to| Wanted { devices, from, to };
        let all = (i64::MIN, i64::MAX);
        let one_of_two = col(DEVICE).eq(lit(ONE)).or(col(DEVICE).eq(lit(OTHER)));
        let both = Some(vec![id(OTHER), id(ONE)]);
        for (conditions, expected) in [
            (vec![], ALL),
            (vec![col(DEVICE).eq(lit(ONE))], wanted(Some(vec![id(ONE)]), all.0, all.1)),
            (vec![one_of_two.clone()], wanted(both.clone(), all.0, all.1)),
            (vec![col(DEVICE).in_list(vec![lit(ONE), lit(OTHER)], false)], wanted(both, all.0, all.1)),
            (vec![one_of_two, col(DEVICE).eq(lit(ONE))], wanted(Some(vec![id(ONE)]), all.0, all.1)),
            (vec![col(DEVICE).eq(lit("nobody"))], wanted(Some(vec![]), all.0, all.1)),
            (vec![col(DEVICE).eq(lit(ONE.to_uppercase()))], wanted(Some(vec![]), all.0, all.1)),
            (vec![col(TS).gt_eq(at(5)), col(TS).lt(at(9))], wanted(None, 5, 8)),
            (vec![col(TS).gt(at(5)), col(TS).lt_eq(at(9))], wanted(None, 6, 9)),
            (vec![col(TS).lt(at(i64::MIN))], wanted(None, i64::MIN, i64::MIN)),
        ] {
            assert_eq!(Wanted::by(&conditions), expected, "{conditions:?}");
        }
    }

    #[test]
    fn what_is_not_understood_excludes_nothing() {
        for condition in [
            col(DEVICE).eq(col("name")),
            col(DEVICE).not_eq(lit(ONE)),
            col(DEVICE).in_list(vec![lit(ONE)], true),
            col(DEVICE).in_list(vec![lit(ONE), col("name")], false),
            col(DEVICE).eq(lit(ONE)).or(col("value").gt(lit(1.0))),
            col("value").eq(at(5)),
            col(TS).eq(at(5)),
            col(TS).not_eq(at(5)),
        ] {
            assert_eq!(Wanted::by(std::slice::from_ref(&condition)), ALL, "{condition}");
        }
    }
}

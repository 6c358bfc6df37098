//! How long the result of one row can get, told from how long its arguments are.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryArray, LargeBinaryArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::ColumnarValue;

/// A number, a moment or a word for one, written out.
const OTHER: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bound {
    /// No text.
    Number,
    /// No longer than the first argument.
    Part,
    /// A letter for each letter, of up to four bytes.
    Letters,
    /// All arguments, one after the other.
    Together,
    /// So too, with the first between the others.
    Separated,
    /// The third argument in place of the second, wherever the first has it.
    Occurrences,
    /// So too, where a pattern matches; the third argument can repeat what matched.
    Matches,
    /// A list of what each group of a pattern matched.
    Groups,
    /// The second argument, with names and numbers for its letters.
    Format,
}

impl Bound {
    /// Whether the second argument is a pattern: compiled, it takes megabytes.
    pub fn is_pattern(self, name: &str) -> bool {
        matches!(self, Self::Number | Self::Matches | Self::Groups) && name.starts_with("regexp_")
    }

    /// In bytes.
    pub fn of(self, arguments: &[usize]) -> usize {
        let argument = |at: usize| arguments.get(at).copied().unwrap_or(0);
        let (first, second, third) = (argument(0), argument(1), argument(2));
        let together = arguments.iter().fold(0_usize, |sum, length| sum.saturating_add(*length));
        match self {
            Self::Number => 8,
            Self::Part => first,
            Self::Letters => first.saturating_mul(4),
            Self::Together => together,
            Self::Separated => together.saturating_add(first.saturating_mul(arguments.len())),
            Self::Occurrences => {
                let places = first.checked_div(second).unwrap_or(first) + 1;
                first.saturating_add(places.saturating_mul(third))
            }
            Self::Matches => first.saturating_add((first + 1).saturating_mul(third).saturating_mul(2)),
            Self::Groups => first.saturating_mul(second / 2 + 1),
            Self::Format => (second + 1).saturating_mul(OTHER),
        }
    }
}

/// How long the texts of an argument are.
pub(super) enum Lengths<'a> {
    Same(usize),
    Each(&'a ArrayRef),
}

impl<'a> Lengths<'a> {
    pub fn of(argument: &'a ColumnarValue) -> Result<Self> {
        Ok(match argument {
            ColumnarValue::Scalar(scalar) => Self::Same(scalar_length(scalar)?),
            ColumnarValue::Array(array) => Self::Each(array),
        })
    }

    pub fn at(&self, row: usize) -> usize {
        match self {
            Self::Same(length) => *length,
            Self::Each(array) => length_at(array, row),
        }
    }
}

fn scalar_length(scalar: &ScalarValue) -> Result<usize> {
    Ok(match scalar.try_as_str() {
        Some(text) => text.map_or(0, str::len),
        None => length_at(&scalar.to_array()?, 0),
    })
}

/// The bytes of one value of an array.
pub(super) fn length_at(array: &ArrayRef, row: usize) -> usize {
    if array.is_null(row) {
        return 0;
    }
    match array.data_type() {
        DataType::Utf8View => view(array.as_string_view().views().get(row)),
        DataType::BinaryView => view(array.as_binary_view().views().get(row)),
        DataType::Utf8 => between(array.as_string::<i32>().value_offsets(), row),
        DataType::LargeUtf8 => between(array.as_string::<i64>().value_offsets(), row),
        DataType::Binary => array
            .as_any()
            .downcast_ref::<BinaryArray>()
            .map_or(OTHER, |array| between(array.value_offsets(), row)),
        DataType::LargeBinary => array
            .as_any()
            .downcast_ref::<LargeBinaryArray>()
            .map_or(OTHER, |array| between(array.value_offsets(), row)),
        DataType::List(_) => {
            let list = array.as_list::<i32>().value(row);
            (0..list.len()).map(|at| length_at(&list, at)).sum()
        }
        _ => OTHER,
    }
}

/// A view begins with the length.
fn view(view: Option<&u128>) -> usize {
    view.map_or(0, |view| usize::try_from(view & u128::from(u32::MAX)).unwrap_or(usize::MAX))
}

fn between<T: Copy + TryInto<usize>>(offsets: &[T], row: usize) -> usize {
    let offset = |at: usize| offsets.get(at).and_then(|offset| (*offset).try_into().ok()).unwrap_or(0);
    offset(row + 1).saturating_sub(offset(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_never_passed() {
        assert!(Bound::Occurrences.of(&[5, 1, 10]) >= 50, "replace('aaaaa', 'a', …)");
        assert!(Bound::Occurrences.of(&[2, 0, 10]) >= 32, "between all letters");
        assert!(Bound::Matches.of(&[5, 1, 10]) >= 5 * 5 * 10 / 5, "the match, five times");
        assert!(Bound::Separated.of(&[2, 3, 3, 3]) >= 13);
        assert_eq!(Bound::Occurrences.of(&[usize::MAX - 1, 1, usize::MAX]), usize::MAX);
    }
}

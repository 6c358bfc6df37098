//! A result's cells as JSON: numbers, strings, true and false, RFC 3339 times, null. What JSON has no number for
//! (NaN, infinities) is null.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Float32Type, Float64Type, TimeUnit};
use datafusion::arrow::datatypes::{
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;
use model::Timestamp;
use serde_json::{Map, Number, Value as Json};

use crate::columns::JSON_MARK;

/// The kind of a column as the API names it.
pub(crate) fn column_type(field: &Field) -> &'static str {
    match field.data_type() {
        kind if kind.is_numeric() => "number",
        DataType::Boolean => "bool",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            if field.metadata().contains_key(JSON_MARK) =>
        {
            "json"
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => "text",
        DataType::Timestamp(..) => "timestamp",
        DataType::List(_) | DataType::LargeList(_) | DataType::Struct(_) => "json",
        _ => "other",
    }
}

pub(super) fn row(batch: &RecordBatch, row: usize) -> Result<Vec<Json>> {
    let schema = batch.schema();
    let cells = batch.columns().iter().zip(schema.fields());
    cells
        .map(|(column, field)| {
            let cell = cell(column.as_ref(), row)?;
            Ok(match cell {
                Json::String(text) if column_type(field) == "json" => {
                    serde_json::from_str(&text).unwrap_or(Json::String(text))
                }
                cell => cell,
            })
        })
        .collect()
}

/// About how many bytes a cell takes.
pub(super) fn weight(cell: &Json) -> usize {
    match cell {
        Json::String(text) => 32 + text.len(),
        Json::Array(items) => 32 + items.iter().map(weight).sum::<usize>(),
        Json::Object(fields) => {
            32 + fields.iter().map(|(name, value)| name.len() + weight(value)).sum::<usize>()
        }
        _ => 32,
    }
}

fn cell(array: &dyn Array, row: usize) -> Result<Json> {
    if array.is_null(row) {
        return Ok(Json::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Json::Null,
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float32 => number(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).into(),
        DataType::Utf8View => array.as_string_view().value(row).into(),
        DataType::Timestamp(unit, _) => moment(array, *unit, row),
        DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => text(array, row)?.parse().map_or(Json::Null, number),
        DataType::List(_) => items(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => items(array.as_list::<i64>().value(row).as_ref())?,
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().zip(fields);
            let object: Result<Map<_, _>> = columns
                .map(|(column, field)| Ok((field.name().clone(), cell(column.as_ref(), row)?)))
                .collect();
            Json::Object(object?)
        }
        _ => text(array, row)?.into(),
    })
}

fn items(array: &dyn Array) -> Result<Json> {
    (0..array.len()).map(|at| cell(array, at)).collect::<Result<Vec<_>>>().map(Json::Array)
}

fn number(number: f64) -> Json {
    Number::from_f64(number).map_or(Json::Null, Json::Number)
}

fn moment(array: &dyn Array, unit: TimeUnit, row: usize) -> Json {
    let micros = match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).saturating_mul(1_000_000),
        TimeUnit::Millisecond => {
            array.as_primitive::<TimestampMillisecondType>().value(row).saturating_mul(1_000)
        }
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row),
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row).div_euclid(1_000),
    };
    Timestamp::from_micros(micros).to_string().into()
}

fn text(array: &dyn Array, row: usize) -> Result<String> {
    let formatter = ArrayFormatter::try_new(array, &FormatOptions::default())?;
    Ok(formatter.value(row).try_to_string()?)
}

//! A device's fields over time at the resolution of a chart: raw points when they fit, else buckets.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type};
use model::{DeviceId, FieldKind, Phrase, TenantId, Timestamp, phrase};

use crate::columns::SEQ;
use crate::query::sql;
use crate::{Field, Lake, QueryError, TableSchema};

#[derive(Clone, Debug)]
pub struct SeriesRequest {
    pub table: String,
    pub device: DeviceId,
    /// Empty: all numbers and switches.
    pub fields: Vec<String>,
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
    pub max_points: usize,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Width of a bucket; 0 when the points are raw.
    pub bucket_us: i64,
    pub fields: Vec<SeriesField>,
    /// What is missing, in sentences.
    pub warnings: Vec<Phrase>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SeriesField {
    pub name: String,
    pub kind: FieldKind,
    pub unit: Option<String>,
    /// In order of time. Empty for text and JSON. A switch counts as 0 and 1.
    pub points: Vec<SeriesPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesPoint {
    /// The start of its bucket, or its own time when raw.
    pub ts: Timestamp,
    pub min: f64,
    pub max: f64,
    pub avg: f64,
    pub count: u64,
}

/// Points of one series at most, whatever is asked for.
const MAX_POINTS: usize = 20_000;

pub(crate) async fn series(
    lake: &Lake,
    tenant: TenantId,
    request: SeriesRequest,
) -> Result<Series, QueryError> {
    let behind = lake.engine.wait_for_journal(&lake.shared).await;
    let Some(schema) = lake.schema_of(tenant, &request.table) else {
        return Ok(Series::default());
    };
    let wanted = wanted_fields(&schema, &request)?;
    let drawn: Vec<&Field> =
        wanted.iter().filter(|field| matches!(field.kind, FieldKind::Number | FieldKind::Bool)).collect();
    let max_points = request.max_points.clamp(1, MAX_POINTS);
    let rows_wanted = format!(
        "FROM {} WHERE {} AND {}",
        sql::name(&request.table),
        sql::of_devices(&[request.device]),
        sql::between(request.from, request.to)
    );
    let mut warnings = Vec::from_iter(behind);
    let (mut bucket_us, mut points) = (0, vec![Vec::new(); drawn.len()]);
    if !drawn.is_empty() && request.to > request.from {
        let fetch = |text| lake.engine.fetch(&lake.shared, tenant, text, lake.query_limits());
        let mut found = fetch(raw(&drawn, &rows_wanted, max_points + 1)).await?;
        if found.rows() > max_points {
            bucket_us = bucket_width(&request, max_points);
            found = fetch(buckets(&drawn, &rows_wanted, bucket_us)).await?;
        }
        for batch in &found.batches {
            read(batch, bucket_us, &mut points);
        }
        warnings.extend(found.warnings);
    }
    let mut drawn_points = points.into_iter();
    let fields = wanted
        .into_iter()
        .map(|field| SeriesField {
            points: match field.kind {
                FieldKind::Number | FieldKind::Bool => drawn_points.next().unwrap_or_default(),
                FieldKind::Text | FieldKind::Json => Vec::new(),
            },
            name: field.name,
            kind: field.kind,
            unit: field.unit,
        })
        .collect();
    Ok(Series { bucket_us, fields, warnings })
}

/// What to say beside a field that a table does not have.
pub(crate) fn no_such_field(table: &str) -> Phrase {
    phrase!("no_such_field_yet", "Table \"{table}\" has no field of that name yet.", table = table)
}

fn wanted_fields(schema: &TableSchema, request: &SeriesRequest) -> Result<Vec<Field>, QueryError> {
    if request.fields.is_empty() {
        let drawn =
            schema.fields.iter().filter(|field| matches!(field.kind, FieldKind::Number | FieldKind::Bool));
        return Ok(drawn.cloned().collect());
    }
    let find = |name: &String| {
        schema.field(name).cloned().ok_or_else(|| QueryError::UnknownColumn {
            column: name.clone(),
            hint: no_such_field(&request.table),
        })
    };
    request.fields.iter().map(find).collect()
}

/// Whole seconds where they fit, so that buckets begin at round times.
fn bucket_width(request: &SeriesRequest, max_points: usize) -> i64 {
    const SECOND: i64 = 1_000_000;
    const ROUND: [i64; 20] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
        172_800, 604_800,
    ];
    let span = request.to.as_micros().saturating_sub(request.from.as_micros());
    let least = span / i64::try_from(max_points).unwrap_or(i64::MAX).max(1) + 1;
    let round = ROUND.iter().map(|seconds| seconds * SECOND).find(|width| *width >= least);
    if least < SECOND { least } else { round.unwrap_or(least) }
}

fn as_number(field: &Field) -> String {
    let name = sql::name(&field.name);
    if field.kind == FieldKind::Bool { format!("CAST(CAST({name} AS INT) AS DOUBLE)") } else { name }
}

/// Any `most` rows; they are right when there are no more.
fn raw(fields: &[&Field], rows_wanted: &str, most: usize) -> String {
    let columns: Vec<String> = fields.iter().map(|field| as_number(field)).collect();
    let rows = format!("(SELECT * {rows_wanted} LIMIT {most})");
    format!("SELECT CAST(ts AS BIGINT) AS __at, {} FROM {rows} ORDER BY ts, {SEQ}", columns.join(", "))
}

fn buckets(fields: &[&Field], rows_wanted: &str, width: i64) -> String {
    let columns: Vec<String> = fields
        .iter()
        .map(|field| {
            let value = as_number(field);
            format!("min({value}), max({value}), avg({value}), count({value})")
        })
        .collect();
    format!(
        "SELECT (CAST(ts AS BIGINT) / {width}) * {width} AS __at, {} {rows_wanted} GROUP BY 1 ORDER BY 1",
        columns.join(", ")
    )
}

fn read(batch: &RecordBatch, bucket_us: i64, points: &mut [Vec<SeriesPoint>]) {
    let Some((times, columns)) = batch.columns().split_first() else { return };
    let Some(times) = times.as_primitive_opt::<Int64Type>() else { return };
    let number = |column: Option<&ArrayRef>, row: usize| {
        let column = column?.as_primitive_opt::<Float64Type>()?;
        (!column.is_null(row)).then(|| column.value(row))
    };
    let per_field = if bucket_us == 0 { 1 } else { 4 };
    for (columns, points) in columns.chunks(per_field).zip(points) {
        for row in 0..batch.num_rows() {
            let Some(min) = number(columns.first(), row) else { continue };
            let ts = Timestamp::from_micros(times.value(row));
            let count = columns.get(3).and_then(|column| column.as_primitive_opt::<Int64Type>());
            points.push(match count {
                None => SeriesPoint { ts, min, max: min, avg: min, count: 1 },
                Some(count) => SeriesPoint {
                    ts,
                    min,
                    max: number(columns.get(1), row).unwrap_or(min),
                    avg: number(columns.get(2), row).unwrap_or(min),
                    count: u64::try_from(count.value(row)).unwrap_or(0),
                },
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_at_round_times() {
        let request = |span_s: i64| SeriesRequest {
            table: "t".into(),
            device: DeviceId::generate(),
            fields: Vec::new(),
            from: Timestamp::EPOCH,
            to: Timestamp::from_millis(span_s * 1000),
            max_points: 600,
        };
        assert_eq!(bucket_width(&request(3600), 600), 10_000_000);
        assert_eq!(bucket_width(&request(7 * 86_400), 600), 1_800_000_000);
        assert!(bucket_width(&request(1), 600) < 2_000);
    }
}

//! Stored rows in order of time, for trying a rule on the past by the very code that runs it live.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
use futures::StreamExt;
use futures::stream::BoxStream;
use model::{DeviceId, FieldKind, TenantId, Timestamp, Value};

use crate::columns::{DEVICE, EVENT, EVENTS, PROFILE, SEQ, TS, offset_of};
use crate::query::{Engine, sql};
use crate::state::Shared;
use crate::{Field, Lake, QueryError, QueryLimits, TableSchema};

#[derive(Clone, Debug)]
pub struct HistoryRequest {
    pub table: String,
    /// None: all of the tenant's devices.
    pub devices: Option<Vec<DeviceId>>,
    /// Empty: all fields. The table `events` has its whole JSON in the field `event`.
    pub fields: Vec<String>,
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The journal offset of the record it came in.
    pub offset: u64,
    pub device: DeviceId,
    pub ts: Timestamp,
    /// Without those that are absent.
    pub values: Vec<(Arc<str>, Value)>,
}

/// Batches of rows in order of (ts, journal).
pub type HistoryStream = BoxStream<'static, Result<Vec<HistoryRow>, QueryError>>;

/// Rows that are sorted in memory at a time, about.
const WINDOW_ROWS: u64 = 400_000;
/// Rows handed on at a time.
const BATCH_ROWS: usize = 4_096;

/// Reads window after window, so that a year of a fleet never has to be sorted at once.
struct Reading {
    shared: Arc<Shared>,
    engine: Arc<Engine>,
    tenant: TenantId,
    select: String,
    filter: String,
    columns: Vec<Field>,
    windows: VecDeque<(Timestamp, Timestamp)>,
    ready: VecDeque<Vec<HistoryRow>>,
    limits: QueryLimits,
}

pub(crate) async fn history(
    lake: &Lake,
    tenant: TenantId,
    request: HistoryRequest,
) -> Result<HistoryStream, QueryError> {
    lake.engine.wait_for_journal(&lake.shared).await;
    let Some(schema) = lake.schema_of(tenant, &request.table) else {
        return Ok(futures::stream::empty().boxed());
    };
    let columns = columns(&schema, &request)?;
    let names: Vec<String> = columns.iter().map(|field| sql::name(&field.name)).collect();
    let select = format!(
        "SELECT {}",
        [SEQ.to_owned(), DEVICE.to_owned(), TS.to_owned()]
            .into_iter()
            .chain(names)
            .collect::<Vec<_>>()
            .join(", ")
    );
    let whose = request.devices.as_deref().map_or("true".to_owned(), sql::of_devices);
    let reading = Reading {
        shared: Arc::clone(&lake.shared),
        engine: Arc::clone(&lake.engine),
        tenant,
        select,
        filter: format!("FROM {} WHERE {whose}", sql::name(&request.table)),
        columns,
        windows: windows(lake, tenant, &request),
        ready: VecDeque::new(),
        limits: lake.query_limits(),
    };
    Ok(futures::stream::try_unfold(reading, Reading::next).boxed())
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Vec<HistoryRow>, Self)>, QueryError> {
        loop {
            if let Some(rows) = self.ready.pop_front() {
                return Ok(Some((rows, self)));
            }
            let Some((from, to)) = self.windows.pop_front() else { return Ok(None) };
            let sql = format!(
                "{} {} AND {} ORDER BY {TS}, {SEQ}",
                self.select,
                self.filter,
                sql::between(from, to)
            );
            let found = self.engine.fetch(&self.shared, self.tenant, sql, self.limits).await?;
            for batch in &found.batches {
                for start in (0..batch.num_rows()).step_by(BATCH_ROWS) {
                    let part = batch.slice(start, BATCH_ROWS.min(batch.num_rows() - start));
                    let misfit =
                        || QueryError::Internal { detail: "a row came back in another shape".to_owned() };
                    self.ready.push_back(rows(&part, &self.columns).ok_or_else(misfit)?);
                }
            }
        }
    }
}

fn columns(schema: &TableSchema, request: &HistoryRequest) -> Result<Vec<Field>, QueryError> {
    let own = |name: &str, kind| Field { name: name.to_owned(), kind, unit: None, conflicts: 0 };
    let mut known = Vec::new();
    if schema.table == EVENTS {
        known.push(own(EVENT, FieldKind::Json));
        known.push(own(PROFILE, FieldKind::Text));
    }
    known.extend(schema.fields.iter().cloned());
    if request.fields.is_empty() {
        return Ok(known);
    }
    let find = |name: &String| {
        let unknown = || QueryError::UnknownColumn {
            column: name.clone(),
            hint: crate::series::no_such_field(&request.table),
        };
        known.iter().find(|field| field.name == *name).cloned().ok_or_else(unknown)
    };
    request.fields.iter().map(find).collect()
}

/// Cuts the time asked for into windows of about as many rows, going by the files' row counts.
fn windows(lake: &Lake, tenant: TenantId, request: &HistoryRequest) -> VecDeque<(Timestamp, Timestamp)> {
    let mut spans: Vec<(i64, i64, u64)> = Vec::new();
    {
        let mut tables = lake.shared.tables.lock();
        let Some(table) = tables.find(tenant, &request.table) else { return VecDeque::new() };
        let files = table.files.iter().map(|file| &file.entry);
        spans.extend(files.map(|file| (file.min_ts.as_micros(), file.max_ts.as_micros(), file.rows)));
        for chunk in table.snapshot() {
            let times = chunk.keys.iter().map(|key| key.ts);
            if let (Some(min), Some(max)) = (times.clone().min(), times.max()) {
                spans.push((min, max, chunk.keys.len() as u64));
            }
        }
    }
    let (asked_from, asked_to) = (request.from.as_micros(), request.to.as_micros());
    let first = spans.iter().map(|span| span.0).min().unwrap_or(asked_to).max(asked_from);
    let end = spans.iter().map(|span| span.1.saturating_add(1)).max().unwrap_or(asked_from).min(asked_to);
    let mut windows = VecDeque::new();
    let mut from = first;
    while from < end {
        let mut to = end;
        // Halve it until it holds few enough rows.
        while to - from > 1_000_000 && rows_within(&spans, from, to) > WINDOW_ROWS {
            to = from + (to - from) / 2;
        }
        windows.push_back((Timestamp::from_micros(from), Timestamp::from_micros(to)));
        from = to;
    }
    windows
}

/// As if rows were spread evenly over the time that their file covers.
fn rows_within(spans: &[(i64, i64, u64)], from: i64, to: i64) -> u64 {
    let part = |&(min, max, rows): &(i64, i64, u64)| {
        let covered = i128::from(to.min(max.saturating_add(1))) - i128::from(from.max(min));
        let whole = i128::from(max) - i128::from(min) + 1;
        u64::try_from(i128::from(rows) * covered.max(0) / whole.max(1)).unwrap_or(0)
    };
    spans.iter().map(part).sum()
}

fn rows(batch: &RecordBatch, fields: &[Field]) -> Option<Vec<HistoryRow>> {
    let [numbers, devices, times, columns @ ..] = batch.columns() else { return None };
    let numbers = numbers.as_primitive_opt::<Int64Type>()?;
    let devices = devices.as_string_view_opt()?;
    let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
    let mut last: (&str, DeviceId) = ("", DeviceId(uuid::Uuid::nil()));
    let mut rows = Vec::with_capacity(batch.num_rows());
    let names: Vec<Arc<str>> = fields.iter().map(|field| field.name.as_str().into()).collect();
    for row in 0..batch.num_rows() {
        let device = devices.value(row);
        if last.0 != device {
            last = (device, device.parse().ok()?);
        }
        let present = fields.iter().zip(&names).zip(columns).filter(|(_, column)| !column.is_null(row));
        rows.push(HistoryRow {
            offset: offset_of(numbers.value(row)),
            device: last.1,
            ts: Timestamp::from_micros(times.value(row)),
            values: present
                .filter_map(|((field, name), column)| Some((Arc::clone(name), value(field, column, row)?)))
                .collect(),
        });
    }
    Some(rows)
}

fn value(field: &Field, column: &ArrayRef, row: usize) -> Option<Value> {
    Some(match field.kind {
        FieldKind::Number => Value::Number(column.as_primitive_opt::<Float64Type>()?.value(row)),
        FieldKind::Bool => Value::Bool(column.as_boolean_opt()?.value(row)),
        FieldKind::Text => Value::Text(column.as_string_view_opt()?.value(row).to_owned()),
        FieldKind::Json => Value::Json(column.as_string_view_opt()?.value(row).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_guessed_by_the_share_of_time() {
        let spans = [(0, 99, 100), (1_000, 1_000, 7)];
        assert_eq!(rows_within(&spans, 0, 50), 50);
        assert_eq!(rows_within(&spans, 0, 10_000), 107);
        assert_eq!(rows_within(&spans, 200, 900), 0);
    }
}

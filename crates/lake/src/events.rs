//! A device's security events, newest first, page by page.

use backplane::journal::Offset;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use model::{DeviceId, TenantId, Timestamp};

use crate::columns::{EVENT, EVENTS, RECEIVED_AT, SEQ, offset_of, seq};
use crate::query::sql;
use crate::{Lake, QueryError};

#[derive(Clone, Debug, Default)]
pub struct EventsRequest {
    pub device: Option<DeviceId>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Only events before this journal offset: the last page's smallest.
    pub before: Option<Offset>,
    pub limit: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Where it is in the journal: its identity, and the next page's cursor.
    pub offset: Offset,
    pub device: DeviceId,
    pub ts: Timestamp,
    pub received_at: Timestamp,
    /// The JSON object just as it was sent.
    pub json: String,
}

/// Events of one page at most.
const MAX_PAGE: usize = 1_000;

pub(crate) async fn events(
    lake: &Lake,
    tenant: TenantId,
    request: EventsRequest,
) -> Result<Vec<StoredEvent>, QueryError> {
    lake.engine.wait_for_journal(&lake.shared).await;
    if lake.schema_of(tenant, EVENTS).is_none() {
        return Ok(Vec::new());
    }
    let mut wanted = Vec::new();
    wanted.extend(request.device.map(|device| sql::of_devices(&[device])));
    wanted.extend(request.from.map(|from| format!("ts >= {}", sql::moment(from))));
    wanted.extend(request.to.map(|to| format!("ts < {}", sql::moment(to))));
    wanted.extend(request.before.map(|before| format!("{SEQ} < {}", seq(before, 0))));
    let wanted = if wanted.is_empty() { "true".to_owned() } else { wanted.join(" AND ") };
    let limit = request.limit.clamp(1, MAX_PAGE);
    let text = format!(
        "SELECT {SEQ}, device, ts, {RECEIVED_AT}, {EVENT} FROM {EVENTS} WHERE {wanted} ORDER BY {SEQ} DESC LIMIT {limit}"
    );
    let found = lake.engine.fetch(&lake.shared, tenant, text, lake.query_limits()).await?;
    let mut events = Vec::new();
    for batch in &found.batches {
        let misfit = || QueryError::Internal { detail: "an event came back in another shape".to_owned() };
        read(batch, &mut events).ok_or_else(misfit)?;
    }
    Ok(events)
}

fn read(batch: &RecordBatch, events: &mut Vec<StoredEvent>) -> Option<()> {
    let [numbers, devices, times, received, texts] = batch.columns() else { return None };
    let numbers = numbers.as_primitive_opt::<Int64Type>()?;
    let devices = devices.as_string_view_opt()?;
    let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
    let received = received.as_primitive_opt::<TimestampMicrosecondType>()?;
    let texts = texts.as_string_view_opt()?;
    for row in 0..batch.num_rows() {
        let ts = Timestamp::from_micros(times.value(row));
        events.push(StoredEvent {
            offset: offset_of(numbers.value(row)),
            device: devices.value(row).parse().ok()?,
            ts,
            received_at: if received.is_null(row) { ts } else { Timestamp::from_micros(received.value(row)) },
            json: texts.value(row).to_owned(),
        });
    }
    Some(())
}

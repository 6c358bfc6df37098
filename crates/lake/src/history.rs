//! Stored rows in order of time, for trying a rule on the past by the very code that runs it live.

use futures::stream::BoxStream;
use model::{DeviceId, Timestamp, Value};

use crate::QueryError;

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
    pub values: Vec<(String, Value)>,
}

/// Batches of rows in order of (ts, journal).
pub type HistoryStream = BoxStream<'static, Result<Vec<HistoryRow>, QueryError>>;

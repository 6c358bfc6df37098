//! A device's fields over time at the resolution of a chart: raw points when they fit, else buckets.

use model::{DeviceId, Timestamp};

use crate::FieldKind;

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
    pub warnings: Vec<String>,
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

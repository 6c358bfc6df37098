//! The lake: every measurement and security event as rows of wide columnar tables, queried with SQL.
//!
//! In: the journal's records (telemetry, events), read in order. Out: Parquet files named by a [`Catalog`], and
//! answers to queries over those files together with what is still in memory.
//! Invariant: each record's rows are in exactly one place, memory or a catalogued file, because a flush commits its
//! files and the journal offset they reach in one atomic step; a replay starts at that offset.
//! The only user of DataFusion, Arrow and Parquet, whose types never leave it. It knows no HTTP, no SQL database and
//! no device registry; the server supplies [`Catalog`] and [`DeviceNames`].

mod apply;
mod catalog;
mod chunk;
mod columns;
mod compact;
mod config;
mod encode;
mod error;
mod events;
mod extent;
mod files;
mod flush;
mod history;
mod lake;
mod maintain;
mod memtable;
mod names;
mod query;
mod reader;
mod recover;
mod scan;
mod schema;
mod series;
mod state;
mod stats;
mod usable;
mod verify;
mod wanted;

pub use catalog::{
    Catalog, CatalogChange, CatalogError, CatalogState, FileEntry, FileId, InMemoryCatalog, Quarantine,
};
pub use config::{LakeConfig, QueryLimits};
pub use error::{LakeError, QueryError};
pub use events::{EventsRequest, StoredEvent};
pub use extent::Extent;
pub use history::{HistoryRequest, HistoryRow, HistoryStream};
pub use lake::Lake;
pub use names::DeviceNames;
pub use query::{Column, Rows};
pub use schema::{Field, TableSchema};
pub use series::{Series, SeriesField, SeriesPoint, SeriesRequest};
pub use stats::LakeStats;

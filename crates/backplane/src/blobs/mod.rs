//! Blobs: immutable files by path (lake files, later media, firmware and backups).
//!
//! In: whole byte strings under slash-separated names. Out: the same bytes, later, on another day.
//! Invariant: a blob that [`Blobs::put`] acknowledged is durable and complete; one that failed is not there at all.
//! It does not know what a blob holds. The trait has what an object store can do, and no more.

mod local;

use bytes::Bytes;
use futures::future::BoxFuture;

pub use local::LocalBlobs;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    #[error("there is no blob {path}")]
    NotFound { path: String },
    #[error("there is no space left for blob {path}")]
    Full { path: String },
    #[error("blob {path}: {detail}")]
    Io { path: String, detail: String },
    /// Names are relative, with `/`, without `.` and `..`.
    #[error("{path:?} is not a blob's name")]
    BadName { path: String },
}

pub trait Blobs: Send + Sync + 'static {
    /// Durable when it returns, or not there. Replaces a blob of the same name at once.
    fn put<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BlobError>>;

    fn get<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Bytes, BlobError>>;

    /// It is no error when there is none.
    fn delete<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<(), BlobError>>;

    /// Names of all blobs below `prefix`, a folder.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<String>, BlobError>>;
}

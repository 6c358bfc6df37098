//! The seams between the product and what it runs on: journal, blobs, limits.
//!
//! Each is a small trait with an adapter for a single machine here and, in a cluster, one for an existing engine. The
//! journal's conformance suite (feature `testing`) says what every adapter of it must do. Nothing here knows a domain: a
//! record, a blob and a key are bytes and names.

pub mod blobs;
pub mod journal;
pub mod limits;

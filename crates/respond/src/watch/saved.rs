//! The blob that holds what the detector has seen: the offset (eight bytes, big-endian), then the detector's snapshot.

use backplane::blobs::{BlobError, Blobs};
use backplane::journal::Offset;
use bytes::Bytes;

const BLOB: &str = "detect/snapshot";

pub async fn load(blobs: &dyn Blobs) -> Option<(Offset, Vec<u8>)> {
    match blobs.get(BLOB).await {
        Ok(bytes) => {
            let (offset, state) = bytes.split_first_chunk::<8>()?;
            Some((Offset::from_be_bytes(*offset), state.to_vec()))
        }
        Err(BlobError::NotFound { .. }) => None,
        Err(error) => {
            tracing::warn!(%error, "what the detector had seen cannot be read; rules start afresh");
            None
        }
    }
}

pub async fn store(blobs: &dyn Blobs, offset: Offset, state: &[u8]) -> Result<(), BlobError> {
    let mut bytes = offset.to_be_bytes().to_vec();
    bytes.extend_from_slice(state);
    blobs.put(BLOB, Bytes::from(bytes)).await
}

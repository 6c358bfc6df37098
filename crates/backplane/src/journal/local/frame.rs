//! One append as bytes: a header that can be checked without the payload, and the records.
//!
//! ```text
//! marker u32 | header crc u32 | payload length u32 | payload crc u32 | base u64 | durable u64 | count u32 | kind u8, 3 × 0
//! then `count` times: length u32 | record
//! ```
//! Little endian. A frame is valid as a whole or not at all, which makes an append atomic. `base` is the offset of its
//! first record. `durable` is the journal's durable end when it was written, and tells a torn tail from damage: a
//! frame that says `durable > n` proves that record `n` had been on disk. Checksums start from the segment's salt, so
//! that neither stale disk blocks nor bytes that a stranger put into a record pass for a frame.

use std::ops::Range;

use bytes::Bytes;

use crate::journal::Offset;

pub(super) const HEADER: usize = 40;
pub(super) const MARKER: [u8; 4] = *b"\xf5SJ\xaf";
const RECORDS: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub payload_len: u32,
    payload_crc: u32,
    pub base: Offset,
    pub durable: Offset,
    pub count: u32,
    kind: u8,
}

impl Header {
    /// One past the last record.
    pub(super) fn end(&self) -> Offset {
        self.base.saturating_add(u64::from(self.count))
    }

    pub(super) fn frame_len(&self) -> u64 {
        HEADER as u64 + u64::from(self.payload_len)
    }
}

/// Bytes that `records` take as a frame.
pub(super) fn encoded_len(records: &[Bytes]) -> usize {
    HEADER + records.iter().map(|record| 4 + record.len()).sum::<usize>()
}

/// Appends the frame of `records` to `buffer`. The caller has checked that it is far smaller than 4 GiB.
pub(super) fn encode(records: &[Bytes], base: Offset, durable: Offset, salt: u32, buffer: &mut Vec<u8>) {
    let mut payload_crc = crc32fast::Hasher::new_with_initial(salt);
    let start = buffer.len();
    buffer.resize(start + HEADER, 0);
    for record in records {
        buffer.extend_from_slice(&narrow(record.len()).to_le_bytes());
        buffer.extend_from_slice(record);
    }
    let payload = buffer.get(start + HEADER..).unwrap_or_default();
    payload_crc.update(payload);

    let mut fields = Vec::with_capacity(HEADER);
    fields.extend_from_slice(&narrow(payload.len()).to_le_bytes());
    fields.extend_from_slice(&payload_crc.finalize().to_le_bytes());
    fields.extend_from_slice(&base.to_le_bytes());
    fields.extend_from_slice(&durable.to_le_bytes());
    fields.extend_from_slice(&narrow(records.len()).to_le_bytes());
    fields.extend_from_slice(&[RECORDS, 0, 0, 0]);
    let header_crc = crc(salt, &fields).to_le_bytes();
    for (place, byte) in buffer.iter_mut().skip(start).zip(MARKER.iter().chain(&header_crc).chain(&fields)) {
        *place = *byte;
    }
}

/// Reads a header from the first [`HEADER`] bytes.
pub(super) fn header(bytes: &[u8], salt: u32) -> Result<Header, &'static str> {
    let mut fields = Fields(bytes.get(..HEADER).ok_or("the frame is cut short")?);
    if fields.take::<4>() != MARKER {
        return Err("no frame starts here");
    }
    let header_crc = u32::from_le_bytes(fields.take());
    if crc(salt, fields.0) != header_crc {
        return Err("the frame's header does not match its checksum");
    }
    let header = Header {
        payload_len: u32::from_le_bytes(fields.take()),
        payload_crc: u32::from_le_bytes(fields.take()),
        base: u64::from_le_bytes(fields.take()),
        durable: u64::from_le_bytes(fields.take()),
        count: u32::from_le_bytes(fields.take()),
        kind: u8::from_le_bytes(fields.take()),
    };
    if header.kind == RECORDS {
        Ok(header)
    } else {
        Err("the frame is of a kind that this binary does not know")
    }
}

/// Whether this is the payload that the header announced.
pub(super) fn payload_matches(header: &Header, payload: &[u8], salt: u32) -> bool {
    crc(salt, payload) == header.payload_crc
}

/// Where each record lies in a payload that matched its checksum.
pub(super) fn records(payload: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let len = u32::from_le_bytes(payload.get(at..at + 4)?.try_into().ok()?);
        let start = at + 4;
        at = start.checked_add(usize::try_from(len).ok()?)?;
        (at <= payload.len()).then_some(start..at)
    })
}

fn crc(salt: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(salt);
    hasher.update(bytes);
    hasher.finalize()
}

fn narrow(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// Takes fixed-size fields off the front; zeros when there are too few bytes (lengths are checked before).
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((field, rest)) => {
                self.0 = rest;
                *field
            }
            None => [0; N],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(
            &[Bytes::from_static(b"one"), Bytes::new(), Bytes::from_static(b"three")],
            7,
            5,
            42,
            &mut bytes,
        );
        bytes
    }

    #[test]
    fn a_frame_reads_back() {
        let bytes = frame();
        let header = header(&bytes, 42).unwrap();
        assert_eq!((header.base, header.durable, header.count, header.end()), (7, 5, 3, 10));
        assert_eq!(header.frame_len(), bytes.len() as u64);
        let payload = &bytes[HEADER..];
        assert!(payload_matches(&header, payload, 42));
        let texts: Vec<&[u8]> = records(payload).map(|range| &payload[range]).collect();
        assert_eq!(texts, [&b"one"[..], b"", b"three"]);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let good = frame();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let noticed = match header(&bad, 42) {
                Err(_) => true,
                Ok(header) => !payload_matches(&header, &bad[HEADER..], 42),
            };
            assert!(noticed, "bit {bit}");
        }
    }

    #[test]
    fn another_segments_frame_is_not_ours() {
        assert!(header(&frame(), 43).is_err());
    }
}

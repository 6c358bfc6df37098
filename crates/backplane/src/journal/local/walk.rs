//! Goes from frame to frame through a segment's file, and finds the next good frame after a bad one.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bytes::Bytes;

use super::frame::{self, HEADER, Header, MARKER};

const CHUNK: usize = 256 << 10;

pub(super) struct Walker<'a> {
    file: &'a File,
    salt: u32,
    position: u64,
    chunk: Bytes,
    chunk_at: u64,
}

pub(super) struct Frame {
    pub at: u64,
    pub header: Header,
    pub payload: Bytes,
}

pub(super) enum Step {
    Frame(Frame),
    End,
    /// What is at the walker's position is not a frame. `resume` is the first place where one could be.
    Bad {
        why: &'static str,
        resume: u64,
    },
}

impl<'a> Walker<'a> {
    pub(super) fn new(file: &'a File, salt: u32, position: u64) -> Self {
        Self { file, salt, position, chunk: Bytes::new(), chunk_at: 0 }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Reads the frame here and moves behind it. Stays where it is at a bad one and at the end.
    pub(super) fn step(&mut self) -> io::Result<Step> {
        let at = self.position;
        let head = self.bytes(at, HEADER)?;
        if head.is_empty() {
            return Ok(Step::End);
        }
        let header = match frame::header(&head, self.salt) {
            Ok(header) => header,
            Err(why) => return Ok(Step::Bad { why, resume: at + 1 }),
        };
        let resume = at + header.frame_len();
        if resume > self.file.metadata()?.len() {
            return Ok(Step::Bad { why: "the frame is cut short", resume: at + 1 });
        }
        let payload =
            self.bytes(at + HEADER as u64, usize::try_from(header.payload_len).unwrap_or(usize::MAX))?;
        if !frame::payload_matches(&header, &payload, self.salt) {
            return Ok(Step::Bad { why: "the frame's content does not match its checksum", resume });
        }
        self.position = resume;
        Ok(Step::Frame(Frame { at, header, payload }))
    }

    /// Looks from `from` on for a frame that is valid and that `wanted` takes; moves before it.
    pub(super) fn resync(
        &mut self,
        from: u64,
        wanted: impl Fn(&Header) -> bool,
    ) -> io::Result<Option<Header>> {
        self.position = from;
        loop {
            let bytes = self.bytes(self.position, HEADER.max(self.rest_of_chunk()))?;
            if bytes.len() < HEADER {
                return Ok(None);
            }
            let Some(skip) = bytes.windows(MARKER.len()).position(|window| window == MARKER) else {
                self.position += (bytes.len() - MARKER.len() + 1) as u64;
                continue;
            };
            self.position += skip as u64;
            let candidate = self.position;
            if let Step::Frame(frame) = self.step()?
                && wanted(&frame.header)
            {
                self.position = candidate;
                return Ok(Some(frame.header));
            }
            self.position = candidate + 1;
        }
    }

    fn rest_of_chunk(&self) -> usize {
        let end = self.chunk_at + self.chunk.len() as u64;
        usize::try_from(end.saturating_sub(self.position)).unwrap_or(0)
    }

    /// `len` bytes at `position`, fewer at the end of the file.
    fn bytes(&mut self, position: u64, len: usize) -> io::Result<Bytes> {
        let within = |walker: &Self| {
            let start = usize::try_from(position.checked_sub(walker.chunk_at)?).ok()?;
            let end = start.checked_add(len)?;
            (end <= walker.chunk.len()).then(|| walker.chunk.slice(start..end))
        };
        if let Some(bytes) = within(self) {
            return Ok(bytes);
        }
        self.chunk = read_at(self.file, position, len.max(CHUNK))?;
        self.chunk_at = position;
        Ok(within(self).unwrap_or_else(|| self.chunk.clone()))
    }
}

fn read_at(file: &File, position: u64, len: usize) -> io::Result<Bytes> {
    let there = usize::try_from(file.metadata()?.len().saturating_sub(position)).unwrap_or(usize::MAX);
    let mut buffer = vec![0; len.min(there)];
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, position + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(buffer.into())
}

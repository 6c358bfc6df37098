//! Follows the journal for one client: what happened since its cursor, then what happens.
//!
//! It pulls: the next records are read when the client has taken the last ones, so that a slow client costs no memory
//! and loses nothing until retention overtakes it; then it is told of the gap.

use std::sync::Arc;

use backplane::journal::{Journal, JournalError, Offset};
use model::{DeviceId, Header, Phrase, Record, RecordError, TenantId, phrase};

use super::cursor::Cursor;
use super::frame::{Frame, frames};
use super::topics::Topics;
use crate::phrase::PhraseView;

/// How much of the journal is read at a time.
const READ_BYTES: usize = 256 * 1024;

/// What a client may and wants to see.
#[derive(Clone, Copy, Debug)]
pub struct Interest {
    pub tenant: TenantId,
    pub topics: Topics,
    pub device: Option<DeviceId>,
}

pub struct Follower {
    journal: Arc<dyn Journal>,
    interest: Interest,
    cursor: Cursor,
}

impl Follower {
    /// Starts at the cursor, or with what happens from now on.
    #[must_use]
    pub fn new(journal: Arc<dyn Journal>, interest: Interest, from: Option<Cursor>) -> Self {
        let cursor = from.unwrap_or_else(|| Cursor::at(journal.end()));
        Self { journal, interest, cursor }
    }

    #[must_use]
    pub fn cursor(&self) -> String {
        self.cursor.encode()
    }

    /// Resolves when there may be something new.
    pub async fn wait(&self) {
        if self.cursor.offset <= self.journal.end() {
            self.journal.wait_past(self.cursor.offset).await;
        }
    }

    /// The next frames; none when the client has seen everything of interest so far.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn next(&mut self) -> Result<Vec<Frame>, JournalError> {
        let batch = match self.journal.read(self.cursor.offset, READ_BYTES).await {
            Ok(batch) => batch,
            Err(JournalError::Gap { first }) => {
                return Ok(vec![
                    self.skip_to(first, &phrase!("gap_old", "it is older than what the server keeps")),
                ]);
            }
            Err(JournalError::Ahead { end }) => {
                return Ok(vec![self.skip_to(
                    end,
                    &phrase!(
                        "gap_foreign",
                        "the cursor comes from another journal, or from after a restored copy",
                    ),
                )]);
            }
            Err(JournalError::Corrupt { to, .. }) => {
                return Ok(vec![
                    self.skip_to(to, &phrase!("gap_damaged", "it is damaged on the server's disk")),
                ]);
            }
            Err(error) => return Err(error),
        };
        let mut answer = Vec::new();
        for entry in batch.entries {
            let skip = if entry.offset == self.cursor.offset { self.cursor.frames } else { 0 };
            match self.wanted(&entry.bytes) {
                Ok(Some(record)) => place(record, entry.offset, skip, &mut answer),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(offset = entry.offset, %error, "a stream skips a record that cannot be read");
                    answer.push(gap(
                        Cursor::at(entry.offset),
                        entry.offset + 1,
                        &phrase!("gap_unreadable", "one record cannot be read"),
                    ));
                }
            }
            self.cursor = Cursor::at(entry.offset + 1);
        }
        self.cursor = Cursor::at(self.cursor.offset.max(batch.next));
        Ok(answer)
    }

    /// Whether there is nothing more to read for now.
    #[must_use]
    pub fn at_end(&self) -> bool {
        self.cursor.offset >= self.journal.end()
    }

    /// Most records are another tenant's or device's; of those only the beginning is read.
    fn wanted(&self, bytes: &[u8]) -> Result<Option<Record>, RecordError> {
        let Interest { tenant, topics, device } = self.interest;
        let header = Header::decode(bytes)?;
        let wanted = header.tenant == tenant
            && topics.includes(header.kind)
            && (device.is_none() || header.device == device);
        wanted.then(|| Record::decode(bytes)).transpose()
    }

    fn skip_to(&mut self, to: Offset, reason: &Phrase) -> Frame {
        let from = std::mem::replace(&mut self.cursor, Cursor::at(to));
        gap(from, to, reason)
    }
}

fn gap(from: Cursor, to: Offset, reason: &Phrase) -> Frame {
    Frame::Gap {
        from: from.encode(),
        to: Cursor::at(to).encode(),
        reason: reason.to_string(),
        reason_phrase: PhraseView::of(reason),
    }
}

/// Gives each frame of a record its cursor and leaves out those that the client has.
fn place(record: Record, offset: Offset, skip: u32, answer: &mut Vec<Frame>) {
    let frames = frames(record);
    let last = frames.len();
    for (sent, frame) in (1_u32..).zip(frames) {
        if sent <= skip {
            continue;
        }
        let whole = usize::try_from(sent).is_ok_and(|sent| sent == last);
        let cursor = if whole { Cursor::at(offset + 1) } else { Cursor { offset, frames: sent } };
        answer.push(frame(cursor.encode()));
    }
}

#[cfg(test)]
mod tests;

//! Reading from the disk what is not in memory any more.

use std::io;

use super::recent::Room;
use super::segment::Segment;
use super::walk::{Step, Walker};
use super::{frame, refusal};
use crate::journal::{Batch, Entry, JournalError, Offset};

/// Records of `segment` from `from` on, which holds records up to `limit`. Damage is said when it is reached: what comes
/// before it is returned first.
pub(super) fn read(
    segment: &Segment,
    from: Offset,
    limit: Offset,
    max_bytes: usize,
) -> Result<Batch, JournalError> {
    let failed = |error: io::Error| refusal(&segment.path, &error);
    let (mut at, position) = segment.seek(from);
    let mut walker = Walker::new(segment.file().map_err(failed)?, segment.salt, position);
    let mut batch = Batch { entries: Vec::new(), next: from };
    let mut room = Room::new(max_bytes);
    while at < limit {
        let position = walker.position();
        let (why, resume) = match walker.step().map_err(failed)? {
            Step::Frame(frame) if frame.header.base == at && frame.header.end() <= limit => {
                segment.passed(at, frame.at);
                for (offset, range) in (at..).zip(frame::records(&frame.payload)) {
                    if offset < from {
                        continue;
                    }
                    if !room.take(range.len()) {
                        return Ok(batch);
                    }
                    batch.entries.push(Entry { offset, bytes: frame.payload.slice(range) });
                    batch.next = offset + 1;
                }
                at = frame.header.end();
                continue;
            }
            Step::Frame(_) => ("a frame is out of order", walker.position()),
            Step::Bad { why, resume } => (why, resume),
            Step::End => ("the file ends too early", position),
        };
        if !batch.entries.is_empty() {
            return Ok(batch);
        }
        let lost = at;
        let wanted = |header: &frame::Header| header.base > lost && header.end() <= limit;
        at = walker.resync(resume, wanted).map_err(failed)?.map_or(limit, |header| header.base);
        if at > from {
            let (from, file, detail) = (lost.max(from), segment.path.display().to_string(), why.to_owned());
            return Err(JournalError::Corrupt { from, to: at, file, position, detail });
        }
    }
    Ok(batch)
}

//! Finds out, on start, what of the newest segment was durable.
//!
//! A write that a crash interrupted may have left any of its blocks behind. None of it was acknowledged, so the tail is
//! cut where the first bad frame starts, *unless* a later frame proves that the bad one had been durable: then it is
//! damage to acknowledged records, which stays in place and is reported, here and to every reader.

use std::io;

use super::segment::{self, Segment};
use super::walk::{Step, Walker};
use crate::journal::Offset;

pub(super) struct Scan {
    /// Length of the file up to the end of its last record.
    pub len: u64,
    pub end: Offset,
    /// Damage to records that had been durable.
    pub damage: Vec<Damage>,
    /// Why the tail was cut, if the file goes on behind `len`.
    pub torn: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub from: Offset,
    pub to: Offset,
    pub position: u64,
    pub why: &'static str,
}

pub(super) fn scan(segment: &Segment) -> io::Result<Scan> {
    let mut walker = Walker::new(segment.file()?, segment.salt, segment::HEADER);
    let (mut damage, mut unproven) = (Vec::new(), Vec::new());
    let (mut len, mut end, mut torn) = (segment::HEADER, segment.base, None);
    loop {
        let at = walker.position();
        let (why, resume) = match walker.step()? {
            Step::End => break,
            Step::Bad { why, resume } => (why, resume),
            Step::Frame(frame) if frame.header.base != end => ("a frame is out of order", walker.position()),
            Step::Frame(frame) => {
                let (proven, still): (Vec<Damage>, _) =
                    unproven.into_iter().partition(|hole: &Damage| hole.from < frame.header.durable);
                damage.extend(proven);
                unproven = still;
                segment.passed(frame.header.base, frame.at);
                end = frame.header.end();
                len = walker.position();
                continue;
            }
        };
        let from = end;
        match walker.resync(resume, |header| header.base > from)? {
            Some(next) => {
                unproven.push(Damage { from, to: next.base, position: at, why });
                end = next.base;
            }
            None => {
                torn = Some(why);
                break;
            }
        }
    }
    if let Some(first) = unproven.first() {
        (len, end, torn) = (first.position, first.from, Some(first.why));
    }
    Ok(Scan { len, end, damage, torn })
}

//! The file's lines, whatever ends them: `\n`, `\r\n`, or `\r` as spreadsheets on old Macs write it.
//!
//! In: bytes. Out: the lines that hold something, with the numbers that an editor shows. A line that cannot be used
//! is told and passed by; only a file that cannot be read ends the reading. It knows nothing of cells.

use std::io::{BufRead, ErrorKind, Result};

/// Four times what fits into a message.
const LONGEST: usize = 1024 * 1024;

pub struct Lines<R> {
    input: R,
    number: u64,
    bytes: Vec<u8>,
    /// A `\n` that comes now belongs to the line before.
    after_return: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub number: u64,
    pub text: std::result::Result<&'a str, &'static str>,
}

impl<R: BufRead> Lines<R> {
    pub fn of(input: R) -> Self {
        Self { input, number: 0, bytes: Vec::new(), after_return: false }
    }

    /// The next line that is not empty; None at the end of the file.
    pub fn next(&mut self) -> Result<Option<Line<'_>>> {
        loop {
            if !self.fill()? {
                return Ok(None);
            }
            self.number += 1;
            if !self.bytes.is_empty() {
                break;
            }
        }
        let text = if self.bytes.len() > LONGEST {
            Err("the line is longer than 1 MiB")
        } else {
            std::str::from_utf8(&self.bytes).map_err(|_| "the line is not UTF-8; save the file as UTF-8")
        };
        let text = match self.number {
            1 => text.map(|text| text.trim_start_matches('\u{feff}')),
            _ => text,
        };
        Ok(Some(Line { number: self.number, text }))
    }

    /// False at the end of the file.
    fn fill(&mut self) -> Result<bool> {
        self.bytes.clear();
        let mut begun = false;
        loop {
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(begun);
            }
            if std::mem::take(&mut self.after_return) && chunk.starts_with(b"\n") {
                self.input.consume(1);
                continue;
            }
            begun = true;
            let mut parts = chunk.splitn(2, |byte| matches!(byte, b'\n' | b'\r'));
            let part = parts.next().unwrap_or_default();
            let ends = parts.next().is_some();
            // One byte too many is enough to know.
            let room = (LONGEST + 1).saturating_sub(self.bytes.len());
            self.bytes.extend(part.iter().take(room));
            self.after_return = chunk.get(part.len()) == Some(&b'\r');
            let used = part.len() + usize::from(ends);
            self.input.consume(used);
            if ends {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    /// With a buffer so small that line ends fall between two readings.
    fn all(bytes: &[u8]) -> Vec<(u64, std::result::Result<String, &'static str>)> {
        let mut lines = Lines::of(BufReader::with_capacity(2, bytes));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.number, line.text.map(str::to_owned)));
        }
        all
    }

    #[test]
    fn every_line_end_counts_once() {
        for text in ["abc\n\nd\ne", "abc\r\n\r\nd\r\ne\r\n", "abc\r\rd\re\r", "\u{feff}abc\n\r\nd\re\n"] {
            let read: Vec<_> =
                all(text.as_bytes()).into_iter().map(|(at, text)| (at, text.unwrap())).collect();
            assert_eq!(read, [(1, "abc".into()), (3, "d".into()), (4, "e".into())], "{text:?}");
        }
        assert!(all(b"").is_empty());
        assert!(all(b"\r\n\n").is_empty());
    }

    #[test]
    fn a_line_that_cannot_be_used_is_passed_by() {
        let mut bytes = vec![b'x'; 3 * LONGEST];
        bytes.extend(b"\n\xe9\nc\n");
        let read = all(&bytes);
        assert!(read[0].1.as_ref().is_err_and(|why| why.contains("longer")));
        assert!(read[1].1.as_ref().is_err_and(|why| why.contains("UTF-8")));
        assert_eq!(read[2], (3, Ok("c".into())));
    }
}

//! A line as its cells.
//!
//! In: one line, and what divides its cells. Out: the cells, trimmed. A quoted cell ends on the line on which it
//! begins: measurements hold no line breaks, and a stray quote would otherwise swallow the rows up to the next one.

use std::borrow::Cow;

const OPEN: &str = "the quoted value that begins on this line does not end on it; a quote is probably missing its \
                    partner (values with line breaks are not taken)";
const AFTER: &str = "something follows the closing quote; a quote is probably missing its partner (within a quoted \
                     value, quotes are written twice)";

#[derive(Debug, PartialEq, Eq)]
pub struct Misquoted {
    /// Position of the cell, from 0.
    pub at: usize,
    pub why: &'static str,
}

/// A quote within a cell that does not begin with one is a character like any other.
pub fn split(line: &str, separator: char) -> Result<Vec<Cow<'_, str>>, Misquoted> {
    let blank = |letter: char| letter.is_whitespace() && letter != separator;
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let at = cells.len();
        let begin = rest.trim_start_matches(blank);
        let (cell, after) = match begin.strip_prefix('"') {
            Some(quoted) => {
                let (cell, after) = unquote(quoted).ok_or(Misquoted { at, why: OPEN })?;
                (cell, after.trim_start_matches(blank))
            }
            None => {
                let (cell, after) = begin.split_at(begin.find(separator).unwrap_or(begin.len()));
                (Cow::Borrowed(cell), after)
            }
        };
        cells.push(match cell {
            Cow::Borrowed(cell) => Cow::Borrowed(cell.trim()),
            Cow::Owned(cell) => Cow::Owned(cell.trim().to_owned()),
        });
        if after.is_empty() {
            return Ok(cells);
        }
        rest = after.strip_prefix(separator).ok_or(Misquoted { at, why: AFTER })?;
    }
}

/// What stands before the closing quote, and what follows that.
fn unquote(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let (begin, mut rest) = text.split_once('"')?;
    let mut cell = Cow::Borrowed(begin);
    while let Some(more) = rest.strip_prefix('"') {
        let (next, after) = more.split_once('"')?;
        let cell = cell.to_mut();
        cell.push('"');
        cell.push_str(next);
        rest = after;
    }
    Some((cell, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        for (line, cells) in [
            ("a,b", &["a", "b"][..]),
            ("", &[""]),
            (",", &["", ""]),
            (" a , ,b ", &["a", "", "b"]),
            ("\"a,b\",\"\", \" c \" ,\"d\"", &["a,b", "", "c", "d"]),
            (r#""say ""hi""","""",x"#, &["say \"hi\"", "\"", "x"]),
            // Not quoted, so not changed.
            ("3.5\" disk,20\"5,5\"", &["3.5\" disk", "20\"5", "5\""]),
        ] {
            assert_eq!(split(line, ',').unwrap(), cells, "{line}");
        }
        assert_eq!(split("a\t\t\"b\"\t", '\t').unwrap(), ["a", "", "b", ""]);
    }

    #[test]
    fn a_quote_without_its_partner() {
        for (line, at, why) in [
            ("a,\"b", 1, OPEN),
            ("\"a,b", 0, OPEN),
            ("a,\"", 1, OPEN),
            ("a,\"b\"\"", 1, OPEN),
            ("a,\"12\"5,c", 1, AFTER),
            ("a,\"b,c,\"d\"", 1, AFTER),
        ] {
            assert_eq!(split(line, ','), Err(Misquoted { at, why }), "{line}");
        }
    }
}

//! The file's rows as points, read ahead of the sending by a thread of their own.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::field_name;
use model::{Point, Timestamp, Value};
use tokio::sync::mpsc;

use super::cells::{Misquoted, split};
use super::lines::{Line, Lines};
use super::when;
use crate::cli::Failure;

/// Rows that are read ahead.
const AHEAD: usize = 4096;

/// Columns that hold the time, in the order of preference.
const TIMES: [&str; 4] = ["timestamp", "ts", "time", "datetime"];

/// What became of one line.
pub enum Row {
    Point {
        number: u64,
        line: u64,
        point: Point,
    },
    /// It has a time and no value.
    Empty,
    /// Left out; what was wrong with it.
    Bad(String),
}

/// Opens the file and reads its header. The rows come through the channel; an error there is the last thing in it.
pub fn read(path: PathBuf, skip_bad: bool) -> Result<mpsc::Receiver<Result<Row, String>>, Failure> {
    let unreadable = |error: std::io::Error| explain(&path, &error);
    let mut lines = Lines::of(BufReader::new(File::open(&path).map_err(unreadable)?));
    let header = lines.next().map_err(unreadable)?.unwrap_or(Line { number: 1, text: Ok("") });
    let columns = Columns::of(&header).map_err(|why| format!("{}: {why}", path.display()))?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        for number in 1.. {
            let row = match lines.next() {
                Ok(None) => return,
                Ok(Some(line)) => match columns.row(number, &line) {
                    Err(why) if skip_bad => Ok(Row::Bad(why)),
                    Err(why) => Err(format!("{why}. --skip-bad-rows leaves out such rows")),
                    row => row,
                },
                Err(error) => Err(explain(&path, &error)),
            };
            let last = row.is_err();
            if sender.blocking_send(row).is_err() || last {
                return;
            }
        }
    });
    Ok(receiver)
}

fn explain(path: &Path, error: &std::io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

/// What the first line is divided by: some countries write `;`, spreadsheets copy tabs.
fn separator(header: &str) -> char {
    let mut quoted = false;
    let mut counts = [(',', 0_usize), (';', 0), ('\t', 0)];
    for letter in header.chars() {
        quoted ^= letter == '"';
        for (separator, count) in &mut counts {
            *count += usize::from(letter == *separator && !quoted);
        }
    }
    // The first one wins where they are even.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| separator)
}

struct Columns {
    separator: char,
    time: usize,
    /// Position and name of the others.
    fields: Vec<(usize, Arc<str>)>,
    count: usize,
}

impl Columns {
    fn of(header: &Line<'_>) -> Result<Self, String> {
        let at_line = |why: &str| format!("line {}: {why}", header.number);
        let text = header.text.map_err(at_line)?;
        let separator = separator(text);
        let names = split(text, separator).map_err(|wrong| at_line(wrong.why))?;
        let lower: Vec<_> = names.iter().map(|name| name.to_lowercase()).collect();
        if lower.len() < 2 {
            return Err("the first line must name a time stamp column and at least one more, such as \
                        timestamp,value"
                .to_owned());
        }
        if lower.first().is_some_and(|first| when::parse(first).is_some()) {
            return Err(
                "the first line is a row already; it must name the columns, such as timestamp,value".into()
            );
        }
        let time = TIMES.iter().find_map(|name| lower.iter().position(|column| column == name)).unwrap_or(0);
        let mut fields: Vec<(usize, Arc<str>)> = Vec::new();
        for (at, name) in names.iter().enumerate().filter(|(at, name)| *at != time && !name.is_empty()) {
            let stored = field_name(name);
            if let Some((before, known)) = fields.iter().find(|(_, known)| field_name(known) == stored) {
                return Err(format!(
                    "columns {} ({known}) and {} ({name}) would both be stored as {stored}, and one of them be \
                     lost; rename one of them",
                    before + 1,
                    at + 1
                ));
            }
            fields.push((at, name.as_ref().into()));
        }
        Ok(Self { separator, time, fields, count: lower.len() })
    }

    fn row(&self, number: u64, line: &Line<'_>) -> Result<Row, String> {
        let at_line = |why: String| format!("row {number} (line {}): {why}", line.number);
        let point = self.point(line).map_err(at_line)?;
        if point.values.is_empty() {
            return Ok(Row::Empty);
        }
        Ok(Row::Point { number, line: line.number, point })
    }

    fn point(&self, line: &Line<'_>) -> Result<Point, String> {
        let cells = split(line.text?, self.separator).map_err(|wrong| self.misquoted(&wrong))?;
        if cells.len() != self.count {
            return Err(format!("it has {} columns, the first line {}", cells.len(), self.count));
        }
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.as_ref());
        let time = cell(self.time);
        let ts: Timestamp = when::parse(time).ok_or_else(|| {
            format!(
                "{time:?} is not a time stamp; use 2013-12-02 21:15:00 (UTC), 2013-12-02T21:15:00+01:00 or \
                 milliseconds since 1970"
            )
        })?;
        let mut values = Vec::with_capacity(self.fields.len());
        for (at, name) in &self.fields {
            let value = value(cell(*at), self.separator).map_err(|why| format!("{name}: {why}"))?;
            values.extend(value.map(|value| (name.clone(), value)));
        }
        Ok(Point { ts, values })
    }

    /// What to say of a cell that is not quoted as it should be.
    fn misquoted(&self, wrong: &Misquoted) -> String {
        match self.fields.iter().find(|(at, _)| *at == wrong.at) {
            Some((_, name)) => format!("{name}: {}", wrong.why),
            None => wrong.why.to_owned(),
        }
    }
}

/// None for an empty cell, and for NaN, which programs write for one.
fn value(cell: &str, separator: char) -> Result<Option<Value>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    if let Some(number) = number(cell, separator) {
        return if number.is_finite() {
            Ok(Some(Value::Number(number)))
        } else if number.is_nan() {
            Ok(None)
        } else {
            Err(format!("{cell} is not a number that can be stored; leave the cell empty"))
        };
    }
    Ok(Some(match cell {
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => Value::Text(text.to_owned()),
    }))
}

/// Where columns are not divided by commas, decimals may be.
fn number(cell: &str, separator: char) -> Option<f64> {
    let number = cell.parse().ok();
    if number.is_some() || separator == ',' || cell.contains('.') {
        return number;
    }
    cell.replacen(',', ".", 1).parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn all(text: &str, skip_bad: bool) -> Vec<Result<Row, String>> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let mut receiver = read(file.path().to_owned(), skip_bad).unwrap();
        std::iter::from_fn(|| receiver.blocking_recv()).collect()
    }

    #[test]
    fn rows_become_points() {
        let rows =
            all("timestamp,value,on,note\n2013-12-02 21:15:00,73.9,true,\n1386018900,-1,,hot\n", false);
        let [Ok(Row::Point { number: 1, point: one, .. }), Ok(Row::Point { number: 2, point: two, .. })] =
            &rows[..]
        else {
            panic!("{}", rows.len());
        };
        assert_eq!(one.ts, two.ts);
        assert_eq!(one.values, [("value".into(), Value::Number(73.9)), ("on".into(), Value::Bool(true))]);
        assert_eq!(
            two.values,
            [("value".into(), Value::Number(-1.0)), ("note".into(), Value::Text("hot".into()))]
        );
    }

    #[test]
    fn a_bad_row_says_where_and_what() {
        for (text, said) in [
            ("timestamp,v\nsoon,1\n", "row 1 (line 2): \"soon\" is not a time stamp"),
            ("timestamp,v\n1386018900,1\n1386018900,inf\n", "row 2 (line 3): v: inf is not a number"),
            ("timestamp,v\n1386018900,1,2\n", "it has 3 columns, the first line 2"),
            ("timestamp,v\n\n1386018900,\"1\"5\n", "row 1 (line 3): v: something follows the closing quote"),
            (
                "timestamp,v\n1386018900,1\n\"1386018901,2",
                "row 2 (line 3): the quoted value that begins on this",
            ),
        ] {
            let rows = all(text, false);
            let Some(Err(why)) = rows.last() else { panic!("{text}") };
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn rows_without_a_value_are_told_apart_from_bad_ones() {
        let rows = all("timestamp,v,w\n1386018900,,\n1386018901,NaN,nan\n1386018902,,2\n", false);
        let [Ok(Row::Empty), Ok(Row::Empty), Ok(Row::Point { number: 3, line: 4, point })] = &rows[..] else {
            panic!("{}", rows.len());
        };
        assert_eq!(point.values, [("w".into(), Value::Number(2.0))]);
    }

    #[test]
    fn other_separators_are_seen() {
        for text in ["ts;a;b\n1386018900;21,5;x,y\n", "ts\ta\tb\n1386018900\t21.5\tx,y\n"] {
            let rows = all(text, false);
            let [Ok(Row::Point { point, .. })] = &rows[..] else { panic!("{text}") };
            assert_eq!(
                point.values,
                [("a".into(), Value::Number(21.5)), ("b".into(), Value::Text("x,y".into()))]
            );
        }
        assert_eq!(separator("\"a;b;c\",d"), ',');
        assert_eq!(separator("value"), ',');
    }

    #[test]
    fn columns_that_would_be_one_are_refused() {
        for text in ["ts,a,a\n1,2,3\n", "ts,T,t\n1,2,3\n"] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let why = read(file.path().to_owned(), false).unwrap_err().to_string();
            assert!(why.contains("columns 2 (") && why.contains("both be stored as"), "{why}");
        }
    }

    #[test]
    fn bad_rows_can_be_left_out() {
        let rows = all("timestamp,v\n1386018900,1\nx,1\n1386018901,2\n", true);
        assert!(matches!(&rows[..], [Ok(Row::Point { .. }), Ok(Row::Bad(_)), Ok(Row::Point { .. })]));
    }

    #[test]
    fn a_stray_quote_swallows_no_rows() {
        let text = "timestamp,v,w\n1386018900,1,\n1386018901,\"2,\n1386018902,3,\"\n1386018903,4,\"x\"\n";
        let rows = all(text, false);
        let [Ok(Row::Point { .. }), Err(why)] = &rows[..] else { panic!("{}", rows.len()) };
        assert!(why.contains("row 2 (line 3): v: ") && why.contains("missing its partner"), "{why}");

        let rows = all(text, true);
        let [Ok(Row::Point { .. }), Ok(Row::Bad(_)), Ok(Row::Bad(next)), Ok(Row::Point { number: 4, .. })] =
            &rows[..]
        else {
            panic!("{}", rows.len());
        };
        assert!(next.contains("row 3 (line 4): w: "), "{next}");
    }

    #[test]
    fn a_quote_within_a_value_changes_nothing() {
        let rows = all("timestamp,v\n1386018900,20\"5\n", false);
        let [Ok(Row::Point { point, .. })] = &rows[..] else { panic!("{}", rows.len()) };
        assert_eq!(point.values, [("v".into(), Value::Text("20\"5".into()))]);
    }

    #[test]
    fn a_file_without_header_is_noticed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"2013-12-02 21:15:00,1\n").unwrap();
        assert!(read(file.path().to_owned(), false).unwrap_err().to_string().contains("name the columns"));
        assert!(read("/nowhere/x.csv".into(), false).is_err());
    }
}

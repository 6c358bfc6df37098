//! The file's rows as points, read ahead of the sending by a thread of their own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Point, Timestamp, Value};
use tokio::sync::mpsc;

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
        point: Point,
    },
    /// Left out; what was wrong with it.
    Bad(String),
}

/// Opens the file and reads its header. The rows come through the channel; an error there is the last thing in it.
pub fn read(path: PathBuf, skip_bad: bool) -> Result<mpsc::Receiver<Result<Row, String>>, Failure> {
    let shown = path.display().to_string();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_path(&path)
        .map_err(|error| explain_open(&path, &error))?;
    let header = reader.headers().map_err(|error| format!("{shown}: {error}"))?.clone();
    let columns = Columns::of(&header).map_err(|why| format!("{shown}: {why}"))?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let mut record = csv::StringRecord::new();
        loop {
            let row = match next(&mut reader, &mut record, &columns) {
                Ok(None) => return,
                Ok(Some(row)) => Ok(row),
                Err(why) if skip_bad => Ok(Row::Bad(why)),
                Err(why) => Err(why),
            };
            let last = row.is_err();
            if sender.blocking_send(row).is_err() || last {
                return;
            }
        }
    });
    Ok(receiver)
}

fn explain_open(path: &Path, error: &csv::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

struct Columns {
    time: usize,
    /// Position and name of the others.
    fields: Vec<(usize, Arc<str>)>,
    count: usize,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, String> {
        let lower: Vec<_> =
            header.iter().map(|name| name.trim_start_matches('\u{feff}').to_lowercase()).collect();
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
        let fields: Vec<_> = header
            .iter()
            .enumerate()
            .filter(|(at, name)| *at != time && !name.is_empty())
            .map(|(at, name)| (at, name.into()))
            .collect();
        Ok(Self { time, fields, count: lower.len() })
    }
}

/// The next row; None at the end of the file.
fn next(
    reader: &mut csv::Reader<File>,
    record: &mut csv::StringRecord,
    columns: &Columns,
) -> Result<Option<Row>, String> {
    let more = reader.read_record(record).map_err(|error| {
        let row = error.position().map_or(0, csv::Position::line);
        format!("line {row}: {error}")
    })?;
    if !more {
        return Ok(None);
    }
    let line = record.position().map_or(0, csv::Position::line);
    let number = record.position().map_or(0, csv::Position::record);
    let at_line = |why: String| format!("row {number} (line {line}): {why}");
    if record.len() != columns.count {
        return Err(at_line(format!("it has {} columns, the first line {}", record.len(), columns.count)));
    }
    let time = record.get(columns.time).unwrap_or_default();
    let ts: Timestamp = when::parse(time).ok_or_else(|| {
        at_line(format!(
            "{time:?} is not a time stamp; use 2013-12-02 21:15:00 (UTC), 2013-12-02T21:15:00+01:00 or \
             milliseconds since 1970"
        ))
    })?;
    let mut values = Vec::with_capacity(columns.fields.len());
    for (at, name) in &columns.fields {
        match value(record.get(*at).unwrap_or_default()) {
            Ok(None) => {}
            Ok(Some(value)) => values.push((name.clone(), value)),
            Err(why) => return Err(at_line(format!("{name}: {why}"))),
        }
    }
    if values.is_empty() {
        return Err(at_line("it has no value".to_owned()));
    }
    Ok(Some(Row::Point { number, point: Point { ts, values } }))
}

/// None for an empty cell.
fn value(cell: &str) -> Result<Option<Value>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    if let Ok(number) = cell.parse::<f64>() {
        return if number.is_finite() {
            Ok(Some(Value::Number(number)))
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
        let [Ok(Row::Point { number: 1, point: one }), Ok(Row::Point { number: 2, point: two })] = &rows[..]
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
            ("timestamp,v\n1386018900,1\n1386018900,NaN\n", "row 2 (line 3): v: NaN is not a number"),
            ("timestamp,v\n1386018900,1,2\n", "it has 3 columns, the first line 2"),
            ("timestamp,v\n1386018900,\n", "it has no value"),
        ] {
            let rows = all(text, false);
            let Some(Err(why)) = rows.last() else { panic!("{text}") };
            assert!(why.contains(said), "{why}");
        }
    }

    #[test]
    fn bad_rows_can_be_left_out() {
        let rows = all("timestamp,v\n1386018900,1\nx,1\n1386018901,2\n", true);
        assert!(matches!(&rows[..], [Ok(Row::Point { .. }), Ok(Row::Bad(_)), Ok(Row::Point { .. })]));
    }

    #[test]
    fn a_file_without_header_is_noticed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"2013-12-02 21:15:00,1\n").unwrap();
        assert!(read(file.path().to_owned(), false).unwrap_err().to_string().contains("name the columns"));
        assert!(read("/nowhere/x.csv".into(), false).is_err());
    }
}

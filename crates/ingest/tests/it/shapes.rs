//! What is understood, and what becomes of it.

use std::sync::Arc;

use ingest::{FieldNames, Limits, Parsed, parse_telemetry};
use model::{Timestamp, Value};

use crate::world::NOW;

fn parsed(payload: &str) -> Parsed {
    parse_telemetry(payload.as_bytes(), NOW, &Limits::default(), &mut FieldNames::default()).unwrap()
}

fn number(name: &str, value: f64) -> (Arc<str>, Value) {
    (name.into(), Value::Number(value))
}

#[test]
fn a_flat_object_is_one_reading() {
    let parsed = parsed(r#" {"temperature":21.5,"on":true,"mode":"e\u00e9\n","list":[1, 2]} "#);
    assert_eq!(parsed.readings.len(), 1);
    assert!(!parsed.explicit_ts);
    assert!(parsed.notes.is_empty());
    let values = &parsed.readings[0].values;
    assert_eq!(values[0], number("temperature", 21.5));
    assert_eq!(values[1], ("on".into(), Value::Bool(true)));
    assert_eq!(values[2], ("mode".into(), Value::Text("eé\n".into())));
    assert_eq!(values[3], ("list".into(), Value::Json("[1, 2]".into())));
}

#[test]
fn a_reading_may_bring_its_time() {
    let moment = Some(Timestamp::from_millis(1_700_000_000_000));
    for payload in [
        r#"{"ts":1700000000000,"values":{"a":1}}"#,
        r#"{"values":{"a":1},"ts":1.7e12}"#,
        r#"{"ts":1700000000000,"a":1}"#,
    ] {
        let parsed = parsed(payload);
        assert_eq!(parsed.readings[0].ts, moment, "{payload}");
        assert_eq!(parsed.readings[0].values, [number("a", 1.0)], "{payload}");
        assert!(parsed.explicit_ts);
    }
}

#[test]
fn an_array_is_many_readings() {
    let parsed = parsed(r#"[{"ts":1700000000000,"values":{"a":1}},{"a":2},{"ts":1700000000001,"a":3}]"#);
    assert_eq!(parsed.readings.len(), 3);
    assert_eq!(parsed.readings[1].ts, None);
    assert_eq!(parsed.readings[2].values, [number("a", 3.0)]);
}

#[test]
fn nested_objects_become_flat_columns() {
    let parsed = parsed(r#"{"battery":{"level":80,"cell":{"V":3.7}},"values":{"x":1}}"#);
    let values = &parsed.readings[0].values;
    assert!(values.contains(&number("battery_level", 80.0)));
    assert!(values.contains(&number("battery_cell_v", 3.7)));
    assert!(values.contains(&number("values_x", 1.0)));
}

#[test]
fn what_was_adapted_is_said() {
    let parsed = parsed(r#"{"Temp":1,"temp":2,"x":null,"name":"n"}"#);
    assert_eq!(parsed.readings[0].values, [number("temp", 2.0), ("name_".into(), Value::Text("n".into()))]);
    let notes = parsed.notes.join("\n");
    for said in
        ["\"Temp\" is stored as temp", "temp came twice", "\"x\" was null", "\"name\" is stored as name_"]
    {
        assert!(notes.contains(said), "{notes}");
    }
}

#[test]
fn many_fields_with_duplicates_keep_the_last() {
    let fields: Vec<_> = (0..900).chain(0..900).map(|n| format!("\"f{n}\":{n}")).collect();
    let parsed = parsed(&format!("{{{}}}", fields.join(",")));
    assert_eq!(parsed.readings[0].values.len(), 900);
    assert_eq!(parsed.notes.len(), 17, "sixteen notes and how many more");
}

#[test]
fn one_bad_clock_reading_does_not_cost_the_others() {
    let parsed = parsed(r#"[{"ts":1700000000000,"a":1},{"ts":5,"a":2}]"#);
    assert_eq!(parsed.readings.len(), 1);
    assert!(parsed.left_out[0].explanation.text().starts_with("element 1 of the array: ts is 5"));
}

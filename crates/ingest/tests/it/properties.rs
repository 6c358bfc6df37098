//! What holds for any bytes.

use ingest::{FieldNames, Limits, parse_event, parse_reply, parse_telemetry, telemetry_to_json};
use model::{Point, Timestamp, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::world::NOW;

/// Text that looks like JSON more often than chance would have it.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("\"a\""),
        Just("\"ts\""),
        Just("\"values\""),
        Just("1"),
        Just("-0.5e3"),
        Just("1e400"),
        Just("true"),
        Just("null"),
        Just("NaN"),
        Just("\"\\u00e9\""),
        Just("\"\\ud83d\\ude00\""),
        Just("\"\\udc00\""),
        Just(" "),
        Just("\n"),
        Just("0"),
        Just("-"),
        Just("."),
        Just("\""),
        Just("é"),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Into::into),
            btree_map(".{0,6}", inner, 0..6).prop_map(|map| serde_json::Value::Object(
                map.into_iter().collect::<serde_json::Map<_, _>>()
            )),
        ]
    })
}

fn all_finite(payload: &[u8]) -> bool {
    let Ok(parsed) = parse_telemetry(payload, NOW, &Limits::default(), &mut FieldNames::default()) else {
        return true;
    };
    parsed.readings.iter().all(|reading| {
        !reading.values.is_empty()
            && reading.values.iter().all(|(name, value)| {
                let finite = if let Value::Number(number) = value { number.is_finite() } else { true };
                finite && model::field_name(name) == name.as_ref()
            })
    })
}

fn points() -> impl Strategy<Value = Vec<Point>> {
    let value = prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Number),
        any::<bool>().prop_map(Value::Bool),
        ".{0,20}".prop_map(Value::Text),
        Just(Value::Json("[1,{\"a\":null}]".to_owned())),
    ];
    let ts = (946_684_800_000_000..NOW.as_micros()).prop_map(Timestamp::from_micros);
    let values = btree_map("[a-z_][a-z0-9_]{0,10}", value, 1..6).prop_map(|values| {
        values.into_iter().map(|(name, value)| (model::field_name(&name).into(), value)).collect::<Vec<_>>()
    });
    vec((ts, values).prop_map(|(ts, values)| Point { ts, values }), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_taken_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(all_finite(&bytes));
        let _ = parse_event(&bytes, NOW, &Limits::default());
    }

    #[test]
    fn nearly_json_is_judged_as_serde_json_does(text in nearly_json()) {
        prop_assert!(all_finite(text.as_bytes()));
        let ours = parse_reply(text.as_bytes(), &Limits::default()).is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn all_json_is_understood(value in json_value()) {
        let text = value.to_string();
        prop_assert!(parse_reply(text.as_bytes(), &Limits::default()).is_ok(), "{}", text);
        prop_assert!(all_finite(text.as_bytes()));
    }

    #[test]
    fn points_survive_the_wire(points in points()) {
        let json = telemetry_to_json(&points);
        let parsed = parse_telemetry(json.as_bytes(), NOW, &Limits::default(), &mut FieldNames::default()).unwrap();
        let back: Vec<_> = parsed
            .readings
            .into_iter()
            .map(|reading| Point { ts: reading.ts.unwrap(), values: reading.values })
            .collect();
        prop_assert_eq!(back, points);
    }
}

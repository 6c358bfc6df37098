//! Whatever order of messages, flushes, compactions and crashes: the lake holds just what a plain list would.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use lake::HistoryRequest;
use model::{DeviceId, Timestamp, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::place::{NOON, Place, telemetry};

#[derive(Clone, Debug)]
enum Step {
    Message { table: usize, device: u128, points: Vec<(i64, Vec<(usize, Value)>)> },
    Flush,
    Compact,
    Crash,
}

const TABLES: [&str; 2] = ["pump", "air-sensor"];
const FIELDS: [&str; 3] = ["a", "b", "ts"];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(|number| Value::Number(f64::from(number) / 8.0)),
        any::<bool>().prop_map(Value::Bool),
        "[a-z]{0,20}".prop_map(Value::Text),
        Just(Value::Json("[1,2]".into())),
    ]
}

fn point() -> impl Strategy<Value = (i64, Vec<(usize, Value)>)> {
    let values = proptest::collection::btree_map(0..FIELDS.len(), value(), 0..=FIELDS.len());
    (-200_i64..200, values.prop_map(|values| values.into_iter().collect()))
        .prop_map(|(at, values)| (NOON + at * 7_200_000 / 4, values))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..TABLES.len(), 1_u128..5, proptest::collection::vec(point(), 1..6))
            .prop_map(|(table, device, points)| Step::Message { table, device, points }),
        3 => Just(Step::Flush),
        1 => Just(Step::Compact),
        1 => Just(Step::Crash),
    ]
}

/// A row as a list remembers it: values sorted by their text, since conflicting ones change column.
type Row = (DeviceId, Timestamp, Vec<String>);

fn remembered(device: DeviceId, ts: Timestamp, values: impl Iterator<Item = Value>) -> Row {
    let mut texts: Vec<String> = values.map(|value| format!("{value:?}")).collect();
    texts.sort();
    (device, ts, texts)
}

async fn stored(place: &Place, table: &str) -> Vec<Row> {
    let request = HistoryRequest {
        table: table.into(),
        devices: None,
        fields: Vec::new(),
        from: Timestamp::EPOCH,
        to: Timestamp::from_millis(NOON * 2),
    };
    let rows: Vec<_> = place.lake.history(&place.scope(), request).await.unwrap().try_concat().await.unwrap();
    rows.into_iter()
        .map(|row| remembered(row.device, row.ts, row.values.into_iter().map(|(_, value)| value)))
        .collect()
}

async fn run(steps: Vec<Step>) {
    let mut place = Place::new().await;
    let mut expected: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Message { table, device, points } => {
                let device = DeviceId(Uuid::from_u128(device));
                let points: Vec<(i64, Vec<(&str, Value)>)> = points
                    .into_iter()
                    .map(|(at, values)| {
                        (at, values.into_iter().map(|(field, value)| (FIELDS[field], value)).collect())
                    })
                    .collect();
                let borrowed: Vec<_> = points.iter().map(|(at, values)| (*at, values.as_slice())).collect();
                place.append(vec![telemetry(place.tenant, TABLES[table], device, &borrowed)]).await;
                for (at, values) in points {
                    let values = values.into_iter().map(|(_, value)| value);
                    let row = remembered(device, Timestamp::from_millis(at), values);
                    expected.entry(TABLES[table]).or_default().push(row);
                }
            }
            Step::Flush => drop(place.lake.flush().await.unwrap()),
            Step::Compact => place.lake.maintain().await.unwrap(),
            Step::Crash => place = place.restart().await,
        }
    }
    place.catch_up().await;
    for flushed in [false, true] {
        if flushed {
            place.lake.flush().await.unwrap();
            place.lake.maintain().await.unwrap();
        }
        for table in TABLES {
            let mut expected = expected.get(table).cloned().unwrap_or_default();
            let mut stored = stored(&place, table).await;
            assert!(stored.is_sorted_by_key(|row| row.1));
            expected.sort();
            stored.sort();
            assert_eq!(stored, expected);
        }
    }
}

#[test]
fn the_lake_is_a_list() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step(), 1..40), |steps| {
            runtime.block_on(run(steps));
            Ok(())
        })
        .unwrap();
}

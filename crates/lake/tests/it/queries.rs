//! What goes in comes out, from memory and from files alike.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{DeviceId, Value};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::place::{NOON, Place, event, number, telemetry};

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_query_works_from_memory_and_from_files() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    for (minutes, value) in [(-90, 5.0), (-30, 20.0), (-10, 22.0)] {
        place.send("thermostat", device, NOON + minutes * 60_000, &[("temperature", number(value))]).await;
    }
    let sql = "SELECT avg(temperature) FROM thermostat WHERE ts > now() - interval '1 hour'";
    place.catch_up().await;
    assert_eq!(place.cell(sql).await, json!(21.0));
    place.lake.flush().await.unwrap();
    assert_eq!(place.lake.stats().memory_rows, 0);
    assert_eq!(place.cell(sql).await, json!(21.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_files_answer_together() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    place.send("thermostat", device, NOON, &[("t", number(1.0))]).await;
    place.lake.flush().await.unwrap();
    place.send("thermostat", device, NOON + 1, &[("t", number(2.0))]).await;
    place.send("thermostat", device, NOON + 2, &[("t", number(4.0))]).await;
    place.catch_up().await;
    let rows = place.query("SELECT ts, t FROM thermostat ORDER BY ts").await;
    assert_eq!(
        rows.rows,
        [
            [json!("2026-11-20T12:00:00Z"), json!(1.0)],
            [json!("2026-11-20T12:00:00.001Z"), json!(2.0)],
            [json!("2026-11-20T12:00:00.002Z"), json!(4.0)],
        ]
    );
    assert_eq!(
        rows.columns.iter().map(|column| column.r#type.as_str()).collect::<Vec<_>>(),
        ["timestamp", "number"]
    );
    assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(3));
    assert_eq!(place.cell("SELECT sum(t) FROM thermostat").await, json!(7.0));
    assert_eq!(place.cell("SELECT max(ts) FROM thermostat").await, json!("2026-11-20T12:00:00.002Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_with_equal_time_stamps_all_stay_and_late_ones_find_their_day() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let same = [
        (NOON, &[("t", number(1.0))][..]),
        (NOON, &[("t", number(1.0))][..]),
        (NOON, &[("t", number(2.0))][..]),
    ];
    place.append(vec![telemetry(place.tenant, "thermostat", device, &same)]).await;
    place.send("thermostat", device, NOON, &[("t", number(1.0))]).await;
    place.send("thermostat", device, NOON - 400 * 86_400_000, &[("t", number(9.0))]).await;
    for _ in 0..2 {
        place.lake.flush().await.unwrap();
        assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(5));
        let rows = place.query("SELECT t FROM thermostat WHERE ts = '2026-11-20T12:00:00Z' ORDER BY t").await;
        assert_eq!(rows.rows, [[json!(1.0)], [json!(1.0)], [json!(1.0)], [json!(2.0)]]);
        let late = "SELECT t FROM thermostat WHERE ts < now() - interval '1 year'";
        assert_eq!(place.cell(late).await, json!(9.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_called_what_people_call_it_now() {
    let place = Place::new().await;
    let (kitchen, unknown) = (DeviceId::generate(), DeviceId::generate());
    place.names.0.lock().insert(kitchen, "Kitchen".into());
    place.send("air-sensor", kitchen, NOON, &[("co2", number(400.0))]).await;
    place.send("air-sensor", unknown, NOON, &[("co2", number(900.0))]).await;
    for flushed in [false, true] {
        if flushed {
            place.lake.flush().await.unwrap();
        } else {
            place.catch_up().await;
        }
        let rows = place.query("SELECT * FROM \"air-sensor\" ORDER BY co2").await;
        let names: Vec<_> = rows.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["device", "name", "ts", "co2"]);
        assert_eq!(rows.rows[0][0], json!(kitchen.to_string()));
        assert_eq!(rows.rows[0][1], json!("Kitchen"));
        assert_eq!(rows.rows[1][1], json!(null));
        assert_eq!(place.cell("SELECT co2 FROM \"air-sensor\" WHERE name = 'Kitchen'").await, json!(400.0));
        let by_id = format!("SELECT count(*) FROM \"air-sensor\" WHERE device = '{kitchen}'");
        assert_eq!(place.cell(&by_id).await, json!(1));
    }
    place.names.0.lock().insert(kitchen, "Cuisine".into());
    assert_eq!(place.cell("SELECT count(*) FROM \"air-sensor\" WHERE name = 'Cuisine'").await, json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_a_table_with_their_own_json_beside_columns() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let json = r#"{"action":"login_failed","src":{"ip":"10.0.0.9"},"count":3,"name":"x"}"#;
    place.append(vec![event(place.tenant, device, NOON, json)]).await;
    place.lake.flush().await.unwrap();
    let rows = place.query("SELECT profile, event, action, src_ip, count, name_ FROM events").await;
    let event = serde_json::from_str::<serde_json::Value>(json).unwrap();
    assert_eq!(
        rows.rows,
        [[json!("camera"), event, json!("login_failed"), json!("10.0.0.9"), json!(3.0), json!("x")]]
    );
    assert_eq!(rows.columns[1].r#type, "json");
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_data_is_in_the_next_query() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Arc::clone(&place.lake).run(stop.clone()));
    for at in 1..=20 {
        place.send("thermostat", device, NOON + at, &[("t", number(1.0))]).await;
        let asked = Instant::now();
        assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(at));
        assert!(asked.elapsed() < Duration::from_secs(5));
    }
    stop.cancel();
    running.await.unwrap();
    // Stopping flushed.
    assert_eq!(place.lake.stats().memory_rows, 0);
    assert_eq!(place.lake.stats().applied, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_comes_before_the_lake_has_read_says_so() {
    let place = Place::new().await;
    place.send("thermostat", DeviceId::generate(), NOON, &[("t", number(1.0))]).await;
    let rows = place.query("SELECT 1").await;
    assert!(
        rows.warnings[0].text().contains("1 messages are accepted but not in this answer yet"),
        "{:?}",
        rows.warnings
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_json_has_no_number_for_is_null() {
    let place = Place::new().await;
    place.send("t", DeviceId::generate(), NOON, &[("a", number(0.0)), ("on", Value::Bool(true))]).await;
    place.lake.flush().await.unwrap();
    let rows = place.query("SELECT a/a, 1/(a + 0.0), on, NULL, 'x', count(*) FROM t GROUP BY a, on").await;
    assert_eq!(rows.rows, [[json!(null), json!(null), json!(true), json!(null), json!("x"), json!(1)]]);
    assert_eq!(place.cell("SELECT regexp_match('ab', '(a)')").await, json!(["a"]));
    assert_eq!(place.cell("SELECT date_trunc('day', ts) FROM t").await, json!("2026-11-20T00:00:00Z"));
}

#[tokio::test(flavor = "multi_thread")]
async fn compaction_changes_nothing_but_the_number_of_files() {
    let place = Place::new().await;
    let devices: Vec<_> = (0..3).map(|_| DeviceId::generate()).collect();
    for round in 0..7_i64 {
        for (at, device) in devices.iter().enumerate() {
            let millis = NOON - 5 * 86_400_000 * (round % 3) + at as i64;
            place
                .send(
                    "thermostat",
                    *device,
                    millis,
                    &[("t", number(round as f64)), ("s", Value::Text(format!("r{round}")))],
                )
                .await;
        }
        place.lake.flush().await.unwrap();
    }
    let all = "SELECT device, ts, t, s FROM thermostat ORDER BY device, ts, t";
    let before = place.query(all).await;
    let files = place.lake.stats().files;
    place.lake.maintain().await.unwrap();
    let stats = place.lake.stats();
    assert!(stats.files < files && stats.compactions > 0, "{stats:?}");
    assert_eq!(place.query(all).await, before);
    place.lake.maintain().await.unwrap();
    assert_eq!(place.parquet_files().len() as u64, place.lake.stats().files);
    let place = place.restart().await;
    assert_eq!(place.query(all).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_that_can_matter_are_read() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    for day in 0..3 {
        place.send("thermostat", device, NOON - day * 86_400_000, &[("t", number(1.0))]).await;
        place.lake.flush().await.unwrap();
    }
    let plan = place.query("EXPLAIN SELECT t FROM thermostat WHERE ts > now() - interval '1 hour'").await;
    let text = plan.rows.iter().map(|row| row[1].as_str().unwrap_or_default()).collect::<String>();
    assert_eq!(text.matches(".parquet").count(), 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_truncated_as_in_the_calendar() {
    let place = Place::new().await;
    // 2024-02-29T23:59:59.123Z, a Thursday, and 1969-12-31T23:59:59.999Z, a Wednesday.
    for ms in [1_709_251_199_123, -1] {
        place.send("t", DeviceId::generate(), ms, &[("v", number(1.0))]).await;
    }
    place.catch_up().await;
    for (precision, before, after) in [
        ("second", "1969-12-31T23:59:59Z", "2024-02-29T23:59:59Z"),
        ("minute", "1969-12-31T23:59:00Z", "2024-02-29T23:59:00Z"),
        ("hour", "1969-12-31T23:00:00Z", "2024-02-29T23:00:00Z"),
        ("DAY", "1969-12-31T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("week", "1969-12-29T00:00:00Z", "2024-02-26T00:00:00Z"),
        ("month", "1969-12-01T00:00:00Z", "2024-02-01T00:00:00Z"),
        ("quarter", "1969-10-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("year", "1969-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
    ] {
        for function in ["date_trunc", "datetrunc"] {
            let rows = place.query(&format!("SELECT {function}('{precision}', ts) FROM t ORDER BY ts")).await;
            assert_eq!(rows.rows, [[json!(before)], [json!(after)]], "{precision}");
            assert_eq!(rows.columns[0].r#type, "timestamp");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_events_and_of_json_are_the_ones_that_were_sent() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let numbers = [121.488_869_554_725_57, -6.891_459_316_973_251_5e121, 9_007_199_254_740_991.0, 5e-324];
    for number in numbers {
        place.append(vec![event(place.tenant, device, NOON, &format!("{{\"n\":{number:?}}}"))]).await;
    }
    place.send("t", device, NOON, &[("list", Value::Json(format!("{numbers:?}")))]).await;
    place.lake.flush().await.unwrap();
    let rows = place.query("SELECT n FROM events").await;
    assert_eq!(rows.rows, numbers.map(|number| [json!(number)]));
    assert_eq!(place.cell("SELECT list FROM t").await, json!(numbers));
}

/// Each SELECT is computed, however alike it reads to the one around it.
#[tokio::test(flavor = "multi_thread")]
async fn selects_around_each_other_are_all_computed() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    place.send("thermostat", device, NOON, &[("a", number(1.0)), ("b", number(2.0))]).await;
    place.catch_up().await;
    let around = |select: &str, times: usize, from: &str| {
        (0..times).fold(from.to_owned(), |inner, _| format!("(SELECT {select} FROM {inner})"))
    };
    for (from, result) in [
        (around("a + a AS a", 5, "thermostat"), json!(32.0)),
        (around("a + 1 AS a", 12, "thermostat"), json!(13.0)),
        (around("a + 0 + a AS a", 2, &around("a + a AS a", 2, "thermostat")), json!(16.0)),
        (around("b AS a, a AS b", 2, "thermostat"), json!(1.0)),
        (around("b AS a, a AS b", 3, "thermostat"), json!(2.0)),
        (around("a + a AS a, b", 3, "(SELECT a, b FROM thermostat ORDER BY b LIMIT 1)"), json!(8.0)),
        (around("sum(a) + 1 AS a", 3, "thermostat"), json!(4.0)),
        (format!("thermostat WHERE 8.0 IN {}", around("a + a AS a", 3, "thermostat")), json!(1.0)),
        (format!("(SELECT a FROM thermostat UNION ALL {})", around("-a AS a", 2, "thermostat")), json!(1.0)),
    ] {
        assert_eq!(place.cell(&format!("SELECT max(a) FROM {from}")).await, result, "{from}");
    }
}

/// Rows in memory are chosen by their keys, before the engine sees them.
#[tokio::test(flavor = "multi_thread")]
async fn conditions_on_device_and_time_find_in_memory_what_they_find_in_files() {
    let place = Place::new().await;
    let devices: Vec<DeviceId> = (0..4).map(|_| DeviceId::generate()).collect();
    let mut sent = Vec::new();
    for at in 0..400_usize {
        let (device, minute) = (devices[at * 7 % 3], (at * 31 % 60) as i64);
        let value = at as f64;
        place.send("thermostat", device, NOON + minute * 60_000, &[("t", number(value))]).await;
        sent.push((device, minute, value));
    }
    place.catch_up().await;
    let moment = |minute: i64| format!("timestamp '2026-11-20T12:{minute:02}:00Z'");
    for in_files in [false, true] {
        if in_files {
            place.lake.flush().await.unwrap();
        }
        for (first, second) in [(0, 1), (1, 3), (2, 2), (3, 3)] {
            let [one, other] = [devices[first], devices[second]];
            let conditions: [(String, &dyn Fn(DeviceId) -> bool); 6] = [
                (format!("device = '{one}'"), &|device| device == one),
                (format!("device IN ('{one}', '{other}')"), &|device| [one, other].contains(&device)),
                (format!("(device = '{one}' OR '{other}' = device)"), &|device| {
                    [one, other].contains(&device)
                }),
                (format!("device = '{}'", one.to_string().to_uppercase()), &|_| false),
                (format!("device = '{one}' AND device = '{other}'"), &|device| device == one && one == other),
                (format!("device <> '{one}'"), &|device| device != one),
            ];
            for (of_devices, wanted) in conditions {
                for (from, to) in [(0, 60), (10, 20), (59, 60), (30, 30)] {
                    let (start, end) = (moment(from), moment(to.min(59)));
                    let sql = format!(
                        "SELECT count(*), coalesce(sum(t), 0.0) FROM thermostat \
                         WHERE {of_devices} AND ts >= {start} AND {end} > ts"
                    );
                    let chosen = sent
                        .iter()
                        .filter(|(device, minute, _)| wanted(*device) && (from..to.min(59)).contains(minute));
                    let (count, sum) =
                        chosen.fold((0, 0.0), |(count, sum), (_, _, value)| (count + 1, sum + value));
                    let rows = place.query(&sql).await;
                    assert_eq!(rows.rows, [[json!(count), json!(sum)]], "{sql}, in files: {in_files}");
                }
            }
        }
    }
}

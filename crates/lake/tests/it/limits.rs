//! A query is refused kindly, or stopped, and never more than that.

use std::time::{Duration, Instant};

use lake::{QueryError, QueryLimits};
use model::{DeviceId, Explained};
use serde_json::json;

use crate::place::{NOON, Place, number, telemetry};

async fn filled() -> Place {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let values = [("temperature", number(1.0)), ("humidity", number(2.0))];
    let points: Vec<_> = (0..100).map(|at| (NOON + at, &values[..])).collect();
    place.append(vec![telemetry(place.tenant, "thermostat", device, &points)]).await;
    place.send("air-sensor", device, NOON, &[("co2", number(1.0))]).await;
    place.lake.flush().await.unwrap();
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_answered_with_what_to_do() {
    let place = filled().await;
    for (sql, code, hint) in [
        (
            "SELECT * FROM thermostats",
            "table_unknown",
            "Did you mean \"thermostat\"? There are \"air-sensor\", \"thermostat\".",
        ),
        ("SELECT temprature FROM thermostat", "column_unknown", "Did you mean \"temperature\"?"),
        ("SELECT * FROM air-sensor", "query_invalid", "needs double quotes"),
        ("SELECT * FROM thermostat WHERE", "query_invalid", ""),
        ("DROP TABLE thermostat", "query_not_read_only", "Queries only read"),
        ("INSERT INTO thermostat VALUES (1)", "query_not_read_only", ""),
        ("SELECT * INTO copy FROM thermostat", "query_not_read_only", ""),
        ("COPY thermostat TO '/tmp/x.parquet'", "query_not_read_only", ""),
        ("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'", "query_not_read_only", ""),
        ("SET datafusion.catalog.information_schema = false", "query_not_read_only", ""),
        ("", "query_invalid", "SHOW TABLES"),
        ("SELECT nonsense(1)", "query_invalid", ""),
        ("SELECT temperature + ts FROM thermostat", "query_invalid", ""),
    ] {
        let error = place.ask(sql).await.expect_err(sql);
        assert_eq!(error.code(), code, "{sql}: {error:?}");
        let said = error.hint().map(|hint| hint.to_string()).unwrap_or_default();
        assert!(said.contains(hint), "{sql}: {error:?}");
    }
    assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn describing_a_table_shows_its_columns() {
    let place = filled().await;
    let rows = place.query("DESCRIBE thermostat").await;
    let names: Vec<_> = rows.rows.iter().map(|row| row[0].as_str().unwrap()).collect();
    assert_eq!(names, ["device", "name", "ts", "temperature", "humidity"]);
    let types: Vec<_> = rows.rows.iter().map(|row| row[1].as_str().unwrap()).collect();
    assert_eq!(types, ["text", "text", "timestamp", "number", "number"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_beyond_the_limit_are_left_out_and_said() {
    let place = filled().await;
    let limits = QueryLimits { rows: 10, ..QueryLimits::default() };
    let rows = place.lake.query(&place.scope(), "SELECT ts FROM thermostat", limits).await.unwrap();
    assert_eq!((rows.rows.len(), rows.truncated), (10, true));
    let rows = place.lake.query(&place.scope(), "SELECT ts FROM thermostat LIMIT 10", limits).await.unwrap();
    assert_eq!((rows.rows.len(), rows.truncated), (10, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_of_everything_with_everything_is_refused() {
    let place = filled().await;
    let sql = "SELECT count(*) FROM thermostat a, thermostat b, thermostat c, thermostat d, thermostat e
               WHERE a.temperature + b.temperature + c.humidity + d.humidity + e.humidity < 0";
    let error = place.ask(sql).await.unwrap_err();
    assert!(error.hint().unwrap().text().contains("JOIN … ON"), "{error:?}");
    let some = "SELECT count(*) FROM thermostat a, thermostat b WHERE a.ts < b.ts";
    assert_eq!(place.cell(some).await, json!(4950));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_without_end_is_stopped() {
    let place = filled().await;
    let limits = QueryLimits { time: Duration::from_millis(300), ..QueryLimits::default() };
    let sql = "SELECT sum(a.temperature) FROM thermostat a JOIN thermostat b ON a.temperature = b.temperature
               JOIN thermostat c ON a.temperature = c.temperature JOIN thermostat d ON a.temperature = d.temperature
               JOIN thermostat e ON a.temperature = e.temperature";
    let asked = Instant::now();
    let error = place.lake.query(&place.scope(), sql, limits).await.unwrap_err();
    assert!(matches!(error, QueryError::TooSlow { .. }), "{error:?}");
    assert!(asked.elapsed() < Duration::from_secs(10));
    assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_needs_too_much_memory_is_stopped() {
    let place = filled().await;
    let limits = QueryLimits { memory: 1 << 20, ..QueryLimits::default() };
    let sql =
        "SELECT a.ts FROM thermostat a, thermostat b, thermostat c ORDER BY a.temperature, b.ts, c.ts, a.ts
               OFFSET 900000";
    let error = place.lake.query(&place.scope(), sql, limits).await.unwrap_err();
    assert!(matches!(error, QueryError::TooLarge { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_of_unbounded_length_are_not_there() {
    let place = filled().await;
    for sql in
        ["SELECT repeat('x', 2147483647)", "SELECT lpad('x', 2147483647)", "SELECT rpad('x', 2147483647)"]
    {
        let error = place.ask(sql).await.unwrap_err();
        assert_eq!(error.kind(), model::ErrorKind::Invalid, "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_nesting_does_not_bring_the_process_down() {
    let place = filled().await;
    for sql in [
        format!("SELECT {}1{}", "(".repeat(900), ")".repeat(900)),
        format!("SELECT {}1", "1+".repeat(900)),
        format!("SELECT {}1", "1+".repeat(50_000)),
        format!("SELECT * FROM thermostat WHERE {}false", "temperature = 1 OR ".repeat(400)),
        format!("SELECT {}true", "NOT ".repeat(900)),
        format!("SELECT 1 {}", "UNION ALL SELECT 1 ".repeat(400)),
    ] {
        let _ = place.ask(&sql).await;
    }
    assert_eq!(place.cell("SELECT 1").await, json!(1));
}

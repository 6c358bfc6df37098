//! Answers that the engine alone would get wrong without a word.

use model::{DeviceId, Value};
use serde_json::{Value as Json, json};

use crate::place::{NOON, Place, number};

/// Two tables with columns of the same names, half in files and half in memory: `a` runs from -5 to 14, `g` is missing
/// in each third row.
async fn place() -> Place {
    let place = Place::new().await;
    for (table, rows) in [("ta", 20_i32), ("tb", 8)] {
        let device = DeviceId::generate();
        for row in 0..rows {
            if row == rows / 2 {
                place.catch_up().await;
                place.lake.flush().await.unwrap();
            }
            let mut values = vec![("a", number(f64::from(row - 5)))];
            if row % 3 != 0 {
                values.push(("g", number(f64::from(row % 3))));
            }
            // Each point an hour later than the one before, from the noon of a day ago.
            let ts = NOON - 86_400_000 + i64::from(row) * 3_600_000;
            place.send(table, device, ts, &values).await;
        }
    }
    place.catch_up().await;
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn joins_from_either_side_agree() {
    let place = place().await;
    for condition in ["x2.a < 0 OR x2.a > x1.a", "x1.ts < x2.ts OR x1.ts IS NULL", "x1.a > x2.a OR x1.a < 0"]
    {
        let count = |join: &str| {
            format!("SELECT count(*), sum(x1.a), sum(x2.a) FROM {join} ON x1.g = x2.g WHERE {condition}")
        };
        let right = place.query(&count("ta x1 RIGHT JOIN tb x2")).await.rows;
        let left = place.query(&count("tb x2 LEFT JOIN ta x1")).await.rows;
        assert_eq!(right, left, "{condition}");
        assert_ne!(right[0][0], json!(0), "{condition}");
    }
    // 14 pairs of g = 1 and 14 of g = 2 stand beside what has no partner on either side.
    let full = "SELECT count(*) FROM ta x1 FULL JOIN tb x2 ON x1.g = x2.g WHERE x1.a >= -5 OR x2.a >= -5";
    let parts = "SELECT (SELECT count(*) FROM ta x1 JOIN tb x2 ON x1.g = x2.g) \
                 + (SELECT count(*) FROM ta WHERE g IS NULL) + (SELECT count(*) FROM tb WHERE g IS NULL)";
    assert_eq!(place.cell(full).await, place.cell(parts).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_do_not_slip_below_totals() {
    let place = place().await;
    let union = "SELECT 'a' AS src, count(*) AS n FROM ta UNION ALL SELECT 'b' AS src, count(*) AS n FROM tb";
    let rows = place.query(&format!("SELECT * FROM ({union}) x WHERE src = 'a'")).await.rows;
    assert_eq!(rows, [[json!("a"), json!(20)]]);
    let nothing: [Vec<Json>; 0] = [];
    for sql in [
        "SELECT count(*) AS c FROM ta HAVING 7 > (SELECT max(a) FROM ta)",
        "SELECT g, c FROM (SELECT 'all' AS lbl, g, count(*) AS c FROM ta GROUP BY ROLLUP(g)) x WHERE lbl = 'none'",
        "SELECT c FROM (SELECT 'all' AS lbl, count(*) AS c FROM ta) x WHERE lbl = 'none' AND c >= 0",
    ] {
        assert_eq!(place.query(sql).await.rows, nothing, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_condition_written_twice_is_one() {
    let place = place().await;
    for condition in
        ["1 = g AND g = 1", "g = 1 AND 1 IN (g)", "1 = g AND g BETWEEN 1 AND 1", "0 < g AND g < 2"]
    {
        let sql = format!("SELECT count(*) FROM ta WHERE {condition}");
        assert_eq!(place.cell(&sql).await, json!(7), "{condition}");
    }
    assert_eq!(place.cell("SELECT count(*) FROM ta WHERE a > 3 AND 5 < a AND 8 > a").await, json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_of_day_is_found_on_every_day() {
    let place = place().await;
    for (condition, hours) in [
        ("ts::time > '12:30:00'", "date_part('hour', ts) > 12"),
        ("ts::time < time '00:30:00'", "date_part('hour', ts) = 0"),
        ("cast(ts AS time) BETWEEN '20:00:00' AND '22:00:00'", "date_part('hour', ts) IN (20, 21, 22)"),
    ] {
        let count = |condition: &str| format!("SELECT count(*) FROM ta WHERE {condition}");
        let found = place.cell(&count(condition)).await;
        assert_ne!(found, json!(0), "{condition}");
        assert_eq!(found, place.cell(&count(hours)).await, "{condition}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_null_among_values_makes_not_in_unknown_or_is_refused() {
    let place = place().await;
    assert_eq!(place.cell("SELECT count(*) FROM ta WHERE a NOT IN (SELECT g FROM tb)").await, json!(0));
    let known = "SELECT count(*) FROM ta WHERE a NOT IN (SELECT g FROM tb WHERE g IS NOT NULL)";
    assert_eq!(place.cell(known).await, json!(18));
    assert_eq!(place.cell("SELECT count(*) FROM ta WHERE a IN (SELECT g FROM tb) OR a > 13").await, json!(3));
    for refused in [
        "SELECT count(*) FROM ta WHERE 99 NOT IN (SELECT g FROM tb)",
        "SELECT count(*) FROM ta WHERE a > 100 OR a NOT IN (SELECT g FROM tb)",
        "SELECT count(*) FROM ta WHERE (a NOT IN (SELECT g FROM tb)) IS NULL",
        "SELECT count(*) FROM ta WHERE (a IN (SELECT g FROM tb)) IS NULL",
        "SELECT count(*) FROM ta WHERE NOT (a > 5 OR a IN (SELECT g FROM tb))",
        "SELECT a NOT IN (SELECT g FROM tb) FROM ta",
    ] {
        let error = place.ask(refused).await.unwrap_err();
        assert!(error.to_string().contains("NOT IN"), "{refused}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_keep_all_their_columns() {
    let place = place().await;
    let inner = "SELECT date_part('year', ts) AS f, min(g) AS n FROM tb GROUP BY 1";
    for sum in ["sum(x5.n)", "sum(DISTINCT x5.n)"] {
        let groups = format!(
            "SELECT x4.a AS v, x5.f AS k, {sum} AS e FROM ta x4 LEFT JOIN ({inner}) x5 ON x4.g = x5.n GROUP BY 1, 2"
        );
        assert_eq!(place.cell(&format!("SELECT count(*) FROM ({groups}) z")).await, json!(20), "{sum}");
    }
    let distinct =
        "SELECT count(*) FROM (SELECT DISTINCT (a IS NOT NULL) IS TRUE AS g, (a > 5) IS NOT TRUE FROM ta)";
    assert_eq!(place.cell(distinct).await, json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_with_a_zone_keeps_it() {
    let place = place().await;
    let sql = "SELECT cast('2025-11-22T10:11:12Z' AS timestamp with time zone) = to_timestamp('2025-11-22T10:11:12Z')";
    assert_eq!(place.cell(sql).await, json!(true));
    let hour = "SELECT date_part('hour', cast('2025-11-22T10:11:12Z' AS timestamp with time zone) AT TIME ZONE 'Asia/Tokyo')";
    assert_eq!(place.cell(hour).await, json!(19));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_pattern_is_its_writers_mistake() {
    let place = place().await;
    place.send("log", DeviceId::generate(), NOON, &[("line", Value::Text("door open".into()))]).await;
    place.catch_up().await;
    place.lake.flush().await.unwrap();
    for pattern in
        ["line ~ '('", "line !~* '['", "regexp_like(line, '(')", r"line ~ '(\w{1,60}){1,60}{1,60}'"]
    {
        let error = place.ask(&format!("SELECT count(*) FROM log WHERE {pattern}")).await.unwrap_err();
        assert!(matches!(error, lake::QueryError::Invalid { .. }), "{pattern}: {error:?}");
    }
    for (pattern, found) in
        [("~ '^DOOR'", 0), ("~* '^DOOR'", 1), ("!~ '^DOOR'", 1), ("!~* '^DOOR'", 0), ("~ 'o+r'", 1)]
    {
        let sql = format!("SELECT count(*) FROM log WHERE line {pattern}");
        assert_eq!(place.cell(&sql).await, json!(found), "{pattern}");
    }
}

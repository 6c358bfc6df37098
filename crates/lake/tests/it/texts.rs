//! What queries make of texts: right in ordinary use, refused before it takes the process's memory.

use model::{DeviceId, Explained, Value};
use serde_json::{Value as Json, json};

use crate::place::{NOON, Place, number, telemetry};

async fn filled() -> Place {
    let place = Place::new().await;
    let device = DeviceId::generate();
    for (at, word) in ["wet", "dry", "half a word"].into_iter().enumerate() {
        let millis = NOON + at as i64 * 1_000;
        let values = [("soil", Value::Text(word.into())), ("at", number(at as f64))];
        place.append(vec![telemetry(place.tenant, "field", device, &[(millis, &values)])]).await;
    }
    place.send("field", device, NOON + 3_000, &[("at", number(3.0))]).await;
    place.lake.flush().await.unwrap();
    place
}

async fn column(place: &Place, expression: &str) -> Vec<Json> {
    let rows = place.query(&format!("SELECT {expression} FROM field ORDER BY ts")).await;
    rows.rows.into_iter().map(|mut row| row.remove(0)).collect()
}

fn constant(text: &str, times: usize) -> String {
    format!("'{}'", text.repeat(times))
}

/// `select x||x y from (select y||y x from (…))`, and what the last is called. One name for all would not do: the
/// engine takes steps that read alike for one.
fn doubled(levels: usize, first: &str) -> (String, &'static str) {
    let (mut sql, mut name, mut next) = (first.to_owned(), "x", "y");
    for _ in 0..levels {
        sql = format!("SELECT {name}||{name} {next} FROM ({sql})");
        std::mem::swap(&mut name, &mut next);
    }
    (sql, name)
}

/// How long the longest is.
fn longest_doubled(levels: usize, first: &str) -> String {
    let (sql, name) = doubled(levels, first);
    format!("SELECT max(length({name})) FROM ({sql})")
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_made_as_ever() {
    let place = filled().await;
    for (expression, expected) in [
        ("replace(soil, 'd', 'dd')", json!(["wet", "ddry", "half a wordd", null])),
        ("regexp_replace(soil, '([a-z])([a-z])', '\\2\\1', 'g')", json!(["ewt", "rdy", "ahfl a owdr", null])),
        ("regexp_replace(soil, '[aeiou]', '.')", json!(["w.t", "dry", "h.lf a word", null])),
        ("regexp_match(soil, '(.)r')", json!([null, ["d"], ["o"], null])),
        ("concat('<', soil, '>')", json!(["<wet>", "<dry>", "<half a word>", "<>"])),
        (
            "concat_ws('-', soil, 'x', soil)",
            json!(["wet-x-wet", "dry-x-dry", "half a word-x-half a word", "x"]),
        ),
        ("'<' || soil || '>'", json!(["<wet>", "<dry>", "<half a word>", null])),
        ("soil || NULL", json!([null, null, null, null])),
        (
            "soil || cast(at AS int) || '!' || true",
            json!(["wet0!true", "dry1!true", "half a word2!true", null]),
        ),
        ("to_char(ts, '%H:%M:%S')", json!(["12:00:00", "12:00:01", "12:00:02", "12:00:03"])),
        ("date_format(ts, '%S' || '.')", json!(["00.", "01.", "02.", "03."])),
        ("upper(soil)", json!(["WET", "DRY", "HALF A WORD", null])),
        ("initcap(reverse(substr(soil, 2)))", json!(["Te", "Yr", "Drow A Fla", null])),
        ("translate(soil, 'w', 'é')", json!(["éet", "dry", "half a éord", null])),
        ("overlay(soil PLACING 'xx' FROM 2)", json!(["wxx", "dxx", "hxxf a word", null])),
        ("split_part(left(soil, 6), ' ', 1)", json!(["wet", "dry", "half", null])),
        ("regexp_like(soil, '^.e')", json!([true, false, false, null])),
        ("soil ~ ('r' || '.')", json!([false, true, true, null])),
    ] {
        assert_eq!(json!(column(&place, expression).await), expected, "{expression}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn constants_are_worked_out_too() {
    let place = filled().await;
    for (expression, expected) in [
        ("replace('abc', 'b', 'xyz')", json!("axyzc")),
        ("regexp_replace('foobarbaz', 'b(..)', 'X\\1Y', 'g')", json!("fooXarYXazY")),
        ("concat('a', NULL, 1)", json!("a1")),
        ("concat_ws(',', 'a', NULL, 'b')", json!("a,b")),
        ("'a' || 1 || 'b'", json!("a1b")),
        ("'a' || NULL", json!(null)),
        ("to_char(timestamp '2026-11-20T12:00:00', '%Y')", json!("2026")),
        ("lower('ÄB')", json!("äb")),
    ] {
        assert_eq!(place.cell(&format!("SELECT {expression}")).await, expected, "{expression}");
    }
    let rows = place.query("SELECT soil || '!' || at FROM field").await;
    let name = &rows.columns[0].name;
    assert_eq!(name.matches("||").count(), 2, "{name}");
    assert_eq!(place.ask("SELECT 1 || 2").await.unwrap_err().code(), "query_invalid");
    let chain = vec!["soil"; 300].join(" || ");
    assert_eq!(place.cell(&format!("SELECT max(length({chain})) FROM field")).await, json!(3_300));
    assert_eq!(place.cell(&doubled(5, "SELECT 'ab' x").0).await, json!("ab".repeat(32)));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_batches_are_worked_on_in_parts() {
    let place = filled().await;
    let long = constant("a", 900);
    let sql = format!(
        "SELECT count(*), sum(length(x)), max(v), min(x) = max(x)
         FROM (SELECT v, replace({long} || substr(v, 1, 0), 'a', 'bbbbb') x
               FROM (SELECT cast(value AS varchar) v FROM generate_series(1, 8000)))"
    );
    let rows = place.query(&sql).await;
    assert_eq!(rows.rows, [[json!(8_000), json!(8_000 * 4_500), json!("999"), json!(true)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_take_the_process_is_too_large() {
    let place = filled().await;
    let series = "(SELECT value, cast(value AS varchar) v FROM generate_series(1, 8000))";
    let (a, b) = (constant("a", 30_000), constant("b", 30_000));
    let (short_a, short_b) = (constant("a", 600), constant("b", 600));
    let long = constant("a", 60_000);
    for sql in [
        format!("SELECT length(replace({a}, 'a', {b}))"),
        format!("SELECT length(regexp_replace({a}, 'a', {b}, 'g'))"),
        format!("SELECT max(length(regexp_replace({a} || v, 'a', {b}, 'g'))) FROM {series}"),
        format!("SELECT max(length(replace({short_a} || v, 'a', {short_b}))) FROM {series}"),
        format!("SELECT max(length(regexp_replace({short_a} || v, '(a)', {short_b}, 'g'))) FROM {series}"),
        format!("SELECT max(length(x||x||x||x||x||v||'1')) FROM (SELECT {long} x, v FROM {series})"),
        format!("SELECT max(length(concat(x,x,x,x,x,v,'1'))) FROM (SELECT {long} x, v FROM {series})"),
        format!("SELECT max(length(CASE WHEN value > 1 THEN {long} ELSE v END)) FROM {series}"),
        format!(
            "SELECT max(length(to_char(now() + cast(value || ' seconds' AS interval), {}))) FROM {series}",
            constant("%c", 30_000)
        ),
        format!(
            "SELECT max(length(to_char(now() + cast(value || ' seconds' AS interval), {}))) FROM {series}",
            constant("%c", 400)
        ),
        longest_doubled(25, "SELECT 'ab' x"),
        longest_doubled(25, &format!("SELECT v x FROM {series}")),
    ] {
        let refusal = place.ask(&sql).await.err().map(|error| error.code());
        let start: String = sql.chars().take(200).collect();
        assert!(matches!(refusal, Some("query_too_large" | "query_too_complex")), "{start}: {refusal:?}");
    }
    assert_eq!(place.cell("SELECT count(*) FROM field").await, json!(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_is_one_and_not_too_large() {
    let place = filled().await;
    for sql in [
        "SELECT regexp_replace('a', '(\\w{500}){500}', 'b')",
        "SELECT regexp_replace(soil, '(\\w{500}){500}', 'b') FROM field",
        "SELECT 'a' ~ '(\\w{500}){500}'",
        "SELECT regexp_replace(soil, '(', 'b') FROM field",
        "SELECT regexp_count('a', '\\w{90}' || cast(at AS varchar)) FROM field",
        "SELECT regexp_replace(soil, soil, 'b') FROM field",
        "SELECT soil ~ soil FROM field",
        "SELECT regexp_like('a', soil) FROM field",
    ] {
        let error = place.ask(sql).await.expect_err(sql);
        assert_eq!(error.code(), "query_invalid", "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_bounds_is_not_there() {
    let place = filled().await;
    for sql in [
        "SELECT levenshtein(soil, soil) FROM field",
        "SELECT array_agg(soil) FROM field",
        "SELECT string_agg(soil, ',') FROM field",
        "SELECT approx_percentile_cont(at, 0.5, 900000000000) FROM field",
        "SELECT arrow_cast(soil, 'Utf8') FROM field",
        "SELECT repeat('x', 2147483647)",
        "SELECT input_file_name() FROM field",
    ] {
        let error = place.ask(sql).await.expect_err(sql);
        assert_eq!(error.code(), "query_invalid", "{sql}: {error:?}");
    }
}

//! Texts of a kilobyte that would take a planner's memory or time for ever, and the tenants beside whoever sends them.

use std::sync::Arc;
use std::time::Duration;

use lake::{QueryError, QueryLimits};
use model::{DeviceId, Explained, TenantId};
use serde_json::json;

use crate::place::{NOON, Place, number, scope, telemetry};

/// A query that runs for ever, politely: it can be stopped.
const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 9000000000000) WHERE value % 7 = 8";

async fn filled() -> Place {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let values = [("temperature", number(1.0)), ("humidity", number(2.0))];
    let points: Vec<_> = (0..20).map(|at| (NOON + at, &values[..])).collect();
    place.append(vec![telemetry(place.tenant, "thermostat", device, &points)]).await;
    let names: Vec<String> = (0..900).map(|at| format!("field{at}")).collect();
    let wide: Vec<_> = names.iter().map(|name| (name.as_str(), number(1.0))).collect();
    place.send("wide", device, NOON, &wide).await;
    place.lake.flush().await.unwrap();
    place
}

fn chain(length: usize, first: &str, next: &str, last: &str) -> String {
    let mut names = vec![format!("c0 AS ({first})")];
    for at in 1..length {
        names.push(format!("c{at} AS ({})", next.replace('@', &format!("c{}", at - 1))));
    }
    format!("WITH {} {}", names.join(", "), last.replace('@', &format!("c{}", length - 1)))
}

fn nested(depth: usize, open: &str, middle: &str, close: &str) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_take_for_ever_to_plan_is_refused() {
    let place = filled().await;
    let twice = "SELECT * FROM @ UNION ALL SELECT * FROM @";
    for sql in [
        chain(30, "SELECT 1", twice, "SELECT count(*) FROM @"),
        chain(30, "SELECT 1 AS a", "SELECT x.a FROM @ x JOIN @ y USING (a)", "SELECT count(*) FROM @"),
        chain(
            30,
            "SELECT 1 AS a",
            "SELECT (SELECT max(a) FROM @) + (SELECT 1 FROM @) AS a",
            "SELECT * FROM @",
        ),
        chain(30, "SELECT 1", twice, "EXPLAIN SELECT 1")
            .replace("WITH", "EXPLAIN WITH")
            .replace(" EXPLAIN ", " "),
        chain(6, "SELECT * FROM wide", twice, "SELECT * FROM @"),
        chain(
            30,
            "SELECT temperature AS a FROM thermostat",
            "SELECT a + a AS a FROM @",
            "SELECT * FROM @ WHERE a > 1",
        ),
        format!(
            "SELECT * FROM {} WHERE a > 1",
            nested(20, "(SELECT a + a AS a FROM ", "(SELECT temperature AS a FROM thermostat) x", ") x")
        ),
        format!("SELECT {} FROM thermostat", nested(30, "coalesce(", "temperature", ", 1)")),
        format!("SELECT {} FROM thermostat", nested(30, "(", "temperature > 1", " BETWEEN false AND true)")),
        format!("SELECT {}", nested(100, "cast(", "1", " AS int)")),
        format!("SELECT {}", nested(500, "abs(", "1", ")")),
        format!("SELECT {}", nested(100, "CASE WHEN true THEN ", "1", " END")),
        format!("SELECT * FROM {}", nested(200, "(", "SELECT 1", ") x")),
        format!("SELECT {} FROM wide GROUP BY CUBE ({})", "1", fields(12)),
    ] {
        let error = place.ask(&sql).await.expect_err(&sql);
        assert_eq!(error.code(), "query_too_complex", "{sql}: {error:?}");
        assert!(error.hint().is_some(), "{sql}");
    }
    assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(20));
}

fn fields(count: usize) -> String {
    (0..count).map(|at| format!("field{at}")).collect::<Vec<_>>().join(", ")
}

/// Close to the limits: planned, or refused by one of them, but never stopped half-way.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_limits_let_through_can_be_planned() {
    let place = filled().await;
    let joined: Vec<String> = (0..60).map(|at| format!("thermostat t{at}")).collect();
    let mut queries = vec![
        chain(6, "SELECT 1", "SELECT * FROM @ UNION ALL SELECT * FROM @", "SELECT count(*) FROM @"),
        chain(
            60,
            "SELECT temperature AS a FROM thermostat",
            "SELECT a + 1 AS a FROM @",
            "SELECT * FROM @ WHERE a > 1",
        ),
        chain(
            11,
            "SELECT temperature AS a FROM thermostat",
            "SELECT a + a AS a FROM @",
            "SELECT * FROM @ WHERE a > 1",
        ),
        format!("SELECT {} FROM thermostat", nested(10, "coalesce(", "temperature", ", 1)")),
        format!("SELECT {} FROM thermostat", nested(10, "(", "temperature > 1", " BETWEEN false AND true)")),
        format!("SELECT {} FROM thermostat", nested(30, "abs(", "temperature", ")")),
        format!("SELECT {} FROM thermostat", nested(30, "cast(", "temperature", " AS int)")),
        format!(
            "SELECT {} FROM thermostat",
            nested(28, "CASE WHEN temperature > 1 THEN 1 ELSE ", "2", " END")
        ),
        format!("SELECT {} FROM thermostat", nested(12, "CASE WHEN ", "temperature > 1", " THEN true END")),
        format!("SELECT {} FROM thermostat", nested(28, "CASE WHEN temperature > 1 THEN ", "2", " END")),
        format!(
            "SELECT t0.ts FROM {} WHERE true {}",
            joined.join(", "),
            (1..60).map(|at| format!("AND t{at}.ts = t0.ts ")).collect::<String>()
        ),
        format!(
            "SELECT count(*) FROM ({})",
            vec!["SELECT temperature FROM thermostat"; 80].join(" UNION ALL ")
        ),
        ["SELECT * FROM wide"; 3].join(" UNION ALL "),
        format!("SELECT {}, count(*) FROM wide GROUP BY CUBE ({})", fields(6), fields(6)),
        format!("SELECT temperature{} FROM thermostat", " + 1".repeat(900)),
        format!("SELECT ts FROM thermostat WHERE {}false", "temperature = 1 OR ".repeat(400)),
        format!(
            "SELECT ts FROM thermostat WHERE temperature IN ({})",
            (0..12_000).map(|at| at.to_string()).collect::<Vec<_>>().join(",")
        ),
        format!(
            "SELECT {}",
            (0..80)
                .map(|at| format!("(SELECT max(temperature) FROM thermostat) a{at}"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    ];
    queries.push(nested(20, "SELECT * FROM (", "SELECT ts FROM thermostat", ") x"));
    let limits = QueryLimits { time: Duration::from_secs(120), ..QueryLimits::default() };
    for sql in queries {
        let answer = place.lake.query(&place.scope(), &sql, limits).await;
        let fair = match &answer {
            Ok(_) => true,
            Err(error) => error.code() == "query_too_complex",
        };
        assert!(fair, "{sql}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_endless_queries_leave_room_for_the_others() {
    let place = Arc::new(filled().await);
    let limits = QueryLimits { time: Duration::from_secs(60), ..QueryLimits::default() };
    let mut endless = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let place = Arc::clone(&place);
        endless.spawn(async move { place.lake.query(&place.scope(), ENDLESS, limits).await });
    }
    // The queue is full when the first are sent away.
    let refused = endless.join_next().await.unwrap().unwrap().unwrap_err();
    assert!(matches!(refused, QueryError::Busy { .. }), "{refused:?}");
    assert!(refused.retry_after().is_some());
    for _ in 0..3 {
        let other = scope(TenantId::generate());
        let answer = place.lake.query(&other, "SELECT 1", QueryLimits::default()).await.unwrap();
        assert_eq!(answer.rows, [[json!(1)]]);
    }
    endless.shutdown().await;
    assert_eq!(place.cell("SELECT count(*) FROM thermostat").await, json!(20));
}

//! Columns make themselves, and nothing that does not fit is lost.

use model::FieldKind;
use model::{DeviceId, Value};
use serde_json::json;

use crate::place::{NOON, Place, number, telemetry};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_kind_wins_and_a_conflict_is_kept_visible() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    place.send("pump", device, NOON, &[("speed", number(7.0))]).await;
    place.lake.flush().await.unwrap();
    place.send("pump", device, NOON + 1, &[("speed", Value::Text("fast".into()))]).await;
    place.send("pump", device, NOON + 2, &[("speed", Value::Bool(true))]).await;
    place.lake.flush().await.unwrap();
    let place = place.restart().await;
    let rows = place.query("SELECT speed, speed_text, speed_bool FROM pump ORDER BY ts").await;
    assert_eq!(
        rows.rows,
        [
            [json!(7.0), json!(null), json!(null)],
            [json!(null), json!("fast"), json!(null)],
            [json!(null), json!(null), json!(true)],
        ]
    );
    let schema = &place.lake.schemas(place.tenant)[0];
    assert_eq!((schema.table.as_str(), schema.rows, schema.fields[0].conflicts), ("pump", 3, 2));
    assert_eq!(place.lake.field_kind(place.tenant, "pump", "speed"), Some(FieldKind::Number));
    assert_eq!(place.lake.field_kind(place.tenant, "pump", "pressure"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_column_is_taken_in_its_row_is_kept_aside() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let text = |text: &str| Value::Text(text.into());
    place.send("pump", device, NOON, &[("t", number(1.0))]).await;
    place.send("pump", device, NOON + 1, &[("t", text("hot")), ("t_text", text("cold"))]).await;
    place.send("pump", device, NOON + 2, &[("t_text", text("cold")), ("t", text("hot"))]).await;
    place.lake.flush().await.unwrap();
    let rows = place.query("SELECT t, t_text, concat('', overflow) FROM pump ORDER BY ts").await;
    assert_eq!(
        rows.rows,
        [
            [json!(1.0), json!(null), json!("")],
            [json!(null), json!("hot"), json!(r#"{"t_text":"cold"}"#)],
            [json!(null), json!("cold"), json!(r#"{"t":"hot"}"#)],
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_field_names_fit() {
    let place = Place::new().await;
    let device = DeviceId::generate();
    let names: Vec<String> = (0..10_000).map(|at| format!("field_{at}")).collect();
    for (at, names) in names.chunks(500).enumerate() {
        let values: Vec<_> = names.iter().map(|name| (name.as_str(), number(at as f64))).collect();
        place.append(vec![telemetry(place.tenant, "odd", device, &[(NOON + at as i64, &values)])]).await;
    }
    for flushed in [false, true] {
        if flushed {
            place.lake.flush().await.unwrap();
        } else {
            place.catch_up().await;
        }
        assert_eq!(place.cell("SELECT count(*) FROM odd").await, json!(20));
        assert_eq!(place.cell("SELECT count(field_999) FROM odd").await, json!(1));
        assert_eq!(place.cell("SELECT count(overflow) FROM odd").await, json!(18));
        let kept = place.cell("SELECT overflow FROM odd ORDER BY ts DESC LIMIT 1").await;
        assert_eq!(kept["field_9999"], json!(19.0));
    }
    assert_eq!(place.lake.schemas(place.tenant)[0].fields.len(), 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_stays() {
    let place = Place::new().await;
    place.send("pump", DeviceId::generate(), NOON, &[("speed", number(7.0))]).await;
    place.lake.flush().await.unwrap();
    place.lake.set_unit(&place.scope(), "pump", "speed", Some("rpm".into())).await.unwrap();
    assert!(place.lake.set_unit(&place.scope(), "pump", "nothing", None).await.is_err());
    let place = place.restart().await;
    assert_eq!(place.lake.schemas(place.tenant)[0].fields[0].unit.as_deref(), Some("rpm"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_called_events_does_not_mix_with_the_events() {
    let place = Place::new().await;
    place.send("events", DeviceId::generate(), NOON, &[("a", number(1.0))]).await;
    place.lake.flush().await.unwrap();
    assert_eq!(place.cell("SELECT a FROM events_telemetry").await, json!(1.0));
}

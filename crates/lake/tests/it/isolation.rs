//! A tenant's queries see that tenant's rows, whatever they try.

use futures::StreamExt;
use lake::{EventsRequest, HistoryRequest, QueryLimits, SeriesRequest};
use model::{DeviceId, TenantId, Timestamp};
use serde_json::json;

use crate::place::{NOON, Place, event, number, scope, telemetry};

async fn with_a_neighbour() -> (Place, TenantId, DeviceId) {
    let place = Place::new().await;
    let neighbour = TenantId::generate();
    let device = DeviceId::generate();
    place.send("thermostat", DeviceId::generate(), NOON, &[("t", number(1.0))]).await;
    place
        .append(vec![
            telemetry(
                neighbour,
                "thermostat",
                device,
                &[(NOON, &[("t", number(666.0)), ("secret", number(1.0))])],
            ),
            telemetry(neighbour, "vault", device, &[(NOON, &[("gold", number(666.0))])]),
            event(neighbour, device, NOON, r#"{"secret":"666"}"#),
        ])
        .await;
    (place, neighbour, device)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_query_reaches_another_tenant() {
    let (place, neighbour, device) = with_a_neighbour().await;
    for flushed in [false, true] {
        if flushed {
            place.lake.flush().await.unwrap();
        } else {
            place.catch_up().await;
        }
        let file = place.parquet_files().into_iter().find(|file| file.to_string_lossy().contains("vault"));
        let file = file.map(|file| file.display().to_string()).unwrap_or_default();
        for sql in [
            "SELECT * FROM thermostat".to_owned(),
            "SELECT * FROM lake.public.thermostat".to_owned(),
            "SELECT * FROM public.thermostat".to_owned(),
            "SELECT * FROM vault".to_owned(),
            "SELECT * FROM events".to_owned(),
            "SELECT * FROM lake.public.vault".to_owned(),
            format!("SELECT * FROM \"{neighbour}\".vault"),
            format!("SELECT * FROM lake.\"{neighbour}\".vault"),
            format!("SELECT * FROM \"{neighbour}\".public.vault"),
            format!("SELECT * FROM thermostat WHERE device = '{device}' OR 1=1"),
            "SELECT * FROM thermostat UNION ALL SELECT * FROM vault".to_owned(),
            "SELECT * FROM information_schema.tables".to_owned(),
            "SELECT * FROM information_schema.columns".to_owned(),
            "SELECT * FROM information_schema.views".to_owned(),
            "SHOW TABLES".to_owned(),
            "SHOW COLUMNS FROM vault".to_owned(),
            "DESCRIBE vault".to_owned(),
            format!("SELECT * FROM '{file}'"),
            format!("SELECT * FROM \"{file}\""),
            format!("SELECT * FROM read_parquet('{file}')"),
            format!("SELECT * FROM parquet_metadata('{file}')"),
            "SELECT * FROM '/etc/passwd'".to_owned(),
            "SELECT * FROM thermostat; SELECT * FROM vault".to_owned(),
            "EXPLAIN ANALYZE SELECT * FROM thermostat".to_owned(),
        ] {
            let answer = match place.ask(&sql).await {
                Ok(rows) => serde_json::to_string(&rows.rows).unwrap(),
                Err(error) => format!("{error:?}").replace(&sql, "").replace(&file, ""),
            };
            for secret in ["666", "gold", "secret", &neighbour.to_string()] {
                assert!(!answer.contains(secret), "{sql} → {answer}");
            }
        }
        assert_eq!(place.query("SHOW TABLES").await.rows, [[json!("thermostat")]]);
        let theirs =
            place.lake.query(&scope(neighbour), "SELECT t FROM thermostat", QueryLimits::default()).await;
        assert_eq!(theirs.unwrap().rows, [[json!(666.0)]]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_any_other_way_in() {
    let (place, neighbour, device) = with_a_neighbour().await;
    place.lake.flush().await.unwrap();
    let (lake, ours) = (&place.lake, place.scope());
    let (from, to) = (Timestamp::EPOCH, Timestamp::from_millis(NOON * 2));
    let series =
        SeriesRequest { table: "vault".into(), device, fields: Vec::new(), from, to, max_points: 10 };
    assert!(lake.series(&ours, series.clone()).await.unwrap().fields.is_empty());
    assert_eq!(lake.series(&scope(neighbour), series).await.unwrap().fields.len(), 1);
    assert!(lake.events(&ours, EventsRequest { limit: 10, ..Default::default() }).await.unwrap().is_empty());
    assert_eq!(lake.extent(&ours, "vault", None).await.unwrap().rows, 0);
    assert_eq!(lake.extent(&ours, "thermostat", Some(device)).await.unwrap().rows, 0);
    assert_eq!(lake.field_kind(place.tenant, "vault", "gold"), None);
    assert_eq!(lake.schemas(place.tenant).len(), 1);
    let request = HistoryRequest { table: "vault".into(), devices: None, fields: Vec::new(), from, to };
    assert_eq!(lake.history(&ours, request).await.unwrap().count().await, 0);
}

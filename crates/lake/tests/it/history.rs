//! The past in order of time, as a rule sees it.

use futures::TryStreamExt;
use lake::{HistoryRequest, HistoryRow};
use model::{DeviceId, Timestamp, Value};

use crate::place::{NOON, Place, event, number};

async fn all(place: &Place, request: HistoryRequest) -> Vec<HistoryRow> {
    place.lake.history(&place.scope(), request).await.unwrap().try_concat().await.unwrap()
}

fn everything(table: &str) -> HistoryRequest {
    HistoryRequest {
        table: table.into(),
        devices: None,
        fields: Vec::new(),
        from: Timestamp::EPOCH,
        to: Timestamp::from_millis(NOON * 2),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_all_devices_come_in_order_of_time() {
    let place = Place::new().await;
    let devices = [DeviceId::generate(), DeviceId::generate()];
    for at in (0..50_i64).rev() {
        let day = (at % 4) * 86_400_000;
        place
            .send("pump", devices[at as usize % 2], NOON - day + at / 3, &[("speed", number(at as f64))])
            .await;
        if at % 20 == 0 {
            place.lake.flush().await.unwrap();
        }
    }
    place.catch_up().await;
    let rows = all(&place, everything("pump")).await;
    assert_eq!(rows.len(), 50);
    assert!(rows.windows(2).all(|pair| (pair[0].ts, pair[0].offset) < (pair[1].ts, pair[1].offset)));
    let one = HistoryRequest { devices: Some(vec![devices[1]]), ..everything("pump") };
    assert_eq!(all(&place, one).await.len(), 25);
    let none = HistoryRequest { devices: Some(Vec::new()), ..everything("pump") };
    assert!(all(&place, none).await.is_empty());
    let late = HistoryRequest { from: Timestamp::from_millis(NOON), ..everything("pump") };
    assert!(all(&place, late).await.iter().all(|row| row.ts >= Timestamp::from_millis(NOON)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_comes_with_its_whole_json() {
    let place = Place::new().await;
    let json = r#"{"action":"login_failed","deep":{"er":[1,2]}}"#;
    place.append(vec![event(place.tenant, DeviceId::generate(), NOON, json)]).await;
    place.lake.flush().await.unwrap();
    let request = HistoryRequest { fields: vec!["event".into(), "profile".into()], ..everything("events") };
    let rows = all(&place, request).await;
    assert_eq!(
        rows[0].values,
        [("event".into(), Value::Json(json.into())), ("profile".into(), Value::Text("camera".into()))]
    );
    assert!(all(&place, everything("events")).await[0].values.len() > 2);
}

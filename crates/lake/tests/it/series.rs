//! Charts, event pages and extents.

use lake::{EventsRequest, QueryError, SeriesRequest};
use model::{DeviceId, Timestamp, Value};

use crate::place::{NOON, Place, event, number, telemetry};

fn request(device: DeviceId, max_points: usize) -> SeriesRequest {
    SeriesRequest {
        table: "pump".into(),
        device,
        fields: Vec::new(),
        from: Timestamp::from_millis(NOON),
        to: Timestamp::from_millis(NOON + 600_000),
        max_points,
    }
}

async fn pump() -> (Place, DeviceId) {
    let place = Place::new().await;
    let device = DeviceId::generate();
    for second in 0..600 {
        let on = second >= 300;
        let values = [
            ("speed", number(f64::from(second))),
            ("on", Value::Bool(on)),
            ("mode", Value::Text("x".into())),
        ];
        let point = [(NOON + i64::from(second) * 1000, &values[..])];
        place.append(vec![telemetry(place.tenant, "pump", device, &point)]).await;
        if second == 400 {
            place.lake.flush().await.unwrap();
        }
    }
    place.send("pump", DeviceId::generate(), NOON + 5, &[("speed", number(9999.0))]).await;
    place.catch_up().await;
    (place, device)
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rows_are_drawn_as_they_are_and_many_in_buckets() {
    let (place, device) = pump().await;
    let raw = place.lake.series(&place.scope(), request(device, 1_000)).await.unwrap();
    assert_eq!((raw.bucket_us, raw.fields.len(), raw.fields[0].points.len()), (0, 2, 600));
    let point = raw.fields[0].points[7];
    assert_eq!((point.min, point.max, point.avg, point.count), (7.0, 7.0, 7.0, 1));
    let drawn = place.lake.series(&place.scope(), request(device, 60)).await.unwrap();
    assert!(drawn.bucket_us >= 10_000_000, "{}", drawn.bucket_us);
    let speed = &drawn.fields[0].points;
    assert!(speed.len() <= 61);
    assert_eq!(speed.iter().map(|point| point.count).sum::<u64>(), 600);
    assert_eq!(speed[0].min, 0.0);
    assert_eq!(speed.last().unwrap().max, 599.0);
    assert!(speed.windows(2).all(|pair| pair[0].ts < pair[1].ts && pair[0].max < pair[1].min));
    let on = &drawn.fields[1].points;
    assert_eq!((on[0].max, on.last().unwrap().min), (0.0, 1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_can_be_chosen_and_unknown_ones_are_refused() {
    let (place, device) = pump().await;
    let chosen = SeriesRequest { fields: vec!["mode".into(), "speed".into()], ..request(device, 1_000) };
    let series = place.lake.series(&place.scope(), chosen).await.unwrap();
    assert_eq!((series.fields[0].points.len(), series.fields[1].points.len()), (0, 600));
    let wrong = SeriesRequest { fields: vec!["x\" FROM pump; --".into()], ..request(device, 1_000) };
    assert!(matches!(place.lake.series(&place.scope(), wrong).await, Err(QueryError::UnknownColumn { .. })));
    let nowhere = SeriesRequest { table: "nowhere".into(), ..request(device, 10) };
    assert!(place.lake.series(&place.scope(), nowhere).await.unwrap().fields.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extent_reaches_from_first_to_last() {
    let (place, device) = pump().await;
    let extent = place.lake.extent(&place.scope(), "pump", Some(device)).await.unwrap();
    assert_eq!(extent.rows, 600);
    assert_eq!(extent.first, Some(Timestamp::from_millis(NOON)));
    assert_eq!(extent.last, Some(Timestamp::from_millis(NOON + 599_000)));
    assert_eq!(place.lake.extent(&place.scope(), "pump", None).await.unwrap().rows, 601);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_page_by_page_newest_first() {
    let place = Place::new().await;
    let (device, other) = (DeviceId::generate(), DeviceId::generate());
    for at in 0..25_i64 {
        let json = format!("{{\"n\":{at},  \"as\":\"sent\"}}");
        place
            .append(vec![event(place.tenant, if at % 5 == 4 { other } else { device }, NOON + at, &json)])
            .await;
        if at == 12 {
            place.lake.flush().await.unwrap();
        }
    }
    place.catch_up().await;
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let request = EventsRequest { device: Some(device), before, limit: 6, ..Default::default() };
        let page = place.lake.events(&place.scope(), request).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.offset);
        seen.extend(page);
    }
    let wanted: Vec<String> = (0..25)
        .rev()
        .filter(|at| at % 5 != 4)
        .map(|at| format!("{{\"n\":{at},  \"as\":\"sent\"}}"))
        .collect();
    assert_eq!(seen.iter().map(|event| event.json.clone()).collect::<Vec<_>>(), wanted);
    assert!(seen.iter().all(|event| event.received_at.since(event.ts).as_millis() == 5));
}

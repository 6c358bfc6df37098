use crate::raw::{Hello, Raw, V3, V5, packet, text};
use crate::stage::Stage;
use std::time::Duration;

fn string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_device_is_let_in_and_seen() {
    let stage = Stage::new().await;
    let (_raw, connack) = Raw::hello(&stage, V3).await;
    assert_eq!(connack.body, [0, 0]);
    let connections = stage.broker.connections(stage.lamp.tenant, stage.lamp.device);
    assert_eq!((connections.len(), &*connections[0].client_id), (1, "raw"));
    assert!(stage.watcher.has("connected raw"));
    assert_eq!((stage.broker.stats().connections, stage.broker.stats().sessions), (1, 1));
}

#[tokio::test]
async fn a_wrong_password_is_refused_with_the_reason() {
    let stage = Stage::new().await;
    let (mut raw, connack) = Raw::hello(&stage, Hello { password: "wrong", ..V3 }).await;
    assert_eq!(connack.body, [0, 4]);
    raw.expect_end().await;
    let (mut raw, connack) = Raw::hello(&stage, Hello { password: "wrong", ..V5 }).await;
    assert_eq!(connack.body[1], 0x86);
    assert!(string(&connack.body).contains("the password does not belong to this username"));
    raw.expect_end().await;
    assert_eq!((stage.broker.stats().sessions, stage.broker.stats().connections_refused), (0, 2));
}

#[tokio::test]
async fn mqtt5_clients_are_told_what_we_offer() {
    let stage = Stage::with(|config| config.receive_maximum = 10).await;
    let (_raw, connack) = Raw::hello(&stage, Hello { client_id: "", keep_alive: 0, ..V5 }).await;
    let body = &connack.body;
    let has = |property: &[u8]| body.windows(property.len()).any(|window| window == property);
    assert!(has(&[0x21, 0, 10]), "receive maximum");
    assert!(has(&[0x27, 0, 4, 0, 0]), "maximum packet size");
    assert!(has(&[0x22, 0, 32]), "topic alias maximum");
    assert!(has(&[0x25, 0]), "no retained messages");
    assert!(has(&[0x2a, 0]), "no shared subscriptions");
    assert!(has(&[0x13, 0x0e, 0x10]), "server keep alive of an hour");
    assert!(string(body).contains("auto-"), "assigned client id");
}

#[tokio::test]
async fn a_session_expiry_above_ours_is_cut_and_said() {
    let stage = Stage::with(|config| config.session_expiry_max = Duration::from_secs(60)).await;
    let asked = &[0x11, 0xff, 0xff, 0xff, 0xff];
    let (_raw, connack) = Raw::hello(&stage, Hello { properties: asked, ..V5 }).await;
    assert!(connack.body.windows(5).any(|window| window == [0x11, 0, 0, 0, 60]));
}

#[tokio::test]
async fn an_unknown_protocol_level_is_named_and_what_is_not_mqtt_is_closed() {
    let stage = Stage::new().await;
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&Hello { level: 9, ..V3 }.packet()).await;
    raw.expect(&[0x20, 2, 0, 1]).await;
    raw.expect_end().await;
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n").await;
    raw.expect_end().await;
}

#[tokio::test]
async fn the_first_packet_must_be_connect_and_come_once() {
    let stage = Stage::new().await;
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    raw.send(&[0xc0, 0]).await;
    let mut silent = Raw::connect(&stage, V5).await;
    silent.send(&V5.packet()).await;
    silent.expect_disconnect(0x82).await;
}

#[tokio::test]
async fn enhanced_authentication_is_declined() {
    let stage = Stage::new().await;
    let mut method = vec![0x15];
    method.extend(text("SCRAM"));
    let (mut raw, connack) = Raw::hello(&stage, Hello { properties: &method, ..V5 }).await;
    assert_eq!(connack.body[1], 0x8c);
    raw.expect_end().await;
}

#[tokio::test]
async fn silent_sockets_are_closed() {
    let stage = Stage::with(|config| config.connect_timeout = Duration::from_millis(50)).await;
    let mut silent = Raw::open(stage.broker.local_addr()).await;
    silent.expect_end().await;
    let mut slow = Raw::open(stage.broker.local_addr()).await;
    slow.send(&V3.packet()[..10]).await;
    slow.expect_end().await;
}

#[tokio::test]
async fn a_full_server_says_that_it_is_full() {
    let stage = Stage::with(|config| config.max_connections = 1).await;
    let _first = Raw::connect(&stage, V3).await;
    let (mut raw, connack) = Raw::hello(&stage, Hello { client_id: "other", ..V5 }).await;
    assert_eq!(connack.body[1], 0x89);
    raw.expect_end().await;
}

#[tokio::test]
async fn a_device_has_a_limited_number_of_connections() {
    let stage = Stage::with(|config| config.max_sessions_per_device = 2).await;
    let _first = Raw::connect(&stage, Hello { client_id: "1", ..V5 }).await;
    let _second = Raw::connect(&stage, Hello { client_id: "2", ..V5 }).await;
    let (_, connack) = Raw::hello(&stage, Hello { client_id: "3", ..V5 }).await;
    assert_eq!(connack.body[1], 0x97);
    assert!(string(&connack.body).contains("2 connections already"));
}

#[tokio::test]
async fn a_connect_in_pieces_with_more_behind_it_is_understood() {
    let stage = Stage::new().await;
    let mut raw = Raw::open(stage.broker.local_addr()).await;
    let mut bytes = V3.packet();
    bytes.extend(crate::raw::publish("telemetry", "{}", 1, 5, false));
    bytes.extend(packet(0xc0, &[]));
    for piece in bytes.chunks(3) {
        raw.send(piece).await;
    }
    raw.expect(&[0x20, 2, 0, 0]).await;
    let mut answers = [raw.receive().await.first, raw.receive().await.first];
    answers.sort_unstable();
    assert_eq!(answers, [0x40, 0xd0]);
}

#[tokio::test]
async fn a_client_without_an_id_gets_one_where_the_protocol_allows_it() {
    let stage = Stage::new().await;
    let (_raw, connack) = Raw::hello(&stage, Hello { client_id: "", clean: false, ..V5 }).await;
    assert_eq!(connack.body[..2], [0, 0]);
    assert!(string(&connack.body).contains("auto-"));
    let (mut raw, connack) = Raw::hello(&stage, Hello { client_id: "", clean: false, ..V3 }).await;
    assert_eq!(connack.body, [0, 2]);
    raw.expect_end().await;
}

#[tokio::test]
async fn any_stream_of_bytes_will_do() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let stage = Stage::new().await;
    let (mut near, far) = tokio::io::duplex(64);
    stage.broker.attach(far, ([192, 0, 2, 1], 443).into());
    near.write_all(&V3.packet()).await.unwrap();
    let mut connack = [0; 4];
    near.read_exact(&mut connack).await.unwrap();
    assert_eq!(connack, [0x20, 2, 0, 0]);
    let connections = stage.broker.connections(stage.lamp.tenant, stage.lamp.device);
    assert_eq!(connections[0].address.to_string(), "192.0.2.1:443");
}

//! The live stream as a client sees it, and what it promises.

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use testbed::{Api, Server};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    /// Opens a stream as browsers do: the token as a subprotocol.
    pub async fn open(api: &Api, query: &str) -> Result<Self, Box<tungstenite::Error>> {
        let url = format!("{}/api/v1/stream{query}", api.base().replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        if let Some(token) = api.token() {
            let protocols = format!("smartsecurity.v1, bearer.{token}");
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        }
        Ok(Self(connect_async(request).await.map_err(Box::new)?.0))
    }

    /// The next frame of one of these types.
    pub async fn next_of(&mut self, types: &[&str]) -> Json {
        let look = async {
            loop {
                match self.0.next().await.expect("the stream ended").expect("the stream broke") {
                    Message::Text(text) => {
                        let frame: Json = serde_json::from_str(&text).unwrap();
                        if types.contains(&frame["type"].as_str().unwrap()) {
                            return frame;
                        }
                    }
                    Message::Close(_) => panic!("the stream was closed"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(testbed::DEADLINE, look)
            .await
            .unwrap_or_else(|_| panic!("no frame of {types:?}"))
    }

    pub async fn close(mut self) {
        self.0.close(None).await.unwrap();
        while let Some(Ok(_)) = self.0.next().await {}
    }

    async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text.to_owned())).await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_goes_on_where_it_stopped() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let device = api.create_device("Oven", "oven").await.unwrap();
    let mut live = Live::open(&api, "?topics=values").await.unwrap();
    assert_eq!(live.next_of(&["hello"]).await["type"], "hello");
    api.post_as(&device, "/telemetry", &json!({"n": 1})).await.unwrap();
    let first = live.next_of(&["values"]).await;
    assert_eq!((&first["device"], &first["values"]["n"]), (&json!(device.id), &json!(1.0)));
    live.close().await;

    // Sent while nobody listens: an array of two points is two frames.
    let points = json!([{"ts": 1_700_000_000_000_i64, "values": {"n": 2}}, {"ts": 1_700_000_001_000_i64, "values": {"n": 3}}]);
    api.post_as(&device, "/telemetry", &points).await.unwrap();
    let cursor = first["cursor"].as_str().unwrap();
    let mut live = Live::open(&api, &format!("?topics=values&cursor={cursor}")).await.unwrap();
    let second = live.next_of(&["values", "gap"]).await;
    assert_eq!(second["values"]["n"], 2.0);
    live.close().await;

    // In the middle of a message, too.
    let cursor = second["cursor"].as_str().unwrap();
    let mut live = Live::open(&api, &format!("?topics=values&cursor={cursor}")).await.unwrap();
    live.send("clients have nothing to say, and saying it does no harm").await;
    assert_eq!(live.next_of(&["values", "gap"]).await["values"]["n"], 3.0);
}

#[tokio::test]
async fn a_tenant_hears_only_of_itself() {
    let server = Server::fresh().await.unwrap();
    let ours = server.api().await.unwrap();
    server.create_owner("other@example.com", "another-long-password", "Other").await.unwrap();
    let theirs = Api::sign_in(&server.http(), "other@example.com", "another-long-password").await.unwrap();
    let device = ours.create_device("Oven", "oven").await.unwrap();
    let spy = theirs.create_device("Spy", "oven").await.unwrap();

    let mut live = Live::open(&theirs, "").await.unwrap();
    live.next_of(&["hello"]).await;
    ours.post_as(&device, "/telemetry", &json!({"secret": 1})).await.unwrap();
    theirs.post_as(&spy, "/telemetry", &json!({"own": 1})).await.unwrap();
    let heard = live.next_of(&["values"]).await;
    assert_eq!(heard["device"], json!(spy.id));
}

#[tokio::test]
async fn a_cursor_from_elsewhere_is_answered_with_a_gap() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    // Version 1, offset 2^40, no frames: what another installation might have given out.
    let mut live = Live::open(&api, "?cursor=AQAAAQAAAAAAAAAAAA").await.unwrap();
    let gap = live.next_of(&["gap"]).await;
    assert!(gap["reason"].as_str().unwrap().contains("another journal"), "{gap}");
    let refused = api.get("/stream?cursor=nonsense").await.unwrap_err();
    assert_eq!(refused.code(), Some("stream_cursor_invalid"));
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let mut live = Live::open(&api, "").await.unwrap();
    live.next_of(&["hello"]).await;
    let sessions = api.all("/me/sessions").await.unwrap();
    let current = sessions.iter().find(|session| session["current"] == true).unwrap();
    let other = server.api().await.unwrap();
    other.delete(&format!("/me/sessions/{}", current["id"].as_str().unwrap())).await.unwrap();
    let end = live.next_of(&["end"]).await;
    assert!(end["reason"].as_str().unwrap().contains("session"), "{end}");
}

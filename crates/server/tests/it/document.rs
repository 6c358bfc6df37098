//! The OpenAPI document that clients are generated from is the one that the binary serves.

use testbed::Server;

#[tokio::test]
async fn the_committed_document_is_current() {
    let server = Server::fresh().await.unwrap();
    let served = server.api().await.unwrap().get("/openapi.json").await.unwrap();
    assert_eq!(served["openapi"], "3.1.0");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/client/openapi.json");
    let committed: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        served == committed,
        "web/client/openapi.json is not current: run `cargo run -- openapi > web/client/openapi.json`"
    );
}

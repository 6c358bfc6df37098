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

/// What the extractors refuse happens on every route that uses them, so a generated client has to know it.
#[tokio::test]
async fn every_operation_lists_what_its_input_can_be_refused_for() {
    let server = Server::fresh().await.unwrap();
    let document = server.api().await.unwrap().get("/openapi.json").await.unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            let statuses: &[&str] =
                if operation["requestBody"].is_object() { &["400", "413", "415", "422"] } else { &[] };
            for status in statuses {
                assert!(answers.contains_key(*status), "{method} {path} does not list {status}");
            }
            if let Some(limited) = answers.get("429") {
                for header in ["Retry-After", "RateLimit", "RateLimit-Policy"] {
                    assert!(limited["headers"][header].is_object(), "{method} {path}: {header}");
                }
            }
        }
    }
    assert!(document["paths"]["/incidents/{id}/assign"]["post"]["responses"]["409"].is_object());
}

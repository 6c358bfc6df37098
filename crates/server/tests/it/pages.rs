//! What browsers get: the console or a page that says how to build it, and headers that keep them safe.

use reqwest::StatusCode;
use testbed::Server;

const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'";

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let server = Server::fresh().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/", "/devices/7", "/api/v1/me", "/api/v1/openapi.json", "/assets/gone.js", "/healthz"] {
        let answer = http.get(format!("{}{path}", server.http())).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["content-security-policy"], POLICY, "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert!(headers.contains_key("permissions-policy"), "{path}");
    }
}

#[tokio::test]
async fn a_person_who_navigates_gets_the_page_and_a_lost_file_does_not() {
    let server = Server::fresh().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = |path: &str, accept: &str| {
        http.get(format!("{}{path}", server.http())).header("accept", accept).send()
    };
    let page = get("/incidents/12", "text/html").await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(page.headers()["cache-control"], "no-cache");
    assert_eq!(get("/assets/gone-1234.js", "*/*").await.unwrap().status(), StatusCode::NOT_FOUND);
    let outside = get("/../../Cargo.toml", "text/html").await.unwrap();
    assert!(!outside.text().await.unwrap().contains("[package]"));
}

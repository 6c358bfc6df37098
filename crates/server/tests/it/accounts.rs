//! Signing in, out and elsewhere, over the wire.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use testbed::{Api, Server};

const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "a-long-password-for-tests";

async fn login(server: &Server, tenant: Option<&str>) -> reqwest::Response {
    let body = json!({"email": EMAIL, "password": PASSWORD, "tenant": tenant});
    let stranger = Api::anonymous(&server.http());
    stranger.request(Method::POST, "/auth/login").json(&body).send().await.unwrap()
}

/// A request with an access token of somebody's choice.
fn with(server: &Server, tokens: &Json, method: Method, path: &str) -> reqwest::RequestBuilder {
    let token = tokens["access_token"].as_str().unwrap();
    Api::anonymous(&server.http()).request(method, path).bearer_auth(token)
}

async fn me(server: &Server, tokens: &Json) -> Json {
    with(server, tokens, Method::GET, "/me").send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn somebody_who_owns_two_tenants_reaches_both() {
    let server = Server::fresh().await.unwrap();
    server.create_owner(EMAIL, PASSWORD, "Second").await.unwrap();
    server.create_owner("eve@example.com", PASSWORD, "Evil").await.unwrap();
    server.api().await.unwrap().create_device("Oven", "oven").await.unwrap();

    let first: Json = login(&server, None).await.json().await.unwrap();
    let seen = me(&server, &first).await;
    let tenants: Vec<_> = seen["tenants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| (own["name"].as_str().unwrap(), own["current"] == true))
        .collect();
    assert_eq!(tenants, [("Second", false), ("Test", true)]);

    let id = &seen["tenants"][0]["id"];
    let switch = with(&server, &first, Method::POST, "/auth/switch").json(&json!({"tenant": id}));
    let second: Json = switch.send().await.unwrap().json().await.unwrap();
    assert_eq!(me(&server, &second).await["tenant"]["name"], "Second");
    let devices = with(&server, &second, Method::GET, "/devices").send().await.unwrap();
    assert_eq!(devices.json::<Json>().await.unwrap()["items"], json!([]), "nothing of the other tenant");
    assert_eq!(me(&server, &first).await["tenant"]["name"], "Test", "the session before goes on");

    let named: Json = login(&server, Some("second")).await.json().await.unwrap();
    assert_eq!(me(&server, &named).await["tenant"]["name"], "Second");
    for tenant in ["Evil", "Nowhere"] {
        let refused = login(&server, Some(tenant)).await;
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{tenant}");
        let switch = with(&server, &first, Method::POST, "/auth/switch").json(&json!({"tenant": tenant}));
        let refused = switch.send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{tenant}");
        assert_eq!(refused.json::<Json>().await.unwrap()["code"], "tenant_not_found");
    }
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_session() {
    let server = Server::fresh().await.unwrap();
    let tokens: Json = login(&server, None).await.json().await.unwrap();
    let stranger = Api::anonymous(&server.http());
    let token = json!({"refresh_token": tokens["refresh_token"]});
    let next = stranger.post("/auth/refresh", &token).await.unwrap();
    let reused = stranger.post("/auth/refresh", &token).await.unwrap_err();
    assert_eq!((reused.status(), reused.code()), (Some(401), Some("refresh_token_reused")));
    let ended =
        stranger.post("/auth/refresh", &json!({"refresh_token": next["refresh_token"]})).await.unwrap_err();
    assert_eq!(ended.code(), Some("session_ended"));
    let access = with(&server, &next, Method::GET, "/me").send().await.unwrap();
    assert_eq!(access.status(), StatusCode::UNAUTHORIZED);
    server.logged("a refresh token was used twice").await.unwrap();
}

#[tokio::test]
async fn the_session_of_the_request_is_signed_out_without_a_body() {
    let server = Server::fresh().await.unwrap();
    let tokens: Json = login(&server, None).await.json().await.unwrap();
    let out = with(&server, &tokens, Method::POST, "/auth/logout").send().await.unwrap();
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let after = with(&server, &tokens, Method::GET, "/me").send().await.unwrap();
    assert_eq!(after.status(), StatusCode::UNAUTHORIZED);
    let stranger = Api::anonymous(&server.http());
    let nothing = stranger.request(Method::POST, "/auth/logout").send().await.unwrap();
    assert_eq!(nothing.status(), StatusCode::UNAUTHORIZED);
    let tokens: Json = login(&server, None).await.json().await.unwrap();
    stranger.post("/auth/logout", &json!({"refresh_token": tokens["refresh_token"]})).await.unwrap();
    assert_eq!(me(&server, &tokens).await["code"], "session_ended");
}

#[tokio::test]
async fn nothing_that_is_shown_once_stays_in_a_cache() {
    let server = Server::fresh().await.unwrap();
    assert_eq!(login(&server, None).await.headers()["cache-control"], "no-store");
    let api = server.api().await.unwrap();
    let device = api.request(Method::POST, "/devices").json(&json!({"name": "Oven"})).send().await.unwrap();
    assert_eq!(device.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn the_log_names_routes_and_no_token_of_an_invitation() {
    let server = Server::fresh().await.unwrap();
    let owner = server.api().await.unwrap();
    let invite = json!({"email": "bob@example.com", "role": "viewer"});
    let invited = owner.post("/people/invitations", &invite).await.unwrap();
    let token = invited["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let accept = json!({"name": "Bob", "password": "another-long-password"});
    let stranger = Api::anonymous(&server.http());
    stranger.get(&format!("/invitations/{token}")).await.unwrap();
    stranger.post(&format!("/invitations/{token}/accept"), &accept).await.unwrap();
    let line = server.logged("accepted an invitation").await.unwrap();
    assert!(line.contains("/api/v1/invitations/{token}/accept"), "{line}");
    assert!(!server.log().iter().any(|line| line.contains(token)), "a secret reached the log");
}

#[tokio::test]
async fn a_body_in_a_form_that_is_not_read_says_which_is() {
    let server = Server::fresh().await.unwrap();
    let api = server.api().await.unwrap();
    let packed = api.request(Method::POST, "/devices").header("content-type", "application/json");
    let answer = packed.header("content-encoding", "gzip").body(vec![0x1f, 0x8b, 8, 0]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(answer.headers()["accept-encoding"], "identity");
    assert_eq!(answer.json::<Json>().await.unwrap()["code"], "encoding_unsupported");
    let array = api.patch("/me", &json!(["Somebody"])).await.unwrap_err();
    assert_eq!((array.status(), array.code()), (Some(422), Some("invalid_body")));
    // An empty cursor is none: what is missing here is only the WebSocket.
    let stream = api.get("/stream?topics=&cursor=").await.unwrap_err();
    assert_eq!(stream.code(), Some("websocket_expected"));
}

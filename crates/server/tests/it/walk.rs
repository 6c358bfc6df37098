//! Every route of the OpenAPI document, tried by those who may not: nobody, the wrong role, another tenant.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use testbed::{Api, Server};

use crate::story::TELNET;

const PASSWORD: &str = "another-long-password";
/// An id that exists nowhere.
const NOWHERE: &str = "01900000-0000-7000-8000-000000000000";

struct Operation {
    method: Method,
    path: String,
    permission: Option<String>,
    /// `person`, `device` or nothing: open to all.
    proof: Option<String>,
}

fn operations(document: &Json) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let security = operation["security"].as_array().expect("every operation says who may call it");
            let proof = security.first().and_then(|scheme| scheme.as_object()?.keys().next().cloned());
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                permission: operation["x-required-permission"].as_str().map(str::to_owned),
                proof,
            });
        }
    }
    assert!(operations.len() > 50, "the document has lost its routes: {}", operations.len());
    operations
}

pub fn filled(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let mut filled = path.to_owned();
    for (prefix, id) in ids {
        if path.starts_with(prefix) {
            filled = filled.replace("{id}", id);
        }
    }
    filled
        .replace("{id}", NOWHERE)
        .replace("{token}", "nonsense")
        .replace("{slug}", "oven")
        .replace("{field}", "n")
}

async fn call(
    api: &Api,
    operation: &Operation,
    ids: &BTreeMap<&str, String>,
    body: &Json,
) -> (StatusCode, Json) {
    let mut request = api.request(operation.method.clone(), &filled(&operation.path, ids));
    if !matches!(operation.method, Method::GET | Method::DELETE) {
        request = request.json(body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap_or_default())
}

/// Somebody with this role, invited into the owner's tenant.
async fn member(server: &Server, owner: &Api, role: &str) -> Api {
    let email = format!("{role}@example.com");
    let invited = owner.post("/people/invitations", &json!({"email": email, "role": role})).await.unwrap();
    let token = invited["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let accept = json!({"name": role, "password": PASSWORD});
    Api::anonymous(&server.http()).post(&format!("/invitations/{token}/accept"), &accept).await.unwrap();
    Api::sign_in(&server.http(), &email, PASSWORD).await.unwrap()
}

#[tokio::test]
async fn nobody_gets_in_without_proof() {
    let server = Server::fresh().await.unwrap();
    let stranger = Api::anonymous(&server.http());
    let document = stranger.get("/openapi.json").await.unwrap();
    for operation in operations(&document) {
        if operation.proof.is_none() {
            continue;
        }
        let (status, problem) = call(&stranger, &operation, &BTreeMap::new(), &json!({})).await;
        let name = format!("{} {}", operation.method, operation.path);
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{name}: {problem}");
        assert!(problem["code"].is_string() && problem["hint"].is_string(), "{name}: {problem}");
    }
}

#[tokio::test]
async fn a_role_does_only_what_it_may() {
    let server = Server::fresh().await.unwrap();
    let owner = server.api().await.unwrap();
    let document = owner.get("/openapi.json").await.unwrap();
    for role in ["viewer", "operator"] {
        let member = member(&server, &owner, role).await;
        let me = member.get("/me").await.unwrap();
        let may: Vec<_> =
            me["permissions"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        for operation in operations(&document) {
            let Some(permission) = &operation.permission else { continue };
            if operation.path.starts_with("/me") || operation.path == "/stream" {
                continue;
            }
            let name = format!("{role} {} {}", operation.method, operation.path);
            let (status, problem) = call(&member, &operation, &BTreeMap::new(), &json!({})).await;
            let refused = status == StatusCode::FORBIDDEN;
            assert_eq!(refused, !may.contains(&permission.as_str()), "{name}: {status} {problem}");
            if refused {
                assert!(
                    problem["detail"].as_str().unwrap().contains("owner"),
                    "{name}: says who can help: {problem}"
                );
            }
        }
    }
}

#[tokio::test]
async fn another_tenants_objects_are_not_found() {
    let server = Server::fresh().await.unwrap();
    let ours = server.api().await.unwrap();
    server.create_owner("other@example.com", PASSWORD, "Other").await.unwrap();
    let theirs = Api::sign_in(&server.http(), "other@example.com", PASSWORD).await.unwrap();

    let ids = furnish(&ours).await;
    let document = ours.get("/openapi.json").await.unwrap();
    let mut tried = 0;
    for operation in operations(&document) {
        if operation.proof.as_deref() != Some("person") || !operation.path.contains("{id}") {
            continue;
        }
        let name = format!("{} {}", operation.method, operation.path);
        let (status, problem) = call(&theirs, &operation, &ids, &body_for(&operation)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{name}: {problem}");
        tried += 1;
    }
    assert!(tried >= 20, "only {tried} routes were tried");
    for (path, id) in &ids {
        if ["/devices/{id}", "/rules/{id}", "/incidents/{id}"].contains(path) {
            ours.get(&path.replace("{id}", id)).await.unwrap();
        }
    }
    nothing_to_see(&theirs).await;
}

/// One of everything, in the first tenant.
pub async fn furnish(api: &Api) -> BTreeMap<&'static str, String> {
    let device = api.create_device("Oven", "oven").await.unwrap();
    api.post_as(&device, "/telemetry", &json!({"n": 1})).await.unwrap();
    let rule = api.post_yaml("/rules", TELNET).await.unwrap();
    api.post_as(&device, "/events", &json!({"action": "port_opened", "port": 23})).await.unwrap();
    let webhook = json!({"name": "Hook", "kind": "webhook", "target": "https://example.com/hook"});
    let channel = api.post("/channels", &webhook).await.unwrap();
    let invite = json!({"email": "new@example.com", "role": "viewer"});
    let invitation = api.post("/people/invitations", &invite).await.unwrap();
    let me = api.get("/me").await.unwrap();
    let session = api.get("/me/sessions").await.unwrap();
    let incident = testbed::eventually("an incident", testbed::DEADLINE, async || {
        api.get("/incidents").await.unwrap()["items"][0]["id"].as_str().map(str::to_owned)
    });
    let id = |json: &Json| json["id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("/devices/{id}", device.id.clone()),
        ("/rules/{id}", id(&rule)),
        ("/incidents/{id}", incident.await.unwrap()),
        ("/channels/{id}", id(&channel)),
        ("/people/invitations/{id}", id(&invitation)),
        ("/people/{id}", id(&me["user"])),
        ("/me/sessions/{id}", id(&session["items"][0])),
    ])
}

/// A body that would do, were the object theirs.
fn body_for(operation: &Operation) -> Json {
    if operation.method == Method::PUT {
        return json!({"spec": {"kind": "sigma", "yaml": TELNET}});
    }
    match operation.path.as_str() {
        "/devices/{id}/commands" => json!({"name": "reboot"}),
        "/devices/{id}" => json!({"name": "Mine now"}),
        "/rules/{id}" => json!({"enabled": false}),
        "/incidents/{id}/comments" => json!({"text": "hello"}),
        "/incidents/{id}/assign" => json!({"user": null}),
        "/channels/{id}" => json!({"name": "Mine now"}),
        "/people/{id}" => json!({"role": "viewer"}),
        _ => json!({}),
    }
}

/// No list, query or figure of the other tenant shows anything.
async fn nothing_to_see(api: &Api) {
    for path in
        ["/devices", "/rules", "/incidents", "/channels", "/profiles", "/notices", "/people/invitations"]
    {
        let list = api.get(path).await.unwrap();
        assert_eq!(list["items"], json!([]), "{path}");
    }
    assert_eq!(api.get("/people").await.unwrap()["items"].as_array().unwrap().len(), 1);
    assert_eq!(api.get("/overview").await.unwrap()["devices"]["total"], 0);
    for sql in ["SELECT * FROM oven", "SELECT * FROM events"] {
        match api.post("/query", &json!({"sql": sql})).await {
            Ok(answer) => assert_eq!(answer["rows"], json!([]), "{sql}"),
            Err(error) => assert_eq!(error.code(), Some("table_unknown"), "{sql}: {error}"),
        }
    }
}

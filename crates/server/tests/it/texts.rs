//! Texts that people write, on both databases: one that cannot be stored is refused with a sentence, never with our fault.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};
use testbed::{Api, Server};

use crate::walk::{filled, furnish};

const BAD: &str = "a\u{0}b";

async fn on_sqlite() -> Server {
    Server::fresh().await.unwrap()
}

async fn on_postgres() -> Server {
    let url = tokio::task::spawn_blocking(crate::postgres::new_database).await.unwrap();
    Server::builder().env("SMARTSECURITY_STORE__URL", &url).start().await.unwrap()
}

#[tokio::test]
async fn no_text_of_any_request_is_our_fault_on_sqlite() {
    walk(&on_sqlite().await).await;
}

#[tokio::test]
async fn no_text_of_any_request_is_our_fault_on_postgres() {
    walk(&on_postgres().await).await;
}

#[tokio::test]
async fn free_texts_are_checked_alike_on_sqlite() {
    refused(&on_sqlite().await).await;
}

#[tokio::test]
async fn free_texts_are_checked_alike_on_postgres() {
    refused(&on_postgres().await).await;
}

/// Every text of every body and query, one at a time.
async fn walk(server: &Server) {
    let api = server.api().await.unwrap();
    let ids = furnish(&api).await;
    let document = api.get("/openapi.json").await.unwrap();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let address = filled(path, &ids);
            for body in bodies(&document, operation) {
                let answer = api.request(method.clone(), &address).json(&body).send().await.unwrap();
                assert!(answer.status().as_u16() < 500, "{method} {path} {body}: {}", answer.status());
                tried += 1;
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                let address = match parameter["in"].as_str() {
                    Some("query") => format!("{address}?{name}=a%00b"),
                    _ => path.replace(&format!("{{{name}}}"), "a%00b").replace("{id}", "a%00b"),
                };
                if method == Method::GET {
                    let answer = api.request(method.clone(), &address).send().await.unwrap();
                    assert!(answer.status().as_u16() < 500, "{address}: {}", answer.status());
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 80, "only {tried} texts were tried: the document has changed its form");
}

/// For each text of the operation's body, a body that would do but for that text.
fn bodies(document: &Json, operation: &Json) -> Vec<Json> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let Json::Object(whole) = sample(document, schema) else { return Vec::new() };
    let mut bodies = Vec::new();
    for (field, value) in &whole {
        let mut variants = Vec::new();
        spoil(value, &mut variants);
        for variant in variants {
            let mut body = whole.clone();
            body.insert(field.clone(), variant);
            bodies.push(Json::Object(body));
        }
    }
    bodies
}

/// The value once for each of its texts, with that one spoilt.
fn spoil(value: &Json, into: &mut Vec<Json>) {
    match value {
        Json::String(_) => into.push(json!(BAD)),
        Json::Object(fields) => {
            for (name, field) in fields {
                let mut variants = Vec::new();
                spoil(field, &mut variants);
                for variant in variants {
                    let mut whole = fields.clone();
                    whole.insert(name.clone(), variant);
                    into.push(Json::Object(whole));
                }
            }
        }
        _ => {}
    }
}

fn sample(document: &Json, schema: &Json) -> Json {
    if let Some(name) = schema["$ref"].as_str() {
        return sample(document, &document["components"]["schemas"][name.rsplit('/').next().unwrap()]);
    }
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(forms) = schema["oneOf"].as_array() {
        let form = forms.iter().find(|form| form["type"] != "null");
        return form.map_or(Json::Null, |form| sample(document, form));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let fields = properties.iter().map(|(name, schema)| (name.clone(), named(document, name, schema)));
        return Json::Object(fields.filter(|(_, value)| !value.is_null()).collect());
    }
    let is = |kind: &str| {
        schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)))
    };
    match () {
        () if schema["enum"].is_array() => schema["enum"][0].clone(),
        () if is("string") && schema["format"] == "uuid" => json!("01900000-0000-7000-8000-000000000000"),
        () if is("string") => json!("text"),
        () if is("integer") || is("number") => json!(60),
        () if is("boolean") => json!(true),
        () if is("array") => json!([]),
        () => Json::Null,
    }
}

/// What a field of this name would take, so that a body is refused for its spoilt text and not before.
fn named(document: &Json, name: &str, schema: &Json) -> Json {
    match name {
        "email" => json!("somebody@example.com"),
        "password" | "new" => json!("a long password to try"),
        "current" => json!("a-long-password-for-tests"),
        "language" => json!("en"),
        "role" => json!("viewer"),
        "profile" => json!("oven"),
        "severity" | "min_severity" => json!("low"),
        "yaml" => json!(crate::story::TELNET),
        "target" => json!("https://example.com/hook"),
        "kind" if schema["enum"].is_null() => json!("webhook"),
        "attempt" | "user" => Json::Null,
        _ => sample(document, schema),
    }
}

/// What people were seen to write, and the field that the refusal names.
async fn refused(server: &Server) {
    let api = server.api().await.unwrap();
    let ids = furnish(&api).await;
    let incident = &ids["/incidents/{id}"];
    let rule = |name: &str, about: &str| json!({"name": name, "description": about, "spec": {"kind": "absence", "after_s": 999}});
    let hook = |name: &str| json!({"name": name, "kind": "webhook", "target": "https://example.com/"});
    let (long, endless) = ("x".repeat(257), "x".repeat(10_001));
    let note = format!("/incidents/{incident}/resolve");
    let comment = format!("/incidents/{incident}/comments");
    for (path, body, field) in [
        ("/auth/login", json!({"email": "a\u{0}@b.org", "password": "x\u{0}"}), "email"),
        ("/rules", rule(BAD, ""), "name"),
        ("/rules", rule("two\nlines", ""), "name"),
        ("/rules", rule(&long, ""), "name"),
        ("/rules", rule("Name", BAD), "description"),
        ("/rules", rule("Name", &endless), "description"),
        ("/channels", hook(BAD), "name"),
        ("/channels", hook("Night\r\nBcc: everybody@example.com"), "name"),
        ("/devices", json!({"name": BAD}), "name"),
        ("/people/invitations", json!({"email": "a\u{0}b@example.com", "role": "viewer"}), "email"),
        (comment.as_str(), json!({"text": BAD}), "text"),
        (comment.as_str(), json!({"text": endless}), "text"),
        (note.as_str(), json!({"note": BAD}), "note"),
    ] {
        let answer = api.request(Method::POST, path).json(&body).send().await.unwrap();
        named_field(path, answer, field).await;
    }
    let answer = api.request(Method::PATCH, "/me").json(&json!({"name": BAD})).send().await.unwrap();
    named_field("/me", answer, "name").await;
    let titled = |title: &str| crate::story::TELNET.replacen("title: ", &format!("title: \"{title}\" #"), 1);
    for title in ["T\\0x", "two\\nlines", &"x".repeat(5000)] {
        let request = api.request(Method::POST, "/rules").header("content-type", "application/yaml");
        named_field("a title", request.body(titled(title)).send().await.unwrap(), "spec").await;
    }
    // Lines and tabs are what a comment is made of.
    api.post(&comment, &json!({"text": "one\n\ttwo"})).await.unwrap();
    let stranger = Api::anonymous(&server.http());
    let unknown = json!({"email": "é@b.org", "password": "x"});
    let refused = stranger.post("/auth/login", &unknown).await.unwrap_err();
    assert_eq!(refused.code(), Some("wrong_credentials"));
}

async fn named_field(what: &str, answer: reqwest::Response, field: &str) {
    let status = answer.status();
    let problem: Json = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{what}: {problem}");
    assert_eq!(problem["errors"][0]["field"], field, "{what}: {problem}");
}

//! A second person, who may look and change nothing.

use serde_json::{Value as Json, json};
use testbed::{Api, Result};

const EMAIL: &str = "viewer@example.com";

/// Invites the viewer once, and prints how to sign in as them. Without them the demo works as well.
pub async fn invite(api: &Api) {
    match invite_once(api).await {
        Ok(Some(password)) => println!("simulated viewer: sign in as {EMAIL} with {password}"),
        Ok(None) => {}
        Err(error) => eprintln!("fleet: no second person: {error}"),
    }
}

async fn invite_once(api: &Api) -> Result<Option<String>> {
    let is_viewer = |person: &Json| person.get("email").and_then(Json::as_str) == Some(EMAIL);
    if api.all("/people").await?.iter().any(is_viewer) {
        return Ok(None);
    }
    let invited = api.post("/people/invitations", &json!({ "email": EMAIL, "role": "viewer" })).await?;
    let url = invited.get("url").and_then(Json::as_str).unwrap_or_default();
    let token = url.rsplit('/').next().unwrap_or_default();
    let password = format!("{:024x}", rand::random::<u128>() >> 32);
    let accept = json!({ "name": "Robin (simulated)", "password": password });
    Api::anonymous(api.base()).post(&format!("/invitations/{token}/accept"), &accept).await?;
    Ok(Some(password))
}

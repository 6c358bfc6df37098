//! What an operator's tools see of a server.

use reqwest::StatusCode;
use serde_json::Value as Json;
use testbed::{DEADLINE, Server, eventually};

/// Status and text of a path on the operators' listener.
pub async fn look(server: &Server, path: &str) -> (StatusCode, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(format!("{}{path}", server.ops())).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// A figure of `/metrics`, with its label if it has one: `task_running{task="lake"}`.
pub async fn metric(server: &Server, name: &str) -> u64 {
    let (_, metrics) = look(server, "/metrics").await;
    let line = metrics.lines().find_map(|line| line.strip_prefix(&format!("smartsecurity_{name} ")));
    line.unwrap_or_else(|| panic!("no metric {name}:\n{metrics}")).trim().parse().unwrap()
}

pub async fn metric_at_least(server: &Server, name: &str, least: u64) {
    eventually(name, DEADLINE, async || (metric(server, name).await >= least).then_some(())).await.unwrap();
}

/// The warnings that *Settings → System* shows, once one of them contains `text`.
pub async fn warned(api: &testbed::Api, text: &str) -> Json {
    let system = eventually(text, DEADLINE, async || {
        let system = api.get("/system").await.ok()?;
        let warnings = system["warnings"].as_array().unwrap();
        warnings.iter().any(|warning| warning.as_str().unwrap().contains(text)).then_some(system)
    });
    system.await.unwrap()
}

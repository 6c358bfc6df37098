//! How quickly people are answered while devices keep every core busy.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use testbed::Server;
use tokio::process::Command;

use crate::Failure;

const FOR: Duration = Duration::from_secs(15);
/// Between two rounds of requests, as somebody who looks at one screen after the other.
const PAUSE: Duration = Duration::from_millis(20);
const SCREENS: [&str; 5] = ["/overview", "/incidents", "/devices?limit=50", "/rules", "/system"];
/// What a device's page asks for besides.
const OF_A_DEVICE: [&str; 3] = ["", "/problems", "/series?fields=value"];
const QUERY: &str = "SELECT avg(value) FROM load WHERE ts > now() - interval '1 minute'";

pub async fn beside_load(server: &Server, generator: &Path, credentials: &Path) -> Result<(), Failure> {
    let mut load = Command::new(generator)
        .args(["--address", &server.mqtt().to_string(), "--publishers", "100", "--window", "64"])
        .args(["--messages", "1000000000", "--credentials"])
        .arg(credentials)
        .kill_on_drop(true)
        .spawn()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let api = server.api().await?;
    let devices = api.get("/devices?limit=1").await?;
    let device = devices.pointer("/items/0/id").and_then(Json::as_str).ok_or("there is no device")?;
    let of_a_device = OF_A_DEVICE.map(|part| format!("/devices/{device}{part}"));
    let paths: Vec<&str> = SCREENS.into_iter().chain(of_a_device.iter().map(String::as_str)).collect();
    let sql = json!({ "sql": QUERY });
    let (mut screens, mut queries) = (Vec::new(), Vec::new());
    let began = Instant::now();
    while began.elapsed() < FOR {
        for path in &paths {
            let asked = Instant::now();
            api.get(path).await?;
            screens.push(asked.elapsed());
        }
        let asked = Instant::now();
        api.post("/query", &sql).await?;
        queries.push(asked.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    if let Some(status) = load.try_wait()? {
        return Err(format!("the load ended before the measurement did ({status})").into());
    }
    load.kill().await?;
    println!("beside 100 publishers with 64 messages in flight:");
    println!("  {} requests that screens make: {}", screens.len(), percentiles(&mut screens));
    println!("  {} SQL averages over the whole last minute: {}", queries.len(), percentiles(&mut queries));
    Ok(())
}

fn percentiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: f64| {
        let time = times.get((times.len() as f64 * share) as usize).or(times.last());
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    format!("p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99))
}

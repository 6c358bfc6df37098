//! From what the caller knows of the server to where its MQTT is.

use std::time::Duration;

use serde::Deserialize;

use crate::cli::Failure;

const PORT: u16 = 1883;
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub host: String,
    pub port: u16,
}

#[derive(Deserialize)]
struct Endpoints {
    mqtt: Mqtt,
}

#[derive(Deserialize)]
struct Mqtt {
    host: String,
    port: u16,
}

/// The address given, or that of the URL, or what the server at the URL answers.
pub async fn find(server: &str, given: Option<&str>) -> Result<Address, Failure> {
    if let Some(given) = given {
        return parse(given.trim_start_matches("mqtt://"));
    }
    if let Some(rest) = server.strip_prefix("mqtt://").or_else(|| server.strip_prefix("tcp://")) {
        return parse(rest);
    }
    if !server.starts_with("http://") && !server.starts_with("https://") {
        return Err(format!(
            "{server:?} is no address of a server: use http://HOST:PORT or mqtt://HOST:PORT"
        )
        .into());
    }
    ask(server).await
}

async fn ask(server: &str) -> Result<Address, Failure> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let url = format!("{}/api/v1/connect", server.trim_end_matches('/'));
    let response = client.get(&url).send().await.map_err(|error| {
        format!("cannot reach the server at {server}: {error}. Is it running? --mqtt HOST:PORT goes there directly.")
    })?;
    let status = response.status();
    let text = response.text().await?;
    let Endpoints { mqtt } = serde_json::from_str(&text)
        .map_err(|_| format!("{url} answered {status} and no MQTT address; give it with --mqtt HOST:PORT"))?;
    Ok(Address { host: mqtt.host, port: mqtt.port })
}

fn parse(text: &str) -> Result<Address, Failure> {
    let text = text.trim_end_matches('/');
    let wrong = || format!("{text:?} is no address: use HOST or HOST:PORT");
    let (host, port) = match text.rsplit_once(':') {
        // An IPv6 address without a port ends in a bracket.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (text, PORT),
    };
    if host.is_empty() {
        return Err(wrong().into());
    }
    Ok(Address { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let address = |host: &str, port| Address { host: host.into(), port };
        assert_eq!(parse("example.com").unwrap(), address("example.com", 1883));
        assert_eq!(parse("example.com:2000/").unwrap(), address("example.com", 2000));
        assert_eq!(parse("[::1]").unwrap(), address("[::1]", 1883));
        assert_eq!(parse("[::1]:2000").unwrap(), address("[::1]", 2000));
        assert!(parse(":1").is_err());
        assert!(parse("a:b").is_err());
    }

    #[tokio::test]
    async fn a_word_is_no_server() {
        assert!(find("localhost", None).await.is_err());
        assert_eq!(find("x", Some("h:1")).await.unwrap().port, 1);
        assert_eq!(find("mqtt://h", None).await.unwrap().port, 1883);
    }
}

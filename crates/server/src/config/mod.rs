//! Configuration: one TOML file, overridden by environment variables, with a default for everything.
//!
//! In: the file's text and the process's environment. Out: a checked [`Config`]. A key that does not exist is refused
//! with the nearest one that does; a secret is never shown. An empty file is a working configuration.

mod auth;
mod demo;
mod environment;
mod error;
mod http;
mod journal;
mod log;
mod mqtt;
mod ops;
mod reference;
mod secret;
mod section;
mod smtp;
mod store;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use auth::Auth;
pub use demo::Demo;
pub use error::ConfigError;
pub use http::Http;
pub use journal::Journal;
pub use log::Log;
pub use mqtt::Mqtt;
pub use ops::Ops;
pub use reference::reference;
pub use secret::Secret;
pub use smtp::Smtp;
pub use store::Store;

use section::Key;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub demo: Demo,
    pub http: Http,
    pub mqtt: Mqtt,
    pub ops: Ops,
    pub store: Store,
    pub journal: Journal,
    pub smtp: Smtp,
    pub auth: Auth,
    pub log: Log,
}

/// A section's name, what it is about, and its keys.
struct About {
    name: &'static str,
    about: &'static [&'static str],
    keys: &'static [Key],
}

const SECTIONS: &[About] = &[
    About { name: "demo", about: Demo::ABOUT, keys: Demo::KEYS },
    About { name: "http", about: Http::ABOUT, keys: Http::KEYS },
    About { name: "mqtt", about: Mqtt::ABOUT, keys: Mqtt::KEYS },
    About { name: "ops", about: Ops::ABOUT, keys: Ops::KEYS },
    About { name: "store", about: Store::ABOUT, keys: Store::KEYS },
    About { name: "journal", about: Journal::ABOUT, keys: Journal::KEYS },
    About { name: "smtp", about: Smtp::ABOUT, keys: Smtp::KEYS },
    About { name: "auth", about: Auth::ABOUT, keys: Auth::KEYS },
    About { name: "log", about: Log::ABOUT, keys: Log::KEYS },
];

impl Config {
    /// Reads the file, when one is given, and the process's environment.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?,
            None => String::new(),
        };
        Self::read(&text, std::env::vars())
    }

    /// The same without touching the machine.
    pub fn read(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table: toml::Table = text.parse().map_err(|error| ConfigError::Syntax(Box::new(error)))?;
        environment::overlay(&mut table, environment)?;
        refuse_unknown(&table)?;
        let config: Self = table.try_into().map_err(|error| ConfigError::Value(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        one_of("log.format", &self.log.format, &["text", "json"])?;
        one_of("smtp.tls", &self.smtp.tls, &["none", "starttls", "tls"])?;
        if !self.smtp.host.is_empty() && self.smtp.from.is_empty() {
            return Err(ConfigError::wrong("smtp.from", "it must name a sender when smtp.host is set"));
        }
        let url = &self.http.public_url;
        if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(ConfigError::wrong("http.public_url", "it must begin with http:// or https://"));
        }
        self.http.check()
    }

    /// How people reach the console.
    pub fn public_url(&self) -> String {
        if self.http.public_url.is_empty() {
            format!("http://{}", self.http.listen)
        } else {
            self.http.public_url.trim_end_matches('/').to_owned()
        }
    }

    /// The host that devices reach us by.
    pub fn mqtt_host(&self) -> String {
        if !self.mqtt.public_host.is_empty() {
            return self.mqtt.public_host.clone();
        }
        let url = self.public_url();
        let authority = url.split("://").nth(1).unwrap_or(&url).split('/').next().unwrap_or_default();
        match authority.rsplit_once(':') {
            Some((host, port)) if port.chars().all(|digit| digit.is_ascii_digit()) => host.to_owned(),
            _ => authority.to_owned(),
        }
    }
}

fn one_of(key: &str, value: &str, choices: &[&str]) -> Result<(), ConfigError> {
    if choices.contains(&value) {
        return Ok(());
    }
    Err(ConfigError::wrong(key, format!("{value:?} is not one of {}", choices.join(", "))))
}

fn refuse_unknown(table: &toml::Table) -> Result<(), ConfigError> {
    for (name, value) in table {
        let Some(section) = SECTIONS.iter().find(|section| section.name == name) else {
            return Err(ConfigError::unknown(name, SECTIONS.iter().map(|section| section.name.to_owned())));
        };
        let Some(keys) = value.as_table() else {
            return Err(ConfigError::wrong(name, format!("it is a section: write it as [{name}]")));
        };
        for key in keys.keys() {
            if !section.keys.iter().any(|known| known.name == key) {
                let known = section.keys.iter().map(|known| format!("{name}.{}", known.name));
                return Err(ConfigError::unknown(&format!("{name}.{key}"), known));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_empty_file_is_a_working_configuration() {
        let config = Config::read("", env(&[])).unwrap();
        assert_eq!(config.http.listen.port(), 8080);
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
        assert_eq!(config.mqtt_host(), "127.0.0.1");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let file = "[http]\nlisten = '127.0.0.1:1'\n[mqtt]\nmax_packet_bytes = 5\n";
        let overrides = env(&[
            ("SMARTSECURITY_HTTP__LISTEN", "127.0.0.1:2"),
            ("SMARTSECURITY_DEMO__ENABLED", "true"),
            ("SMARTSECURITY_SMTP__PASSWORD", "12345"),
            ("HOME", "/root"),
        ]);
        let config = Config::read(file, overrides).unwrap();
        assert_eq!(config.http.listen.port(), 2);
        assert_eq!(config.mqtt.max_packet_bytes, 5);
        assert!(config.demo.enabled);
        assert_eq!(config.smtp.password.reveal(), "12345");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let message = Config::read("[http]\nlisten_on = '127.0.0.1:1'", env(&[])).unwrap_err().to_string();
        assert!(message.contains("http.listen_on") && message.contains("http.listen"), "{message}");
        let message = Config::read("[htp]\n", env(&[])).unwrap_err().to_string();
        assert!(message.contains("did you mean `http`"), "{message}");
        let message = Config::read("", env(&[("SMARTSECURITY_HTTP__LISTNE", "x")])).unwrap_err().to_string();
        assert!(message.contains("http.listne") && message.contains("http.listen"), "{message}");
    }

    #[test]
    fn one_underscore_too_few_is_noticed_and_other_programs_variables_are_not_ours() {
        let message = Config::read("", env(&[("SMARTSECURITY_HTTP_LISTEN", "x")])).unwrap_err().to_string();
        assert!(message.contains("two underscores"), "{message}");
        Config::read("", env(&[("SMARTSECURITY_BIN", "x"), ("SMARTSECURITY_DATA", "y")])).unwrap();
    }

    #[test]
    fn a_wrong_value_says_which_and_why() {
        let message = Config::read("[log]\nformat = 'xml'", env(&[])).unwrap_err().to_string();
        assert!(message.contains("log.format") && message.contains("text, json"), "{message}");
        assert!(Config::read("[http]\nlisten = 'nowhere'", env(&[])).is_err());
    }

    #[test]
    fn a_server_without_places_or_patience_is_refused() {
        for key in
            ["max_connections", "head_timeout_seconds", "idle_timeout_seconds", "stall_timeout_seconds"]
        {
            let message = Config::read(&format!("[http]\n{key} = 0"), env(&[])).unwrap_err().to_string();
            assert!(message.contains(key) && message.contains("at least 1"), "{message}");
        }
    }

    #[test]
    fn a_bracketed_address_keeps_its_host() {
        let config = Config::read("[http]\npublic_url = 'https://[::1]:8443/x'", env(&[])).unwrap();
        assert_eq!(config.mqtt_host(), "[::1]");
    }
}

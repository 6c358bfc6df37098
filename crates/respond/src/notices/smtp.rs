//! How mail leaves the house.

use std::fmt;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use model::{Phrase, phrase};
use serde::Deserialize;

use super::Failure;

const TIMEOUT: Duration = Duration::from_secs(20);

/// The mail server that notices go through.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    pub host: String,
    /// The usual one for `tls` when absent: 465, 587 or 25.
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
    /// The sender: `SmartSecurity <alarms@example.org>`.
    pub from: String,
    #[serde(default)]
    pub tls: SmtpTls,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// In the clear: for a mail server on the same machine or network.
    None,
    /// In the clear until STARTTLS, which is required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

/// A mail server that is ready to take messages.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    pub from: Mailbox,
    host: String,
}

impl Mailer {
    pub fn new(config: &SmtpConfig) -> Result<Self, String> {
        let from = config.from.parse::<Mailbox>().map_err(|_| {
            format!(
                "smtp.from {:?} is not a mail address, such as SmartSecurity <alarms@example.org>",
                config.from
            )
        })?;
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match config.tls {
            SmtpTls::None => Ok(Transport::builder_dangerous(&config.host)),
            SmtpTls::Starttls => Transport::starttls_relay(&config.host),
            SmtpTls::Tls => Transport::relay(&config.host),
        };
        let mut builder = builder
            .map_err(|error| format!("smtp.host {:?} cannot be used: {error}", config.host))?
            .timeout(Some(TIMEOUT));
        if let Some(port) = config.port {
            builder = builder.port(port);
        }
        if let (Some(username), Some(password)) = (&config.username, &config.password) {
            builder = builder.credentials(Credentials::new(username.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), from, host: config.host.clone() })
    }

    /// What the server answered.
    pub async fn send(&self, message: Message) -> Result<Phrase, Failure> {
        match self.transport.send(message).await {
            Ok(response) => {
                let answer: Vec<&str> = response.message().collect();
                Ok(phrase!(
                    "mail_server_accepted",
                    "{host} accepted it: {answer}",
                    host = self.host.as_str(),
                    answer = format!("{} {}", response.code(), answer.join(" ")),
                ))
            }
            Err(error) => {
                let detail = phrase!(
                    "mail_server_failed",
                    "the mail server {host}: {error}",
                    host = self.host.as_str(),
                    error = reasons(&error),
                );
                Err(if error.is_permanent() { Failure::permanent(detail) } else { Failure::passing(detail) })
            }
        }
    }
}

/// An error with its causes: libraries often keep the telling part inside.
pub fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

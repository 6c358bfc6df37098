//! Lets devices in by their credentials, and tells which topics are theirs.

use async_trait::async_trait;
use broker::{Client, Decision, Gatekeeper, Hello, Refusal, RefusalCode};
use bytes::Bytes;
use devices::{Authentication, Devices, Identity};
use ingest::{Ingest, Source, Topic};
use model::{CommandId, Phrase, ProblemCode, phrase};

pub struct DeviceGate {
    pub devices: Devices,
    pub ingest: Ingest,
}

#[async_trait]
impl Gatekeeper for DeviceGate {
    async fn admit(&self, hello: &Hello) -> Result<Client, Refusal> {
        let Some(username) = &hello.username else {
            return Err(Refusal {
                code: RefusalCode::BadCredentials,
                explanation: phrase!(
                    "no_user_name",
                    "no user name was sent. Connect with the user name and password shown when the device was added, or with the password alone as user name.",
                ),
            });
        };
        let password = hello.password.as_deref().filter(|password| !password.is_empty());
        let verdict = self.devices.authenticate(username, password);
        let explanation = verdict.explanation();
        match verdict {
            Authentication::Known(Identity { tenant, device, profile }) => {
                Ok(Client { tenant, device, profile })
            }
            Authentication::WrongPassword { of } => {
                self.note_wrong_password(of, hello, explanation.clone()).await;
                Err(refusal(explanation))
            }
            Authentication::Unknown => {
                tracing::info!(peer = %hello.peer, "a client came with a user name that no device has");
                Err(refusal(explanation))
            }
        }
    }

    fn may_publish(&self, _: &Client, name: &str) -> Decision {
        match Topic::parse(name) {
            Ok(_) => Decision::Allow,
            Err(explanation) => Decision::Deny { explanation },
        }
    }

    fn may_subscribe(&self, _: &Client, filter: &str) -> Decision {
        let own = matches!(filter, "commands/#" | "commands/+")
            || filter.strip_prefix("commands/").is_some_and(is_command);
        if own {
            return Decision::Allow;
        }
        Decision::Deny {
            explanation: phrase!(
                "not_a_device_filter",
                "\"{filter}\" is not for devices: subscribe to commands/# or commands/+, which receive your own commands",
                filter = filter,
            ),
        }
    }
}

impl DeviceGate {
    async fn note_wrong_password(&self, of: Identity, hello: &Hello, explanation: Phrase) {
        let source = Source { tenant: of.tenant, device: of.device, profile: of.profile };
        let detail = phrase!(
            "wrong_password",
            "a client at {address} came with a wrong password: {explanation}",
            address = hello.peer.ip().to_string(),
            explanation = explanation,
        );
        let report = self.ingest.report(&source, ProblemCode::WrongPassword, "", &detail, &Bytes::new());
        if let Err(error) = report.await {
            tracing::debug!(%error, device.id = %of.device, "a wrong password is counted, and recorded later");
        }
    }
}

fn is_command(id: &str) -> bool {
    id.parse::<CommandId>().is_ok()
}

const fn refusal(explanation: Phrase) -> Refusal {
    Refusal { code: RefusalCode::BadCredentials, explanation }
}

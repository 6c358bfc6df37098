//! Delivers what is queued, and tries again what fails.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use model::{Clock, DeviceId, IncidentId, Phrase, RuleId, Severity, SystemScope, Timestamp, phrase};
use reqwest::Client;
use store::Store;
use store::channels::Channel;
use store::incidents::Incident;
use store::notices::Notice;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::finding::Found;
use super::smtp::{Mailer, SmtpConfig};
use super::wording::Story;
use super::{Failure, Language, NoticeKind, backoff, email, webhook};
use crate::error::RespondError;
use crate::incidents::{Incidents, Signals};

/// A delivery that takes longer is given to another worker.
const LEASE: Duration = Duration::from_secs(120);
const AT_ONCE: usize = 8;
const BATCH: u32 = 64;
/// Looked at without a signal, too: retries become due, and another node may have died.
const POLL: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default)]
pub struct NotifierConfig {
    /// Without a mail server, e-mail channels fail and say so.
    pub smtp: Option<SmtpConfig>,
    /// Where people reach the console, for links: `https://security.example.org`.
    pub public_url: Option<String>,
}

pub struct Notifier {
    store: Store,
    clock: Arc<dyn Clock>,
    signals: Signals,
    mailer: Option<Mailer>,
    client: Client,
    public_url: Option<String>,
}

impl Notifier {
    /// # Errors
    /// The configuration cannot work; the sentence says why.
    pub fn new(
        incidents: &Incidents,
        clock: Arc<dyn Clock>,
        config: &NotifierConfig,
    ) -> Result<Self, String> {
        Ok(Self {
            store: incidents.store().clone(),
            clock,
            signals: incidents.signals().clone(),
            mailer: config.smtp.as_ref().map(Mailer::new).transpose()?,
            client: webhook::client().map_err(|error| format!("webhooks cannot be sent: {error}"))?,
            public_url: config.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        })
    }

    /// Runs until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let work = async {
                match self.deliver_due().await {
                    Ok(0) => {
                        tokio::select! {
                            () = self.signals.notices.notified() => {}
                            () = tokio::time::sleep(POLL) => {}
                        }
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, "notices wait for the store; trying again");
                        tokio::time::sleep(POLL).await;
                    }
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = work => {}
            }
        }
    }

    /// Delivers what is due, and returns how many deliveries it tried.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn deliver_due(&self) -> Result<usize, RespondError> {
        let scope = SystemScope::because("notices are delivered");
        let due = store::notices::due(&self.store, &scope, self.clock.now(), BATCH).await?;
        let tried = due.len();
        let results: Vec<Result<(), RespondError>> = futures::stream::iter(due)
            .map(|notice| self.handle(notice))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        results.into_iter().collect::<Result<(), _>>()?;
        Ok(tried)
    }

    async fn handle(&self, notice: Notice) -> Result<(), RespondError> {
        let scope = SystemScope::because("notices are delivered").within(notice.tenant);
        if !store::notices::claim(&self.store, &scope, &notice, self.clock.now().plus(LEASE)).await? {
            return Ok(());
        }
        let channel = store::channels::find(&self.store, &scope, notice.channel).await?;
        let incident = store::incidents::find(&self.store, &scope, notice.incident).await?;
        let kind = NoticeKind::parse(&notice.kind);
        let found = store::incidents::newest_finding(&self.store, &scope, notice.incident).await?;
        let found = found.map(|row| Found { title: row.title, evidence: row.evidence });
        let sent = if channel.enabled {
            self.send(&channel, (&incident, found.as_ref()), kind, notice.id).await
        } else {
            Err(Failure::permanent(phrase!(
                "channel_off",
                "the channel was switched off before this was sent",
            )))
        };
        let now = self.clock.now();
        let attempts = notice.attempts + 1;
        match sent {
            Ok(_) => store::notices::finish(&self.store, &scope, notice.id, None, now).await?,
            Err(failure) => {
                tracing::warn!(
                    tenant.id = %notice.tenant, incident.id = %notice.incident, channel.id = %notice.channel,
                    attempts, "a notice was not delivered"
                );
                let why = String::from(failure.detail);
                if failure.permanent || attempts >= backoff::MOST_ATTEMPTS {
                    store::notices::finish(&self.store, &scope, notice.id, Some(&why), now).await?;
                } else {
                    let next = now.plus(backoff::pause(attempts));
                    store::notices::postpone(&self.store, &scope, notice.id, &why, next).await?;
                }
            }
        }
        Ok(())
    }

    /// Sends a message that says it is a test, and returns what the other side answered.
    pub(crate) async fn send_test(&self, channel: &Channel) -> Result<Phrase, Failure> {
        let now = self.clock.now();
        self.send(channel, (&nothing(now), None), NoticeKind::Test, Uuid::now_v7()).await
    }

    async fn send(
        &self,
        channel: &Channel,
        (incident, found): (&Incident, Option<&Found>),
        kind: NoticeKind,
        id: Uuid,
    ) -> Result<Phrase, Failure> {
        let link = match (&self.public_url, kind) {
            (_, NoticeKind::Test) | (None, _) => None,
            (Some(url), _) => Some(format!("{url}/incidents/{}", incident.id)),
        };
        let language = Language::parse(&channel.language);
        let story = Story { kind, language, incident, found, link: link.as_deref() };
        if channel.kind == "webhook" {
            return webhook::deliver(
                &self.client,
                channel,
                &format!("msg_{}", id.simple()),
                &story,
                self.clock.now(),
            )
            .await;
        }
        let Some(mailer) = &self.mailer else {
            return Err(Failure::permanent(phrase!(
                "no_mail_server",
                "no mail server is configured; set [smtp] in the configuration (host, from, tls) and restart",
            )));
        };
        let message = email::compose(&mailer.from, &channel.target, &id.to_string(), &story)?;
        mailer.send(message).await
    }
}

/// What a test tells about.
fn nothing(now: Timestamp) -> Incident {
    Incident {
        id: IncidentId(Uuid::nil()),
        number: 0,
        rule: RuleId(Uuid::nil()),
        rule_name: String::new(),
        device: DeviceId(Uuid::nil()),
        device_name: None,
        title: String::new(),
        severity: Severity::Informational,
        status: "open".to_owned(),
        assignee: None,
        assignee_name: None,
        findings: 0,
        opened_at: now,
        last_finding_at: now,
        acknowledged_at: None,
        resolved_at: None,
    }
}

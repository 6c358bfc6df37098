//! Delivers what is queued, and tries again what fails, each channel on its own.

use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Phrase, SystemScope};
use store::channels::Channel;
use store::notices::Notice;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::courier::{Courier, Turn};
use super::lanes::Lanes;
use super::smtp::{Mailer, SmtpConfig};
use super::{Failure, webhook};
use crate::error::RespondError;
use crate::incidents::{Incidents, Signals};

/// So many notices a channel gets in one turn, if all goes well.
const PER_TURN: u32 = 16;
/// Looked at without a signal, too: retries become due, and another node may have died.
const POLL: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default)]
pub struct NotifierConfig {
    /// Without a mail server, e-mail channels are refused, and those that there are fail and say so.
    pub smtp: Option<SmtpConfig>,
    /// Where people reach the console, for links: `https://security.example.org`.
    pub public_url: Option<String>,
}

pub struct Notifier {
    courier: Arc<Courier>,
    signals: Signals,
}

/// The turns that are under way. Dropping it ends them; what they had claimed becomes due again.
#[derive(Default)]
struct Turns {
    lanes: Lanes,
    running: JoinSet<Turn>,
}

impl Notifier {
    /// # Errors
    /// The configuration cannot work; the sentence says why.
    pub fn new(
        incidents: &Incidents,
        clock: Arc<dyn Clock>,
        config: &NotifierConfig,
    ) -> Result<Self, String> {
        let courier = Courier {
            store: incidents.store().clone(),
            clock,
            mailer: config.smtp.as_ref().map(Mailer::new).transpose()?,
            client: webhook::client().map_err(|error| format!("webhooks cannot be sent: {error}"))?,
            public_url: config.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        };
        Ok(Self { courier: Arc::new(courier), signals: incidents.signals().clone() })
    }

    /// Runs until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        stop.run_until_cancelled(self.deliver()).await;
    }

    async fn deliver(&self) {
        let mut turns = Turns::default();
        loop {
            let trouble = match self.begin_due(&mut turns).await {
                Ok(()) => tokio::select! {
                    Some(turn) = turns.next() => turn.broken,
                    () = self.signals.notices.notified() => None,
                    () = tokio::time::sleep(POLL) => None,
                },
                Err(error) => Some(error),
            };
            if let Some(error) = trouble {
                tracing::warn!(%error, "notices wait for the store; trying again");
                tokio::time::sleep(POLL).await;
            }
        }
    }

    /// Delivers what is due until nothing is, and returns how many deliveries it tried.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn deliver_due(&self) -> Result<usize, RespondError> {
        let mut turns = Turns::default();
        let mut tried = 0;
        loop {
            self.begin_due(&mut turns).await?;
            let Some(turn) = turns.next().await else { return Ok(tried) };
            turn.broken.map_or(Ok(()), Err)?;
            tried += turn.tried;
        }
    }

    /// Begins the turns of all channels that have something due, as far as there are places.
    async fn begin_due(&self, turns: &mut Turns) -> Result<(), RespondError> {
        let scope = SystemScope::because("notices are delivered");
        let now = self.courier.clock.now();
        let due = store::notices::due(&self.courier.store, &scope, now, PER_TURN).await?;
        for notices in due.chunk_by(|one, next| one.channel == next.channel) {
            turns.begin(&self.courier, notices);
        }
        Ok(())
    }

    /// Whether there is a mail server.
    pub(crate) fn mails(&self) -> bool {
        self.courier.mailer.is_some()
    }

    /// Sends a message that says it is a test, and returns what the other side answered.
    pub(crate) async fn send_test(&self, channel: &Channel) -> Result<Phrase, Failure> {
        self.courier.send_test(channel).await
    }
}

impl Turns {
    fn begin(&mut self, courier: &Arc<Courier>, notices: &[Notice]) {
        let Some(&Notice { tenant, channel, .. }) = notices.first() else { return };
        if self.lanes.enter(tenant, channel) {
            let (courier, notices) = (courier.clone(), notices.to_vec());
            self.running.spawn(async move { courier.deliver(channel, notices).await });
        }
    }

    /// The next to end; nothing when none is under way.
    async fn next(&mut self) -> Option<Turn> {
        match self.running.join_next().await?.map_err(tokio::task::JoinError::try_into_panic) {
            Ok(turn) => {
                self.lanes.leave(turn.channel, turn.well);
                Some(turn)
            }
            // Whoever supervises us decides what to do about it.
            Err(Ok(panic)) => std::panic::resume_unwind(panic),
            Err(Err(_)) => None,
        }
    }
}

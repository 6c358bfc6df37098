//! Commands to devices, and their answers.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use model::{Actor, CommandId, DeviceId, Permission, Scope, SystemScope, TenantId, Timestamp, phrase};
use parking_lot::Mutex;
use serde_json::json;
use store::commands::{self as rows, CommandRow};
use store::{Page, PageRequest};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::link::Delivery;
use crate::{DeviceError, Devices};

const SEEING_TO: SystemScope = SystemScope::because("delivering and expiring commands");
const EVERY: Duration = Duration::from_secs(1);
const DEFAULT_TIMEOUT: u32 = 60;
const LONGEST_TIMEOUT: u32 = 7 * 24 * 60 * 60;
const LARGEST_PARAMS: usize = 64 * 1024;
/// Waiting commands that one look tries to deliver.
const AT_ONCE: u32 = 500;

const TOPIC: &str = "commands/";

/// What is under way.
#[derive(Default)]
pub(crate) struct Underway {
    /// Held while commands are read and handed over, so that they leave in their order and none leaves twice.
    turn: tokio::sync::Mutex<()>,
    /// Acknowledged by its device, and not noted in the store yet.
    acknowledged: Mutex<HashMap<(TenantId, CommandId), Timestamp>>,
    news: Notify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommandStatus {
    /// Accepted; waits for the device, or for its acknowledgement.
    Sent,
    /// The device's connection acknowledged it. (Subscribed at QoS 0, it acknowledges nothing: it was written to it.)
    Delivered,
    Answered,
    /// No answer in time.
    Expired,
}

impl CommandStatus {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewCommand {
    /// `[A-Za-z0-9_.-]{1,64}`, such as `reboot`.
    pub name: String,
    /// Any JSON; null when none is given.
    pub params: serde_json::Value,
    /// How long an answer is waited for: 1 second to 7 days, 60 seconds when none is given.
    pub timeout_seconds: Option<u32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub id: CommandId,
    pub device: DeviceId,
    pub name: String,
    pub params: serde_json::Value,
    pub status: CommandStatus,
    /// The device's answer, as sent.
    pub reply: Option<serde_json::Value>,
    /// Who sent it: a user's id, or `system`.
    pub sent_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub delivered_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
}

impl Devices {
    /// Sends a command to a device. It is tried until the device takes it or its time is over.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, the command is not one, or the store cannot be used.
    pub async fn send_command(
        &self,
        scope: &Scope,
        device: DeviceId,
        new: NewCommand,
    ) -> Result<Command, DeviceError> {
        scope.require(Permission::SendCommands)?;
        self.inner.directory.find(scope.tenant(), device).ok_or(DeviceError::NotFound)?;
        let timeout = check(&new)?;
        let now = self.inner.clock.now();
        let row = CommandRow {
            id: CommandId::generate(),
            tenant: scope.tenant(),
            device,
            name: new.name,
            params: new.params,
            status: CommandStatus::Sent.as_str().to_owned(),
            reply: None,
            sent_by: match scope.actor() {
                Actor::User { id, .. } => id.to_string(),
                Actor::Device(id) => id.to_string(),
                Actor::System(_) => "system".to_owned(),
            },
            created_at: now,
            expires_at: now.plus(timeout),
            delivered_at: None,
            answered_at: None,
        };
        rows::create(&self.inner.store, scope, &row).await?;
        {
            let _turn = self.inner.commands.turn.lock().await;
            // Those that waited before it go before it.
            for row in rows::waiting_for(&self.inner.store, scope, device, now, AT_ONCE).await? {
                self.try_to_deliver(&row).await?;
            }
        }
        self.command(scope, row.id).await
    }

    /// # Errors
    /// The role does not allow it, there is no such command, or the store cannot be used.
    pub async fn command(&self, scope: &Scope, id: CommandId) -> Result<Command, DeviceError> {
        scope.require(Permission::ReadAll)?;
        rows::find(&self.inner.store, scope, id).await?.try_into()
    }

    /// A device's commands, the latest first.
    ///
    /// # Errors
    /// The role does not allow it, there is no such device, the cursor is not ours, or the store cannot be used.
    pub async fn commands(
        &self,
        scope: &Scope,
        device: DeviceId,
        page: PageRequest,
    ) -> Result<Page<Command>, DeviceError> {
        scope.require(Permission::ReadAll)?;
        self.inner.directory.find(scope.tenant(), device).ok_or(DeviceError::NotFound)?;
        let Page { items, next_cursor } = rows::list(&self.inner.store, scope, device, &page).await?;
        let items = items.into_iter().map(Command::try_from).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// To be called in turn only: a command that is on its way already is not sent twice, one of QoS 0 would be.
    async fn try_to_deliver(&self, row: &CommandRow) -> Result<(), DeviceError> {
        if self.inner.commands.acknowledged.lock().contains_key(&(row.tenant, row.id)) {
            return Ok(());
        }
        let topic = format!("{TOPIC}{}", row.id);
        let payload = json!({"id": row.id, "name": row.name, "params": row.params}).to_string();
        match self.link().deliver(row.tenant, row.device, &topic, Bytes::from(payload)).await {
            Delivery::Sent => {
                let scope = SEEING_TO.within(row.tenant);
                rows::delivered(&self.inner.store, &scope, row.id, self.inner.clock.now()).await?;
            }
            Delivery::Queued | Delivery::NoSubscriber => {}
        }
        Ok(())
    }

    /// The device acknowledged what was delivered on `topic`. Returns at once; it is noted soon.
    pub fn acknowledged(&self, tenant: TenantId, topic: &str) {
        let Some(command) = topic.strip_prefix(TOPIC).and_then(|id| id.parse().ok()) else { return };
        let commands = &self.inner.commands;
        commands.acknowledged.lock().insert((tenant, command), self.inner.clock.now());
        commands.news.notify_one();
    }

    async fn note_acknowledged(&self) -> Result<(), DeviceError> {
        let acknowledged: Vec<_> = {
            let acknowledged = self.inner.commands.acknowledged.lock();
            acknowledged.iter().map(|(of, at)| (*of, *at)).collect()
        };
        for ((tenant, id), at) in acknowledged {
            rows::delivered(&self.inner.store, &SEEING_TO.within(tenant), id, at).await?;
            self.inner.commands.acknowledged.lock().remove(&(tenant, id));
        }
        Ok(())
    }

    /// Tries waiting commands again and marks those whose time is over, until cancelled.
    pub(crate) async fn see_to_commands(&self, cancel: CancellationToken) {
        let mut ticker = tokio::time::interval(EVERY);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = cancel.cancelled() => return,
                () = self.inner.commands.news.notified() => self.hear_of_commands().await,
                _ = ticker.tick() => self.see_to_commands_once().await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "could not see to commands; trying again");
            }
        }
    }

    async fn hear_of_commands(&self) -> Result<(), DeviceError> {
        let _turn = self.inner.commands.turn.lock().await;
        self.note_acknowledged().await
    }

    /// One round of [`Self::see_to_commands`].
    async fn see_to_commands_once(&self) -> Result<(), DeviceError> {
        let _turn = self.inner.commands.turn.lock().await;
        // Before the waiting ones are read: what was acknowledged does not wait.
        self.note_acknowledged().await?;
        let now = self.inner.clock.now();
        rows::expire_due(&self.inner.store, &SEEING_TO, now).await?;
        for row in rows::waiting(&self.inner.store, &SEEING_TO, now, AT_ONCE).await? {
            if self.is_connected(row.tenant, row.device) {
                self.try_to_deliver(&row).await?;
            }
        }
        Ok(())
    }

    fn is_connected(&self, tenant: TenantId, device: DeviceId) -> bool {
        self.inner.directory.find(tenant, device).is_some()
            && self.inner.twins.with(device, |twin| twin.connected).unwrap_or(false)
    }
}

fn check(new: &NewCommand) -> Result<Duration, DeviceError> {
    let known = |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-');
    if new.name.is_empty() || new.name.len() > 64 || !new.name.bytes().all(known) {
        return Err(DeviceError::invalid(
            "name",
            phrase!(
                "command_name",
                "a command's name has 1 to 64 letters, digits, _, . and -, such as reboot",
            ),
        ));
    }
    if new.params.to_string().len() > LARGEST_PARAMS {
        return Err(DeviceError::invalid(
            "params",
            phrase!("command_params_too_large", "a command's parameters have at most 64 KiB as JSON"),
        ));
    }
    let seconds = new.timeout_seconds.unwrap_or(DEFAULT_TIMEOUT);
    if !(1..=LONGEST_TIMEOUT).contains(&seconds) {
        return Err(DeviceError::invalid(
            "timeout_seconds",
            phrase!("command_timeout", "an answer can be waited for from 1 second to 7 days (604800)"),
        ));
    }
    Ok(Duration::from_secs(seconds.into()))
}

impl TryFrom<CommandRow> for Command {
    type Error = DeviceError;

    fn try_from(row: CommandRow) -> Result<Self, DeviceError> {
        let status =
            [CommandStatus::Sent, CommandStatus::Delivered, CommandStatus::Answered, CommandStatus::Expired]
                .into_iter()
                .find(|status| status.as_str() == row.status)
                .ok_or_else(|| {
                    let detail = format!("{:?} is no state of a command", row.status);
                    DeviceError::Store(store::StoreError::Internal { detail })
                })?;
        Ok(Self {
            id: row.id,
            device: row.device,
            name: row.name,
            params: row.params,
            status,
            reply: row.reply,
            sent_by: row.sent_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            delivered_at: row.delivered_at,
            answered_at: row.answered_at,
        })
    }
}

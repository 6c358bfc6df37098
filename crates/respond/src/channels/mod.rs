//! Channels: where notices go.

mod input;
mod secret;
pub(crate) mod target;

use std::sync::Arc;
use std::time::Duration;

use model::{ChannelId, Clock, Permission, Phrase, Scope, Severity, Timestamp, phrase};
use serde::Serialize;
use store::channels::Channel;
use store::notices::{Notice, NoticeFilter};
use store::{Page, PageRequest, Store};

pub use input::{ChannelChange, ChannelInput, ChannelKind};

use crate::error::RespondError;
use crate::notices::{Language, Notifier, no_mail_server};

/// After a rotation, deliveries carry the signature of the old secret, too, for this long.
const OVERLAP: Duration = Duration::from_secs(24 * 3600);

/// The channels of all tenants. Cloning shares it.
#[derive(Clone)]
pub struct Channels {
    store: Store,
    clock: Arc<dyn Clock>,
    notifier: Arc<Notifier>,
}

/// A channel as people see it: never with its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelView {
    pub id: ChannelId,
    pub name: String,
    pub kind: ChannelKind,
    pub target: String,
    pub min_severity: Severity,
    pub language: Language,
    pub enabled: bool,
    pub created_at: Timestamp,
}

/// A new channel, and the secret of a webhook, shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CreatedChannel {
    #[serde(flatten)]
    pub channel: ChannelView,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What came of a test message.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    pub ok: bool,
    /// What the other side answered, or why it could not be asked.
    pub detail: Phrase,
}

impl ChannelView {
    fn of(channel: &Channel) -> Self {
        Self {
            id: channel.id,
            name: channel.name.clone(),
            kind: ChannelKind::parse(&channel.kind),
            target: channel.target.clone(),
            min_severity: channel.min_severity,
            language: Language::parse(&channel.language),
            enabled: channel.enabled,
            created_at: channel.created_at,
        }
    }
}

impl Channels {
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, notifier: Arc<Notifier>) -> Self {
        Self { store, clock, notifier }
    }

    /// # Errors
    /// A field is not right, it is for mail and there is no mail server, or the role does not allow it.
    pub async fn create(&self, scope: &Scope, input: &ChannelInput) -> Result<CreatedChannel, RespondError> {
        scope.require(Permission::ManageSettings)?;
        if input.kind == ChannelKind::Email && !self.notifier.mails() {
            return Err(RespondError::invalid("target", no_mail_server()));
        }
        let secret = match input.kind {
            ChannelKind::Email => None,
            ChannelKind::Webhook => Some(secret::generate()),
        };
        let channel = Channel {
            id: ChannelId::generate(),
            name: input::name(&input.name)?,
            kind: input.kind.as_str().to_owned(),
            target: target::check(input.kind, &input.target)?,
            min_severity: input.min_severity,
            language: self.language(scope, input.language).await?.as_str().to_owned(),
            enabled: input.enabled,
            secret: secret.clone(),
            previous_secret: None,
            previous_secret_until: None,
            created_at: self.clock.now(),
        };
        store::channels::create(&self.store, scope, &channel).await?;
        Ok(CreatedChannel { channel: ChannelView::of(&channel), secret })
    }

    /// The one that was asked for, or that of whoever asks.
    async fn language(&self, scope: &Scope, asked: Option<Language>) -> Result<Language, RespondError> {
        match (asked, scope.user()) {
            (Some(language), _) => Ok(language),
            (None, Some(user)) => {
                Ok(Language::parse(&store::users::find(&self.store, scope, user).await?.language))
            }
            (None, None) => Ok(Language::default()),
        }
    }

    /// The oldest first.
    ///
    /// # Errors
    /// The store is out of reach.
    pub async fn list(&self, scope: &Scope) -> Result<Vec<ChannelView>, RespondError> {
        Ok(store::channels::list(&self.store, scope).await?.iter().map(ChannelView::of).collect())
    }

    /// # Errors
    /// There is no such channel in this tenant.
    pub async fn get(&self, scope: &Scope, id: ChannelId) -> Result<ChannelView, RespondError> {
        Ok(ChannelView::of(&store::channels::find(&self.store, scope, id).await?))
    }

    /// # Errors
    /// A field is not right, there is no such channel, or the role does not allow it.
    pub async fn update(
        &self,
        scope: &Scope,
        id: ChannelId,
        change: &ChannelChange,
    ) -> Result<ChannelView, RespondError> {
        scope.require(Permission::ManageSettings)?;
        let mut channel = store::channels::find(&self.store, scope, id).await?;
        if let Some(name) = &change.name {
            channel.name = input::name(name)?;
        }
        if let Some(target) = &change.target {
            channel.target = target::check(ChannelKind::parse(&channel.kind), target)?;
        }
        if let Some(severity) = change.min_severity {
            channel.min_severity = severity;
        }
        if let Some(language) = change.language {
            channel.language = language.as_str().to_owned();
        }
        if let Some(enabled) = change.enabled {
            channel.enabled = enabled;
        }
        store::channels::update(&self.store, scope, &channel).await?;
        Ok(ChannelView::of(&channel))
    }

    /// Gives a webhook a new secret, shown this once. For a day deliveries carry the signatures of both, so that the
    /// receiver can change over without losing any.
    ///
    /// # Errors
    /// There is no such webhook, or the role does not allow it.
    pub async fn rotate_secret(&self, scope: &Scope, id: ChannelId) -> Result<CreatedChannel, RespondError> {
        scope.require(Permission::ManageSettings)?;
        let channel = store::channels::find(&self.store, scope, id).await?;
        if channel.secret.is_none() {
            return Err(RespondError::invalid(
                "kind",
                phrase!("secret_of_email", "only webhooks have a secret"),
            ));
        }
        let secret = secret::generate();
        let until = self.clock.now().plus(OVERLAP);
        store::channels::rotate_secret(&self.store, scope, id, &secret, until).await?;
        Ok(CreatedChannel { channel: ChannelView::of(&channel), secret: Some(secret) })
    }

    /// With the record of what was sent there.
    ///
    /// # Errors
    /// There is no such channel, or the role does not allow it.
    pub async fn delete(&self, scope: &Scope, id: ChannelId) -> Result<(), RespondError> {
        scope.require(Permission::ManageSettings)?;
        Ok(store::channels::delete(&self.store, scope, id).await?)
    }

    /// Sends a message that says it is a test, now, and tells what came of it.
    ///
    /// # Errors
    /// There is no such channel, or the role does not allow it. A failed delivery is no error but the result.
    pub async fn test(&self, scope: &Scope, id: ChannelId) -> Result<TestResult, RespondError> {
        scope.require(Permission::ManageSettings)?;
        let channel = store::channels::find(&self.store, scope, id).await?;
        Ok(match self.notifier.send_test(&channel).await {
            Ok(detail) => TestResult { ok: true, detail },
            Err(failure) => TestResult { ok: false, detail: failure.detail },
        })
    }

    /// What was sent, or could not be, the newest first.
    ///
    /// # Errors
    /// A cursor that is not ours, or the store is out of reach.
    pub async fn notices(
        &self,
        scope: &Scope,
        filter: &NoticeFilter,
        page: &PageRequest,
    ) -> Result<Page<Notice>, RespondError> {
        Ok(store::notices::list(&self.store, scope, filter, page).await?)
    }
}

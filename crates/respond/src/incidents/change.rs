//! What people do with an incident, and what its state allows.

use model::{IncidentChangeKind, IncidentId, Permission, Phrase, Scope, Timestamp, UserId, phrase, text};
use store::Tx;
use store::incidents::{Incident, NewEntry};

use super::Incidents;
use super::consume::record;
use crate::error::RespondError;
use crate::notices::{NoticeKind, enqueue_all};

const LONGEST_TEXT: usize = 10_000;

/// One thing that a person does.
pub(super) enum Deed<'a> {
    Acknowledge,
    Resolve(Option<&'a str>),
    Reopen(Option<&'a str>),
    Comment(&'a str),
    Assign { to: Option<UserId>, name: Option<&'a str> },
}

impl Incidents {
    /// Somebody takes care of it.
    ///
    /// # Errors
    /// It is not open, there is no such incident, or the role does not allow it.
    pub async fn acknowledge(&self, scope: &Scope, id: IncidentId) -> Result<Incident, RespondError> {
        self.change(scope, id, Deed::Acknowledge).await
    }

    /// It is over. The next finding of its rule and device opens a new incident.
    ///
    /// # Errors
    /// It is resolved already, there is no such incident, or the role does not allow it.
    pub async fn resolve(
        &self,
        scope: &Scope,
        id: IncidentId,
        note: Option<&str>,
    ) -> Result<Incident, RespondError> {
        self.change(scope, id, Deed::Resolve(checked("note", note)?)).await
    }

    /// It was not over.
    ///
    /// # Errors
    /// It is not resolved, another incident of the same rule and device is open by now, there is no such incident, or
    /// the role does not allow it.
    pub async fn reopen(
        &self,
        scope: &Scope,
        id: IncidentId,
        note: Option<&str>,
    ) -> Result<Incident, RespondError> {
        match self.change(scope, id, Deed::Reopen(checked("note", note)?)).await {
            Err(RespondError::Store(error)) if error.is_conflict("incidents_tenant_id_rule_id_device_id") => {
                Err(refused(
                    phrase!(
                        "newer_incident",
                        "a newer incident of the same rule and device is unresolved, and new findings go there",
                    ),
                    phrase!(
                        "newer_incident_hint",
                        "handle the newer incident, and mention this one in a comment",
                    ),
                ))
            }
            other => other,
        }
    }

    /// # Errors
    /// There is no text, there is no such incident, or the role does not allow it.
    pub async fn comment(&self, scope: &Scope, id: IncidentId, text: &str) -> Result<Incident, RespondError> {
        let Some(text) = checked("text", Some(text))? else {
            return Err(RespondError::invalid("text", phrase!("comment_empty", "the comment is empty")));
        };
        self.change(scope, id, Deed::Comment(text)).await
    }

    /// One change: locked, decided, entered in the timeline, left for the journal, committed.
    pub(super) async fn change(
        &self,
        scope: &Scope,
        id: IncidentId,
        deed: Deed<'_>,
    ) -> Result<Incident, RespondError> {
        scope.require(Permission::HandleIncidents)?;
        let now = self.clock.now();
        let tx = self.store.begin().await?;
        store::incidents::lock(&tx, scope, id).await?;
        let mut incident = store::incidents::find(&tx, scope, id).await?;
        let (entry, kind) = apply(&tx, scope, &mut incident, deed, now).await?;
        let entry = NewEntry { actor: scope.user(), ..entry };
        store::incidents::add_entry(&tx, scope, id, &entry, now).await?;
        record(&tx, scope, &incident, kind, now).await?;
        tx.commit().await?;
        self.signals.outbox.notify_one();
        self.signals.notices.notify_one();
        Ok(incident)
    }
}

async fn apply<'a>(
    tx: &Tx,
    scope: &Scope,
    incident: &mut Incident,
    deed: Deed<'a>,
    now: Timestamp,
) -> Result<(NewEntry<'a>, IncidentChangeKind), RespondError> {
    let entry = |kind, text| NewEntry { kind, text, ..NewEntry::default() };
    match (deed, incident.status.as_str()) {
        (Deed::Acknowledge, "open") => {
            incident.status = "acknowledged".to_owned();
            incident.acknowledged_at = Some(now);
            save(tx, scope, incident).await?;
            Ok((entry("acknowledged", None), IncidentChangeKind::Acknowledged))
        }
        (Deed::Acknowledge, "acknowledged") => {
            let why = phrase!("acknowledged_already", "this incident is acknowledged already");
            Err(refused(why, phrase!("acknowledged_already_hint", "assign it, comment on it or resolve it")))
        }
        (Deed::Acknowledge, _) => {
            Err(refused(phrase!("incident_resolved", "this incident is resolved"), reopen_first()))
        }
        (Deed::Resolve(_), "resolved") => {
            Err(refused(phrase!("resolved_already", "this incident is resolved already"), reopen_first()))
        }
        (Deed::Resolve(note), _) => {
            incident.status = "resolved".to_owned();
            incident.resolved_at = Some(now);
            save(tx, scope, incident).await?;
            enqueue_all(tx, scope, incident, NoticeKind::Resolved, now).await?;
            Ok((entry("resolved", note), IncidentChangeKind::Resolved))
        }
        (Deed::Reopen(note), "resolved") => {
            incident.status = "open".to_owned();
            incident.acknowledged_at = None;
            incident.resolved_at = None;
            save(tx, scope, incident).await?;
            enqueue_all(tx, scope, incident, NoticeKind::Reopened, now).await?;
            Ok((entry("reopened", note), IncidentChangeKind::Reopened))
        }
        (Deed::Reopen(_), _) => {
            let why = phrase!("not_resolved", "this incident is not resolved, so there is nothing to reopen");
            Err(refused(why, phrase!("not_resolved_hint", "comment on it or assign it")))
        }
        (Deed::Comment(text), _) => Ok((entry("commented", Some(text)), IncidentChangeKind::Commented)),
        (Deed::Assign { .. }, "resolved") => {
            let why =
                phrase!("resolved_not_assigned", "this incident is resolved, so nobody needs to work on it");
            Err(refused(why, phrase!("resolved_not_assigned_hint", "reopen it first")))
        }
        (Deed::Assign { to, name }, _) => {
            store::incidents::set_assignee(tx, scope, incident.id, to).await?;
            incident.assignee = to;
            incident.assignee_name = name.map(str::to_owned);
            let kind = if to.is_some() { "assigned" } else { "unassigned" };
            Ok((entry(kind, name), IncidentChangeKind::Assigned))
        }
    }
}

async fn save(tx: &Tx, scope: &Scope, incident: &Incident) -> Result<(), RespondError> {
    let state = (incident.status.as_str(), incident.severity);
    let (acknowledged, resolved) = (incident.acknowledged_at, incident.resolved_at);
    Ok(store::incidents::set_state(tx, scope, incident.id, state, acknowledged, resolved).await?)
}

const fn refused(detail: Phrase, hint: Phrase) -> RespondError {
    RespondError::Transition { detail, hint }
}

fn reopen_first() -> Phrase {
    phrase!("reopen_first", "reopen it first, if it needs more work")
}

fn checked<'a>(field: &'static str, text: Option<&'a str>) -> Result<Option<&'a str>, RespondError> {
    match text.map(|text| text::prose(text, LONGEST_TEXT)).transpose() {
        Ok(text) => Ok(text.filter(|text| !text.is_empty())),
        Err(problem) => Err(RespondError::invalid(field, problem.phrase())),
    }
}

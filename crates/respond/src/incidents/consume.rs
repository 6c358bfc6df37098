//! From findings to incidents: join the unresolved one of the same rule and device, or open a new one.

use model::{
    DeviceId, Finding, IncidentChange, IncidentChangeKind, IncidentId, Scope, SystemScope, TenantId,
    Timestamp,
};
use store::incidents::{FindingRow, Incident, NewEntry};
use store::{StoreError, Tx};

use super::Incidents;
use crate::error::RespondError;
use crate::notices::{NoticeKind, enqueue_all};

/// A finding as the journal holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub tenant: TenantId,
    pub device: DeviceId,
    /// When we found it.
    pub at: Timestamp,
    pub finding: Finding,
}

/// What became of a batch of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consumed {
    pub opened: u64,
    pub joined: u64,
    /// Taken before.
    pub known: u64,
}

/// Another node may open an incident for the same rule and device at the same moment; then the batch is done again.
const TRIES: usize = 5;

impl Incidents {
    /// Takes findings, each once however often it comes, all in one transaction.
    ///
    /// # Errors
    /// The store is out of reach; nothing was taken.
    pub async fn consume(&self, findings: &[Found]) -> Result<Consumed, RespondError> {
        let consumed = match self.consume_together(findings).await {
            Err(RespondError::Store(error)) if error.is_conflict("foreign_key") => {
                self.consume_singly(findings).await?
            }
            other => other?,
        };
        if consumed.opened + consumed.joined > 0 {
            self.signals.outbox.notify_one();
            self.signals.notices.notify_one();
        }
        Ok(consumed)
    }

    async fn consume_together(&self, findings: &[Found]) -> Result<Consumed, RespondError> {
        let mut tries = 1;
        loop {
            match self.try_consume(findings).await {
                Err(RespondError::Store(StoreError::Conflict { .. })) if tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }

    /// A finding of a tenant that was deleted has nowhere to go, and must not keep the others.
    async fn consume_singly(&self, findings: &[Found]) -> Result<Consumed, RespondError> {
        let mut sum = Consumed::default();
        for found in findings {
            match self.consume_together(std::slice::from_ref(found)).await {
                Ok(one) => {
                    sum.opened += one.opened;
                    sum.joined += one.joined;
                    sum.known += one.known;
                }
                Err(RespondError::Store(error)) if error.is_conflict("foreign_key") => {
                    tracing::warn!(tenant.id = %found.tenant, "a finding belongs to a tenant that is gone");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(sum)
    }

    async fn try_consume(&self, findings: &[Found]) -> Result<Consumed, RespondError> {
        let mut consumed = Consumed::default();
        let tx = self.store.begin().await?;
        for found in findings {
            let scope = SystemScope::because("a rule fired").within(found.tenant);
            if store::incidents::has_finding(&tx, &scope, found.finding.id).await? {
                consumed.known += 1;
                continue;
            }
            let finding = &found.finding;
            match store::incidents::join_unresolved(&tx, &scope, finding.rule, found.device, found.at).await?
            {
                Some(id) => {
                    join(&tx, &scope, id, found).await?;
                    consumed.joined += 1;
                }
                None => {
                    open(&tx, &scope, found).await?;
                    consumed.opened += 1;
                }
            }
        }
        tx.commit().await?;
        Ok(consumed)
    }
}

async fn open(tx: &Tx, scope: &Scope, found: &Found) -> Result<(), RespondError> {
    let finding = &found.finding;
    let incident = Incident {
        id: IncidentId::generate(),
        number: store::incidents::next_number(tx, scope).await?,
        rule: finding.rule,
        rule_name: finding.rule_name.clone(),
        device: found.device,
        device_name: None,
        title: finding.rule_name.clone(),
        severity: finding.severity,
        status: "open".to_owned(),
        assignee: None,
        assignee_name: None,
        findings: 1,
        opened_at: found.at,
        last_finding_at: found.at,
        acknowledged_at: None,
        resolved_at: None,
    };
    store::incidents::open(tx, scope, &incident).await?;
    add(tx, scope, &incident, found, "opened").await?;
    enqueue_all(tx, scope, &incident, NoticeKind::Opened, found.at).await?;
    record(tx, scope, &incident, IncidentChangeKind::Opened, found.at).await?;
    tracing::info!(
        incident.id = %incident.id, tenant.id = %scope.tenant(), device.id = %found.device, rule.id = %finding.rule,
        number = incident.number, "an incident opened"
    );
    Ok(())
}

async fn join(tx: &Tx, scope: &Scope, id: IncidentId, found: &Found) -> Result<(), RespondError> {
    let mut incident = store::incidents::find(tx, scope, id).await?;
    add(tx, scope, &incident, found, "finding").await?;
    if found.finding.severity > incident.severity {
        let text = format!("{} → {}", incident.severity, found.finding.severity);
        incident.severity = found.finding.severity;
        let state = (incident.status.as_str(), incident.severity);
        store::incidents::set_state(tx, scope, id, state, incident.acknowledged_at, incident.resolved_at)
            .await?;
        let entry = NewEntry { kind: "escalated", text: Some(&text), ..NewEntry::default() };
        store::incidents::add_entry(tx, scope, id, &entry, found.at).await?;
        enqueue_all(tx, scope, &incident, NoticeKind::Escalated, found.at).await?;
    }
    record(tx, scope, &incident, IncidentChangeKind::FindingJoined, found.at).await
}

async fn add(
    tx: &Tx,
    scope: &Scope,
    incident: &Incident,
    found: &Found,
    kind: &str,
) -> Result<(), RespondError> {
    let finding = &found.finding;
    let row = FindingRow {
        id: finding.id,
        rule: finding.rule,
        device: found.device,
        incident: incident.id,
        severity: finding.severity,
        ts: finding.ts,
        at: found.at,
        title: finding.title.clone(),
        evidence: finding.evidence.clone(),
    };
    store::incidents::add_finding(tx, scope, &row).await?;
    let entry = NewEntry { kind, finding: Some(finding.id), ..NewEntry::default() };
    store::incidents::add_entry(tx, scope, incident.id, &entry, found.at).await?;
    Ok(())
}

/// Leaves the change for the journal.
pub(super) async fn record(
    tx: &Tx,
    scope: &Scope,
    incident: &Incident,
    kind: IncidentChangeKind,
    at: Timestamp,
) -> Result<(), RespondError> {
    let change = IncidentChange {
        incident: incident.id,
        kind,
        title: incident.title.clone(),
        severity: incident.severity,
        status: incident.status.clone(),
    };
    store::incidents::push(tx, scope, incident.device, &change, at).await?;
    Ok(())
}

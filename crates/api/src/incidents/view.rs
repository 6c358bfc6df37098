use std::collections::BTreeMap;

use model::Severity;
use respond::{Incident, IncidentCounts, IncidentDetail, TimelineFinding, TimelineRow};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::when::When;

/// Something or somebody with a name.
#[derive(Serialize, ToSchema)]
pub struct Named {
    id: Uuid,
    /// Null when it is gone.
    name: Option<String>,
}

/// Findings that belong together.
#[derive(Serialize, ToSchema)]
pub struct IncidentSummary {
    id: Uuid,
    /// Short, for people to speak of: #12.
    number: i64,
    title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`
    #[schema(value_type = String)]
    severity: Severity,
    /// `open`, `acknowledged` or `resolved`
    status: String,
    device: Named,
    rule: Named,
    assignee: Option<Named>,
    /// How many.
    findings: i64,
    opened_at: When,
    last_finding_at: When,
    acknowledged_at: Option<When>,
    resolved_at: Option<When>,
}

impl From<Incident> for IncidentSummary {
    fn from(incident: Incident) -> Self {
        let assignee_name = incident.assignee_name;
        Self {
            id: incident.id.0,
            number: incident.number,
            title: incident.title,
            severity: incident.severity,
            status: incident.status,
            device: Named { id: incident.device.0, name: incident.device_name },
            rule: Named { id: incident.rule.0, name: Some(incident.rule_name) },
            assignee: incident.assignee.map(|user| Named { id: user.0, name: assignee_name }),
            findings: incident.findings,
            opened_at: When(incident.opened_at),
            last_finding_at: When(incident.last_finding_at),
            acknowledged_at: incident.acknowledged_at.map(When),
            resolved_at: incident.resolved_at.map(When),
        }
    }
}

/// An incident with what happened to it.
#[derive(Serialize, ToSchema)]
pub struct IncidentView {
    #[serde(flatten)]
    summary: IncidentSummary,
    /// The oldest first.
    timeline: Vec<TimelineEntry>,
}

impl From<IncidentDetail> for IncidentView {
    fn from(detail: IncidentDetail) -> Self {
        Self {
            summary: detail.incident.into(),
            timeline: detail.timeline.into_iter().map(TimelineEntry::from).collect(),
        }
    }
}

/// One thing that happened to an incident.
#[derive(Serialize, ToSchema)]
pub struct TimelineEntry {
    id: Uuid,
    at: When,
    /// `opened`, `finding`, `escalated`, `acknowledged`, `assigned`, `unassigned`, `commented`, `resolved` or
    /// `reopened`
    kind: String,
    /// Null for the system.
    actor: Option<Named>,
    text: Option<String>,
    finding: Option<FindingView>,
}

impl From<TimelineRow> for TimelineEntry {
    fn from(row: TimelineRow) -> Self {
        let name = row.actor_name;
        Self {
            id: row.id,
            at: When(row.at),
            kind: row.kind,
            actor: row.actor.map(|user| Named { id: user.0, name }),
            text: row.text,
            finding: row.finding.map(FindingView::from),
        }
    }
}

/// One match of a rule.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    id: Uuid,
    title: String,
    #[schema(value_type = String)]
    severity: Severity,
    ts: When,
    /// The event, or the field, value and limit.
    #[schema(value_type = Object)]
    evidence: Json,
}

impl From<TimelineFinding> for FindingView {
    fn from(finding: TimelineFinding) -> Self {
        Self {
            id: finding.id.0,
            title: finding.title,
            severity: finding.severity,
            ts: When(finding.ts),
            evidence: finding.evidence,
        }
    }
}

/// Of the whole tenant, whatever the filter.
#[derive(Serialize, ToSchema)]
pub struct IncidentCountsView {
    open: u64,
    acknowledged: u64,
    resolved: u64,
    /// The unresolved ones.
    active_by_severity: BTreeMap<String, u64>,
}

impl From<IncidentCounts> for IncidentCountsView {
    fn from(counts: IncidentCounts) -> Self {
        let by_severity = counts.active_by_severity.into_iter();
        Self {
            open: counts.open.unsigned_abs(),
            acknowledged: counts.acknowledged.unsigned_abs(),
            resolved: counts.resolved.unsigned_abs(),
            active_by_severity: by_severity
                .map(|(severity, count)| (severity.to_string(), count.unsigned_abs()))
                .collect(),
        }
    }
}

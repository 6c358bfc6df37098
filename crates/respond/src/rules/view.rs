//! A rule as people see it: what it says, what it did lately, and whether it runs.

use detect::{Compiled, Rule, RuleError, RuleSpec, compile};
use model::{DeviceId, Phrase, RuleId, Severity, Timestamp, UserId, phrase};
use serde::Serialize;
use store::rules::RuleWithStats;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleView {
    pub id: RuleId,
    pub name: String,
    pub description: String,
    pub severity: Severity,
    pub enabled: bool,
    pub spec: RuleSpec,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub findings_7d: i64,
    pub last_fired_at: Option<Timestamp>,
    pub state: RuleState,
    /// What it listens to.
    pub listens: Option<Phrase>,
    /// Why it does not run.
    pub error: Option<Phrase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    Active,
    /// It runs, but only events of a special form reach it, or the devices that it names were deleted.
    Waiting,
    Disabled,
    Broken,
}

impl RuleView {
    pub(super) fn of(row: RuleWithStats) -> Self {
        let compiled = compile_row(&row.rule);
        Self::with(row, compiled)
    }

    pub(super) fn with(row: RuleWithStats, compiled: Result<Compiled, RuleError>) -> Self {
        let RuleWithStats { rule, findings, last_fired_at } = row;
        let listening = compiled.as_ref().ok().map(Compiled::listening);
        let state = match (&listening, rule.enabled) {
            (None, _) => RuleState::Broken,
            (_, false) => RuleState::Disabled,
            (Some(listening), true) if listening.to_devices => RuleState::Active,
            _ => RuleState::Waiting,
        };
        let spec = match &compiled {
            Ok(compiled) => compiled.rule().spec.clone(),
            // Shown as it was saved, so that it can be repaired.
            Err(_) => serde_json::from_value(rule.spec.clone())
                .unwrap_or_else(|_| RuleSpec::Sigma { yaml: rule.spec.to_string() }),
        };
        Self {
            id: rule.id,
            name: rule.name,
            description: rule.description,
            severity: rule.severity,
            enabled: rule.enabled,
            spec,
            version: rule.version,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
            updated_by: rule.updated_by,
            findings_7d: findings,
            last_fired_at,
            state,
            listens: listening.map(|listening| listening.note),
            error: compiled.err().map(|error| error.phrase()),
        }
    }

    /// The only devices that it watches, if it names any.
    pub(super) fn devices(&self) -> &[DeviceId] {
        match &self.spec {
            RuleSpec::Sigma { .. } => &[],
            RuleSpec::Threshold { devices, .. }
            | RuleSpec::RateOfChange { devices, .. }
            | RuleSpec::Absence { devices, .. } => devices.as_deref().unwrap_or_default(),
        }
    }

    /// All devices that it names were deleted.
    pub(super) fn watches_nothing(&mut self) {
        if self.state == RuleState::Active {
            self.state = RuleState::Waiting;
        }
        if self.error.is_none() {
            self.listens = Some(phrase!(
                "watches_deleted_devices",
                "watches nothing: the devices that it names were deleted; name others, or delete the rule",
            ));
        }
    }
}

pub(super) fn to_detect(row: &store::rules::Rule, spec: RuleSpec) -> Rule {
    Rule {
        id: row.id,
        tenant: row.tenant,
        name: row.name.clone(),
        description: row.description.clone(),
        enabled: row.enabled,
        severity: row.severity,
        spec,
    }
}

pub(crate) fn compile_row(row: &store::rules::Rule) -> Result<Compiled, RuleError> {
    let spec = serde_json::from_value(row.spec.clone()).map_err(|error| RuleError {
        message: phrase!("saved_rule", "the saved rule cannot be read: {error}", error = error.to_string()),
        line: None,
        column: None,
        field: Some("spec"),
        hint: Some(phrase!("saved_rule_hint", "save it anew, or delete it")),
    })?;
    compile(&to_detect(row, spec))
}

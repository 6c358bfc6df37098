use detect::RuleSpec;
use model::Severity;
use respond::RuleView;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::spec::RuleSpecSchema;
use crate::phrase::PhraseView;
use crate::stream::spelled;
use crate::when::When;

/// A rule, what it did lately, and whether it runs.
#[derive(Serialize, ToSchema)]
pub struct Rule {
    id: Uuid,
    name: String,
    description: String,
    /// `informational`, `low`, `medium`, `high` or `critical`
    #[schema(value_type = String)]
    severity: Severity,
    enabled: bool,
    #[schema(value_type = RuleSpecSchema)]
    spec: RuleSpec,
    /// Rises with every change.
    version: i64,
    created_at: When,
    updated_at: When,
    updated_by: Option<Uuid>,
    findings_7d: i64,
    last_fired_at: Option<When>,
    /// `active`, `waiting` (no device sends what it listens to), `disabled` or `broken`
    state: String,
    /// What it listens to, as a sentence.
    listens: Option<String>,
    listens_phrase: Option<PhraseView>,
    /// Why it does not run.
    error: Option<String>,
    error_phrase: Option<PhraseView>,
}

impl From<RuleView> for Rule {
    fn from(rule: RuleView) -> Self {
        Self {
            id: rule.id.0,
            name: rule.name,
            description: rule.description,
            severity: rule.severity,
            enabled: rule.enabled,
            spec: rule.spec,
            version: rule.version,
            created_at: When(rule.created_at),
            updated_at: When(rule.updated_at),
            updated_by: rule.updated_by.map(|user| user.0),
            findings_7d: rule.findings_7d,
            last_fired_at: rule.last_fired_at.map(When),
            state: spelled(&rule.state),
            listens_phrase: rule.listens.as_ref().and_then(PhraseView::of),
            listens: rule.listens.map(|listens| listens.to_string()),
            error_phrase: rule.error.as_ref().and_then(PhraseView::of),
            error: rule.error.map(|error| error.to_string()),
        }
    }
}

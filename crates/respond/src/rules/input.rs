//! A rule as a person sends it.

use detect::{RuleSpec, read_sigma};
use model::{RuleId, Scope, Severity, Timestamp, phrase};
use serde::{Deserialize, Serialize};

use crate::error::RespondError;

/// A Sigma rule brings its own name, description and level; what is given here wins over them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleInput {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub severity: Option<Severity>,
    /// A new rule is enabled, and a saved one stays as it was, when this is absent.
    #[serde(default)]
    pub enabled: Option<bool>,
    pub spec: RuleSpec,
}

const LONGEST_NAME: usize = 200;
const LONGEST_DESCRIPTION: usize = 10_000;

impl RuleInput {
    pub(super) fn to_rule(
        &self,
        scope: &Scope,
        id: RuleId,
        now: Timestamp,
    ) -> Result<store::rules::Rule, RespondError> {
        let draft = match &self.spec {
            RuleSpec::Sigma { yaml } => Some(read_sigma(yaml)?),
            _ => None,
        };
        let given = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let name = given(&self.name)
            .or_else(|| draft.as_ref().map(|draft| draft.title.chars().take(LONGEST_NAME).collect()))
            .ok_or_else(|| {
                RespondError::invalid(
                    "name",
                    phrase!(
                        "rule_name_needed",
                        "the rule has no name; say what it warns of, such as: Oven too hot",
                    ),
                )
            })?;
        if name.chars().count() > LONGEST_NAME {
            return Err(RespondError::invalid(
                "name",
                phrase!("name_longer", "the name is longer than {most} characters", most = LONGEST_NAME),
            ));
        }
        let description = given(&self.description)
            .or_else(|| draft.as_ref().map(|draft| draft.description.clone()))
            .unwrap_or_default();
        if description.chars().count() > LONGEST_DESCRIPTION {
            let detail = phrase!(
                "description_longer",
                "the description is longer than {most} characters",
                most = LONGEST_DESCRIPTION,
            );
            return Err(RespondError::invalid("description", detail));
        }
        let severity =
            self.severity.or_else(|| draft.map(|draft| draft.severity)).unwrap_or(Severity::Medium);
        let spec = serde_json::to_value(&self.spec).map_err(|_| {
            RespondError::invalid(
                "spec",
                phrase!("rule_number", "the rule holds a number that JSON cannot carry"),
            )
        })?;
        Ok(store::rules::Rule {
            id,
            tenant: scope.tenant(),
            name,
            description,
            severity,
            enabled: self.enabled.unwrap_or(true),
            kind: self.spec.kind().to_owned(),
            spec,
            version: 1,
            created_at: now,
            updated_at: now,
            updated_by: scope.user(),
        })
    }
}

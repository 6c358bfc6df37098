//! A rule as a person sends it.

use detect::{RuleError, RuleSpec, read_sigma};
use model::{DeviceId, RuleId, Scope, Severity, Timestamp, phrase, text};
use serde::{Deserialize, Serialize};

use crate::error::RespondError;

/// A Sigma rule brings its own name, description and level; what is given here wins over them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// What the Sigma specification allows a title.
const LONGEST_NAME: usize = 256;
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
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let name = match (given(&self.name), &draft) {
            (Some(name), _) => one_line("name", &name)?,
            // What is wrong with its title is wrong in the rule's text.
            (None, Some(draft)) => one_line("spec", &draft.title)?,
            (None, None) => String::new(),
        };
        if name.is_empty() {
            let detail = phrase!(
                "rule_name_needed",
                "the rule has no name; say what it warns of, such as: Oven too hot",
            );
            return Err(RespondError::invalid("name", detail));
        }
        let description = given(&self.description)
            .or_else(|| draft.as_ref().map(|draft| draft.description.clone()))
            .unwrap_or_default();
        let description = text::prose(&description, LONGEST_DESCRIPTION)
            .map_err(|problem| RespondError::invalid("description", problem.phrase()))?
            .to_owned();
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

/// A deleted device is none, either.
pub(super) fn no_such_device(device: DeviceId) -> RuleError {
    RuleError {
        message: phrase!(
            "rule_device_unknown",
            "the rule names the device {device}, and there is no such device",
            device = device.to_string(),
        ),
        line: None,
        column: None,
        field: Some("devices"),
        hint: Some(phrase!(
            "rule_device_unknown_hint",
            "take it out of the list, or leave the list out to watch all devices of the profile",
        )),
    }
}

/// It would never hear anything of it.
pub(super) fn device_of_another_profile(device: &store::devices::Device, profile: &str) -> RuleError {
    RuleError {
        message: phrase!(
            "rule_device_profile",
            "the rule watches the profile {profile}, and its device {device} is of the profile {other}",
            profile = profile,
            device = device.name.as_str(),
            other = device.profile.as_str(),
        ),
        line: None,
        column: None,
        field: Some("devices"),
        hint: Some(phrase!(
            "rule_device_profile_hint",
            "take the device out of the list, or make a rule of its own for its profile",
        )),
    }
}

fn one_line(field: &'static str, name: &str) -> Result<String, RespondError> {
    match text::line(name, LONGEST_NAME) {
        Ok(name) => Ok(name.to_owned()),
        Err(problem) if field == "spec" => {
            let detail =
                phrase!("rule_title_wrong", "the rule's title: {problem}", problem = problem.phrase());
            Err(RespondError::invalid(field, detail))
        }
        Err(problem) => Err(RespondError::invalid(field, problem.phrase())),
    }
}

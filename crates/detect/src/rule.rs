//! What a rule says. The JSON form (tag `kind`) is what the API takes and the store keeps.

use model::{DeviceId, RuleId, Severity, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A rule of one tenant. It only ever sees its own tenant's records.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub id: RuleId,
    pub tenant: TenantId,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub severity: Severity,
    pub spec: RuleSpec,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleSpec {
    /// A Sigma rule over devices' events.
    Sigma { yaml: String },
    /// A field stays beyond a limit for a hold time.
    Threshold {
        /// Slug of the profile whose devices it watches.
        profile: String,
        /// Only these devices of the profile; all of them when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        devices: Option<Vec<DeviceId>>,
        field: String,
        op: Op,
        limit: f64,
        /// The value must come back to this level before the rule can fire again; the limit itself when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear: Option<f64>,
        /// How long, by the device's own time, the field must stay beyond the limit.
        #[serde(default)]
        hold_s: u64,
    },
    /// A device that was heard before says nothing for a while.
    Absence {
        /// Any profile when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        devices: Option<Vec<DeviceId>>,
        after_s: u64,
    },
    /// A field moves by at least so much within a window.
    RateOfChange {
        profile: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        devices: Option<Vec<DeviceId>>,
        field: String,
        by: f64,
        within_s: u64,
        #[serde(default)]
        direction: Direction,
        /// The change within the window must fall to this before the rule can fire again; `by` itself when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear: Option<f64>,
        #[serde(default)]
        hold_s: u64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Above,
    Below,
}

impl Op {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Rise,
    Fall,
    #[default]
    Either,
}

impl RuleSpec {
    /// The `kind` tag.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Sigma { .. } => "sigma",
            Self::Threshold { .. } => "threshold",
            Self::Absence { .. } => "absence",
            Self::RateOfChange { .. } => "rate_of_change",
        }
    }

    /// Two specs with the same fingerprint behave alike, so that what one has seen so far holds for the other.
    pub(crate) fn fingerprint(&self) -> u64 {
        let text = serde_json::to_vec(self).unwrap_or_default();
        let digest = Sha256::digest(&text);
        digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_names_the_kind_and_leaves_out_what_is_not_set() {
        let spec: RuleSpec = serde_json::from_str(
            r#"{"kind":"threshold","profile":"machine","field":"temperature","op":"above","limit":100}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&spec).unwrap(),
            r#"{"kind":"threshold","profile":"machine","field":"temperature","op":"above","limit":100.0,"hold_s":0}"#
        );
    }

    #[test]
    fn a_misspelt_field_is_refused_by_name() {
        let error = serde_json::from_str::<RuleSpec>(r#"{"kind":"absence","afters":3}"#).unwrap_err();
        assert!(error.to_string().contains("afters"), "{error}");
    }
}

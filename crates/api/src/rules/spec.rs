//! The forms of a rule, for the document. Reading and writing them is `detect`'s.

use utoipa::ToSchema;
use uuid::Uuid;

/// What a rule watches for.
#[derive(ToSchema)]
#[schema(as = RuleSpec)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(dead_code, reason = "only its schema is used")]
pub enum RuleSpecSchema {
    /// A Sigma rule over devices' security events.
    Sigma { yaml: String },
    /// A field stays beyond a limit for a while.
    Threshold {
        profile: String,
        /// Only these devices; all of the profile when left out.
        devices: Option<Vec<Uuid>>,
        field: String,
        /// `above` or `below`
        op: String,
        limit: f64,
        /// The value must come back to here before the rule can fire again.
        clear: Option<f64>,
        /// Seconds that it must stay beyond the limit.
        #[schema(required = false)]
        hold_s: u64,
    },
    /// A device says nothing for a while.
    Absence {
        /// Any profile when left out.
        profile: Option<String>,
        devices: Option<Vec<Uuid>>,
        after_s: u64,
    },
    /// A field moves by so much within a time.
    RateOfChange {
        profile: String,
        devices: Option<Vec<Uuid>>,
        field: String,
        by: f64,
        within_s: u64,
        /// `rise`, `fall` or `either`
        #[schema(required = false)]
        direction: String,
        clear: Option<f64>,
        #[schema(required = false)]
        hold_s: u64,
    },
}

/// A rule as it is sent. A Sigma rule brings its own name, description and level.
#[derive(ToSchema)]
#[schema(as = RuleInput)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct RuleInputSchema {
    name: Option<String>,
    description: Option<String>,
    /// `informational`, `low`, `medium`, `high` or `critical`
    severity: Option<String>,
    enabled: Option<bool>,
    spec: RuleSpecSchema,
}

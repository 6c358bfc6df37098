//! Detection rules as they were saved. What a spec means is `detect`'s business: here it is JSON.

mod create;
mod delete;
mod find;
mod list;
mod revision;
mod update;

use model::{RuleId, Severity, TenantId, Timestamp, UserId};

use crate::{FromRow, Result, Row};

pub use create::create;
pub use delete::delete;
pub use find::{enabled, find};
pub use list::{RuleFilter, list};
pub use revision::revision;
pub use update::{set_enabled, update};

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub id: RuleId,
    pub tenant: TenantId,
    pub name: String,
    pub description: String,
    pub severity: Severity,
    pub enabled: bool,
    pub kind: String,
    pub spec: serde_json::Value,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
}

/// A rule with what it did lately.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleWithStats {
    pub rule: Rule,
    /// Findings since the moment that the caller named.
    pub findings: i64,
    pub last_fired_at: Option<Timestamp>,
}

pub(super) const COLUMNS: &str = "r.id, r.tenant_id, r.name, r.description, r.severity, r.enabled, r.kind, r.spec, \
     r.version, r.created_at, r.updated_at, r.updated_by";

/// Columns of [`RuleWithStats`]; the moment to count from is `$2`.
pub(super) const STATS: &str = "\
     (SELECT COUNT(*) FROM findings f WHERE f.tenant_id = r.tenant_id AND f.rule_id = r.id AND f.at >= $2) AS findings, \
     (SELECT MAX(f.at) FROM findings f WHERE f.tenant_id = r.tenant_id AND f.rule_id = r.id) AS last_fired_at";

impl FromRow for Rule {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            tenant: row.get("tenant_id")?,
            name: row.get("name")?,
            description: row.get("description")?,
            severity: row.get("severity")?,
            enabled: row.get("enabled")?,
            kind: row.get("kind")?,
            spec: row.json("spec")?,
            version: row.get("version")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            updated_by: row.get("updated_by")?,
        })
    }
}

impl FromRow for RuleWithStats {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            rule: Rule::from_row(row)?,
            findings: row.get("findings")?,
            last_fired_at: row.get("last_fired_at")?,
        })
    }
}

//! Findings with ids that follow from their cause, so that replaying the journal after a crash makes them again, not anew.

use model::{DeviceId, Finding, FindingId, RuleId, Timestamp};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::rule::Rule;

/// What made a rule fire: the record (its offset in the journal), the point within it and that point's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    pub offset: u64,
    pub point: u64,
    pub ts: Timestamp,
}

/// The id of the finding that `rule` makes for `device` because of `cause`.
#[must_use]
pub fn finding_id(rule: RuleId, device: DeviceId, cause: Cause) -> FindingId {
    let digest = Sha256::new()
        .chain_update(rule.as_bytes())
        .chain_update(device.as_bytes())
        .chain_update(cause.offset.to_be_bytes())
        .chain_update(cause.point.to_be_bytes())
        .chain_update(cause.ts.as_micros().to_be_bytes())
        .finalize();
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    FindingId(Uuid::new_v8(bytes))
}

pub fn make(
    rule: &Rule,
    device: DeviceId,
    cause: Cause,
    ts: Timestamp,
    title: String,
    evidence: &Json,
) -> Finding {
    Finding {
        id: finding_id(rule.id, device, cause),
        rule: rule.id,
        rule_name: rule.name.clone(),
        severity: rule.severity,
        ts,
        title,
        evidence: evidence.to_string(),
    }
}

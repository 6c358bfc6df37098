//! A rule tried on history, by the detector that runs live. The caller feeds what was stored, in the order of time.

use std::sync::Arc;

use detect::{Compiled, Detector, Hit};
use model::{Body, DeviceEvent, DeviceId, Point, Record, Telemetry, TenantId, Timestamp, Value};
use serde::Serialize;
use serde_json::Value as Json;

/// How many findings a preview lists; all are counted.
const LISTED: usize = 500;

/// A preview under way.
pub struct Preview {
    tenant: TenantId,
    profile: String,
    detector: Detector,
    examined: u64,
    count: u64,
    findings: Vec<PreviewFinding>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewFinding {
    pub device: DeviceId,
    pub ts: Timestamp,
    pub title: String,
    /// As [`model::Finding`] has it.
    pub evidence: Json,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PreviewResult {
    pub from: Timestamp,
    pub to: Timestamp,
    /// Rows and events looked at.
    pub examined: u64,
    pub count: u64,
    pub findings: Vec<PreviewFinding>,
    /// Not every finding is listed.
    pub truncated: bool,
    pub sentence: String,
}

impl Preview {
    #[must_use]
    pub fn new(rule: Compiled) -> Self {
        let tenant = rule.tenant();
        let profile = rule.profile().unwrap_or_default().to_owned();
        Self {
            tenant,
            profile,
            detector: Detector::new(vec![rule]),
            examined: 0,
            count: 0,
            findings: Vec::new(),
        }
    }

    /// A stored row of measurements, of the rule's profile.
    pub fn row(&mut self, device: DeviceId, ts: Timestamp, values: Vec<(Arc<str>, Value)>) {
        let profile = self.profile.clone();
        let body = Body::Telemetry(Telemetry::of(profile, vec![Point { ts, values }]));
        self.look(device, ts, body);
    }

    /// A stored event.
    pub fn event(&mut self, device: DeviceId, ts: Timestamp, profile: &str, json: String) {
        let body = Body::Event(DeviceEvent { profile: profile.to_owned(), ts, identity: None, json });
        self.look(device, ts, body);
    }

    fn look(&mut self, device: DeviceId, ts: Timestamp, body: Body) {
        let record = Record { tenant: self.tenant, device: Some(device), at: ts, body };
        let hits = self.detector.observe(self.examined, &record);
        self.examined += 1;
        self.take(hits);
    }

    fn take(&mut self, hits: Vec<Hit>) {
        for hit in hits {
            self.count += 1;
            if self.findings.len() < LISTED {
                self.findings.push(PreviewFinding {
                    device: hit.device,
                    ts: hit.finding.ts,
                    title: hit.finding.title,
                    evidence: serde_json::from_str(&hit.finding.evidence).unwrap_or_default(),
                });
            }
        }
    }

    /// `from` and `to` are what the caller fed; silence is counted up to `to`, but what is still to come is none.
    #[must_use]
    pub fn finish(mut self, from: Timestamp, to: Timestamp, now: Timestamp) -> PreviewResult {
        let hits = self.detector.tick(to.min(now));
        self.take(hits);
        let span = span(from, to);
        let sentence = match (self.examined, self.count) {
            (0, _) => format!("there is no stored data for this rule in {span}"),
            (_, 0) => format!("would not have fired in {span}"),
            (_, 1) => format!("would have fired once in {span}"),
            (_, count) => format!("would have fired {count} times in {span}"),
        };
        let truncated = self.count > self.findings.len() as u64;
        PreviewResult {
            from,
            to,
            examined: self.examined,
            count: self.count,
            findings: self.findings,
            truncated,
            sentence,
        }
    }
}

fn span(from: Timestamp, to: Timestamp) -> String {
    let hours = to.since(from).as_secs().div_ceil(3600);
    match hours {
        ..=1 => "the hour looked at".to_owned(),
        2..48 => format!("the {hours} hours looked at"),
        _ => format!("the {} days looked at", hours.div_ceil(24)),
    }
}

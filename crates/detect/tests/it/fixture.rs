//! Rules and records in a few words.

use detect::{Detector, Hit, Rule, RuleSpec, compile};
use model::{
    Body, DeviceEvent, DeviceId, Point, Record, RuleId, Severity, Telemetry, TenantId, Timestamp, Value,
};

pub const START: i64 = 1_700_000_000;

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis((START + seconds) * 1000)
}

pub fn spec(json: &str) -> RuleSpec {
    serde_json::from_str(json).unwrap()
}

pub fn rule(tenant: TenantId, spec: RuleSpec) -> Rule {
    Rule {
        id: RuleId::generate(),
        tenant,
        name: "Too hot".into(),
        description: String::new(),
        enabled: true,
        severity: Severity::High,
        spec,
    }
}

/// A detector with one rule, and a device to feed it with.
pub struct Bench {
    pub tenant: TenantId,
    pub device: DeviceId,
    pub rule: Rule,
    pub detector: Detector,
    pub offset: u64,
}

impl Bench {
    pub fn new(spec_json: &str) -> Self {
        let tenant = TenantId::generate();
        let rule = rule(tenant, spec(spec_json));
        let detector = Detector::new(vec![compile(&rule).unwrap()]);
        Self { tenant, device: DeviceId::generate(), rule, detector, offset: 0 }
    }

    pub fn sigma(yaml: &str) -> Self {
        Self::new(&serde_json::json!({ "kind": "sigma", "yaml": yaml }).to_string())
    }

    /// A value of the field `temperature`, measured and received at that second.
    pub fn measure(&mut self, second: i64, value: f64) -> Vec<Hit> {
        let record = telemetry(self.tenant, self.device, second, value);
        self.observe(&record)
    }

    /// Values that came in one batch, each with its second.
    pub fn measure_all(&mut self, values: &[(i64, f64)]) -> Vec<Hit> {
        let mut record = telemetry(self.tenant, self.device, 0, 0.0);
        let point = |(second, value): &(i64, f64)| Point {
            ts: at(*second),
            values: vec![("temperature".into(), Value::Number(*value))],
        };
        record.body = Body::Telemetry(Telemetry::of("oven", values.iter().map(point).collect()));
        self.observe(&record)
    }

    pub fn event(&mut self, second: i64, json: &str) -> Vec<Hit> {
        let record = event(self.tenant, self.device, second, json);
        self.observe(&record)
    }

    pub fn observe(&mut self, record: &Record) -> Vec<Hit> {
        let hits = self.detector.observe(self.offset, record);
        self.offset += 1;
        hits
    }
}

pub fn telemetry(tenant: TenantId, device: DeviceId, second: i64, value: f64) -> Record {
    let points = vec![Point { ts: at(second), values: vec![("temperature".into(), Value::Number(value))] }];
    let body = Body::Telemetry(Telemetry::of("oven", points));
    Record { tenant, device: Some(device), at: at(second), body }
}

pub fn event(tenant: TenantId, device: DeviceId, second: i64, json: &str) -> Record {
    let body = Body::Event(DeviceEvent {
        profile: "camera".into(),
        ts: at(second),
        identity: None,
        json: json.into(),
    });
    Record { tenant, device: Some(device), at: at(second), body }
}

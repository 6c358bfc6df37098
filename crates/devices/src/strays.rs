//! Replies to commands that their device was never sent: acknowledged, because they are on disk, and told to whoever looks
//! after the device.

use std::collections::BTreeMap;

use bytes::Bytes;
use model::{Body, CommandId, DeviceId, Problem, ProblemCode, Record, TenantId, Timestamp, phrase};

/// As much of a payload is kept.
const SAMPLE: usize = 1024;

/// Those of one look at the journal, a problem for each device.
#[derive(Default)]
pub(crate) struct Strays(BTreeMap<(TenantId, DeviceId), Problem>);

impl Strays {
    pub fn add(&mut self, tenant: TenantId, device: DeviceId, command: CommandId, json: &str) {
        let detail = phrase!(
            "unknown_command",
            "a reply to the command {command}, which this device was never sent",
            command = command.to_string(),
        );
        let sample = json.as_bytes().get(..SAMPLE).unwrap_or(json.as_bytes());
        let fresh = || Problem {
            code: ProblemCode::UnknownCommand,
            topic: format!("commands/{command}/reply"),
            detail,
            sample: Bytes::copy_from_slice(sample),
            count: 0,
        };
        self.0.entry((tenant, device)).or_insert_with(fresh).count += 1;
    }

    pub fn into_records(self, at: Timestamp) -> Vec<Bytes> {
        let record = |((tenant, device), problem)| {
            Record { tenant, device: Some(device), at, body: Body::Problem(problem) }.encode().ok()
        };
        self.0.into_iter().filter_map(record).collect()
    }
}

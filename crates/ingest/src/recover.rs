//! After a start: which messages are in the journal already, read from its end.

use backplane::journal::JournalError;
use model::{Body, Record};

use crate::accept::Inner;

const AT_ONCE: usize = 4 * 1024 * 1024;

pub(crate) async fn recover(inner: &Inner) -> Result<(), JournalError> {
    let end = inner.journal.end();
    let mut next = end.saturating_sub(inner.config.recover_records).max(inner.journal.first());
    let mut found = 0_u64;
    while next < end {
        let batch = match inner.journal.read(next, AT_ONCE).await {
            Ok(batch) if batch.entries.is_empty() => break,
            Ok(batch) => batch,
            Err(JournalError::Gap { first }) if first > next => {
                next = first;
                continue;
            }
            Err(JournalError::Corrupt { from, to, .. }) if to > next => {
                tracing::warn!(
                    from,
                    to,
                    "damaged records; messages in them that are sent again are stored again"
                );
                next = to;
                continue;
            }
            Err(error) => return Err(error),
        };
        for entry in &batch.entries {
            let Ok(Record { tenant, device: Some(device), at, body }) = Record::decode(&entry.bytes) else {
                continue;
            };
            let identities = match body {
                Body::Telemetry(telemetry) => telemetry.identities,
                Body::Event(event) => event.identity.into_iter().collect(),
                _ => continue,
            };
            let state = inner.devices.get(tenant, device);
            let mut state = state.lock();
            state.given = state.given.max(at);
            state.used = state.used.max(at);
            for identity in identities {
                state.window.recover(identity, at);
                found += 1;
            }
        }
        next = batch.next;
    }
    if found > 0 {
        tracing::debug!(messages = found, "recognising retransmissions of what was stored before this start");
    }
    Ok(())
}

//! What a detector has seen so far, as bytes: one version byte, then postcard.

use std::collections::BTreeMap;

use model::{DeviceId, RuleId};

use crate::detector::{Detector, Memory};

const VERSION: u8 = 1;

/// For each rule the fingerprint of the spec that saw it, and what it saw of each device.
type Rules<M> = BTreeMap<RuleId, (u64, BTreeMap<DeviceId, M>)>;

#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("the snapshot has version {0}, which this binary does not know")]
    UnknownVersion(u8),
    #[error("the snapshot is damaged: {0}")]
    Damaged(String),
}

impl Detector {
    /// # Errors
    /// Serialisation failed; with these types it does not.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let mut rules: Rules<&Memory> = BTreeMap::new();
        for ((rule, device), memory) in &self.memory {
            let Some(compiled) = self.rule(*rule) else { continue };
            rules
                .entry(*rule)
                .or_insert_with(|| (compiled.fingerprint, BTreeMap::new()))
                .1
                .insert(*device, memory);
        }
        postcard::to_extend(&rules, vec![VERSION]).map_err(|error| SnapshotError::Damaged(error.to_string()))
    }

    /// Takes up where a snapshot left off. What belongs to rules that changed since, or are gone, is left out.
    ///
    /// # Errors
    /// The bytes are not a snapshot; nothing was changed.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SnapshotError> {
        let rules: Rules<Memory> = match snapshot.split_first() {
            Some((&VERSION, body)) => {
                postcard::from_bytes(body).map_err(|error| SnapshotError::Damaged(error.to_string()))?
            }
            Some((&version, _)) => return Err(SnapshotError::UnknownVersion(version)),
            None => return Err(SnapshotError::Damaged("it is empty".to_owned())),
        };
        self.memory = rules
            .into_iter()
            .filter(|(rule, (fingerprint, _))| {
                self.rule(*rule).is_some_and(|known| known.fingerprint == *fingerprint)
            })
            .flat_map(|(rule, (_, devices))| {
                devices.into_iter().map(move |(device, memory)| ((rule, device), memory))
            })
            .collect();
        self.schedule_all();
        Ok(())
    }
}

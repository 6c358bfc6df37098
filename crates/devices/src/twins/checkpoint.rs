//! The twins on disk: everything before one offset of the journal, in one file that is replaced as a whole.
//!
//! Layout: eight bytes of magic with the version, CRC-32 of the rest, then postcard. A file that is damaged, or that a
//! newer version wrote, is not used: the twins come from what the journal still holds.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use backplane::journal::Offset;
use model::DeviceId;
use serde::{Deserialize, Serialize};

use super::rates::MinuteCounts;
use super::twin::Twin;

const MAGIC: &[u8; 8] = b"sstwin\0\x01";
const FILE: &str = "twins.checkpoint";

pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// The first record that is not in it.
    pub next: Offset,
    pub twins: Vec<(DeviceId, Twin)>,
    pub rates: MinuteCounts,
}

impl Checkpoint {
    /// None when there is none.
    pub fn load(dir: &Path) -> io::Result<Option<Self>> {
        let bytes = match fs::read(path(dir)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let rest =
            bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it is not a checkpoint of this version"))?;
        let (crc, body) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it is too short"))?;
        if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
            return Err(damaged("its checksum is wrong"));
        }
        postcard::from_bytes(body).map(Some).map_err(|error| damaged(&error.to_string()))
    }

    pub fn encode(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(64 + self.twins.len() * 256);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&[0; 4]);
        let mut bytes = postcard::to_extend(self, bytes).map_err(io::Error::other)?;
        let crc = crc32fast::hash(bytes.get(MAGIC.len() + 4..).unwrap_or_default());
        if let Some(place) = bytes.get_mut(MAGIC.len()..MAGIC.len() + 4) {
            place.copy_from_slice(&crc.to_le_bytes());
        }
        Ok(bytes)
    }
}

/// Replaces the checkpoint: whoever reads finds the old one or the new one.
pub(crate) fn write(dir: &Path, bytes: &[u8]) -> io::Result<()> {
    let fresh = dir.join("twins.checkpoint.new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path(dir))?;
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use model::TenantId;

    use super::*;

    #[test]
    fn a_checkpoint_survives_and_damage_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Checkpoint::load(dir.path()).unwrap().is_none());
        let device = DeviceId::generate();
        let twins = vec![(device, Twin::new(TenantId::generate()))];
        let mut bytes = Checkpoint { next: 42, twins, rates: MinuteCounts::default() }.encode().unwrap();
        write(dir.path(), &bytes).unwrap();
        let found = Checkpoint::load(dir.path()).unwrap().unwrap();
        assert_eq!((found.next, found.twins[0].0), (42, device));
        *bytes.last_mut().unwrap() ^= 1;
        write(dir.path(), &bytes).unwrap();
        assert!(Checkpoint::load(dir.path()).unwrap_err().to_string().contains("checksum"));
    }
}

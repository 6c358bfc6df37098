//! Is a file what was written? Its checksum is compared once per process, before a query first reads it: a flipped
//! bit inside a page would otherwise be an answer, not an error. A damaged file is kept, but kept out of queries.

use std::sync::Arc;

use backplane::blobs::{BlobError, Blobs};
use model::{Phrase, phrase};

use crate::catalog::{CatalogChange, Quarantine};
use crate::files::LiveFile;
use crate::state::Shared;

impl Shared {
    /// The files that can be read, and a sentence about those that cannot.
    pub(crate) async fn sound(&self, files: Vec<Arc<LiveFile>>) -> (Vec<Arc<LiveFile>>, Vec<Phrase>) {
        let mut sound = Vec::with_capacity(files.len());
        let mut damaged: Vec<Arc<LiveFile>> = Vec::new();
        for file in files {
            if file.damage().is_none() && !file.is_verified() {
                self.verify(&file).await;
            }
            if file.damage().is_none() { sound.push(file) } else { damaged.push(file) }
        }
        let warnings = damaged.first().map(|first| {
            let rows: u64 = damaged.iter().map(|file| file.entry.rows).sum();
            let from = damaged.iter().map(|file| file.entry.min_ts).min().unwrap_or_default();
            let to = damaged.iter().map(|file| file.entry.max_ts).max().unwrap_or_default();
            let table = first.entry.table.as_str();
            if damaged.len() == 1 {
                return phrase!(
                    "file_left_out",
                    "1 file of table {table} left out: {rows} rows between {from_at} and {to_at} are in damaged files, which are kept for repair.",
                    table = table,
                    rows = rows,
                    from_at = from,
                    to_at = to,
                );
            }
            phrase!(
                "files_left_out",
                "{count} files of table {table} left out: {rows} rows between {from_at} and {to_at} are in damaged files, which are kept for repair.",
                count = damaged.len(),
                table = table,
                rows = rows,
                from_at = from,
                to_at = to,
            )
        });
        (sound, warnings.into_iter().collect())
    }

    /// Reads the whole file once. Problems other than damage (a disk that does not answer) leave it as it is.
    pub(crate) async fn verify(&self, file: &LiveFile) {
        let reason = match self.blobs.get(&file.entry.path).await {
            Ok(bytes) if bytes.len() as u64 != file.entry.bytes => {
                format!("it has {} bytes, {} were written", bytes.len(), file.entry.bytes)
            }
            Ok(bytes) => {
                let wanted = file.entry.checksum;
                let found = tokio::task::spawn_blocking(move || crc32fast::hash(&bytes)).await;
                if found.is_ok_and(|found| found == wanted) {
                    return file.trust();
                }
                "its checksum is not the one it was written with".to_owned()
            }
            Err(BlobError::NotFound { .. }) => "it is missing".to_owned(),
            Err(error) => {
                tracing::warn!(%error, "a lake file cannot be checked now");
                return;
            }
        };
        self.quarantine(file, reason).await;
    }

    async fn quarantine(&self, file: &LiveFile, reason: String) {
        tracing::error!(
            tenant.id = %file.entry.tenant, path = file.entry.path, rows = file.entry.rows, reason,
            "a lake file is damaged and kept out of queries; restore it from a backup and start the server again"
        );
        file.quarantine(&reason);
        let quarantine = vec![Quarantine { file: file.entry.id, reason }];
        if let Err(error) = self.commit(CatalogChange { quarantine, ..CatalogChange::default() }).await {
            // It will be found again after the next start.
            tracing::warn!(%error, "the catalog does not know yet that a file is damaged");
        }
    }
}

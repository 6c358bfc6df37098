//! A catalog that forgets: for tests, benchmarks and tools that open a lake of their own.

use async_trait::async_trait;
use parking_lot::Mutex;

use super::{Catalog, CatalogChange, CatalogError, CatalogState};

#[derive(Debug, Default)]
pub struct InMemoryCatalog {
    state: Mutex<CatalogState>,
}

impl InMemoryCatalog {
    /// What it holds now.
    #[must_use]
    pub fn snapshot(&self) -> CatalogState {
        self.state.lock().clone()
    }
}

#[async_trait]
impl Catalog for InMemoryCatalog {
    async fn load(&self) -> Result<CatalogState, CatalogError> {
        Ok(self.snapshot())
    }

    async fn commit(&self, change: CatalogChange) -> Result<(), CatalogError> {
        let mut state = self.state.lock();
        state.files.retain(|file| !change.remove.contains(&file.id));
        state.files.extend(change.add);
        for quarantine in change.quarantine {
            for file in state.files.iter_mut().filter(|file| file.id == quarantine.file) {
                file.quarantined = Some(quarantine.reason.clone());
            }
        }
        for (tenant, schema) in change.schemas {
            state.schemas.retain(|(owner, kept)| (*owner, &kept.table) != (tenant, &schema.table));
            state.schemas.push((tenant, schema));
        }
        state.applied = change.applied.or(state.applied);
        Ok(())
    }
}

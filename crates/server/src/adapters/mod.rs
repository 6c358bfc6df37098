//! What lower crates asked for by their traits, supplied from the crates that have it.

mod device_link;
mod device_names;
mod field_kinds;
mod gatekeeper;
mod guarded_journal;
mod installation;
mod intake;
mod journal_damage;
mod lake_catalog;
mod sessions;
mod watcher;

pub use device_link::BrokerLink;
pub use device_names::Names;
pub use field_kinds::LakeKinds;
pub use gatekeeper::DeviceGate;
pub use guarded_journal::{GuardedJournal, Refusing};
pub use installation::{Figures, Traffic};
pub use intake::IngestIntake;
pub use lake_catalog::LakeCatalog;
pub use sessions::StoredSessions;
pub use watcher::IngestWatcher;

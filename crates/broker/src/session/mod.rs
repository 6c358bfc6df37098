mod store;
pub use store::{MemorySessionStore, SessionChange, SessionKey, SessionStore, SessionStoreError};

use super::section::section;
use crate::config::Secret;

section! {
    /// The relational store: people, devices, rules, incidents.
    Store {
        /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`. Empty: SQLite in the data directory.
        url: Secret = Secret::default(),
    }
}

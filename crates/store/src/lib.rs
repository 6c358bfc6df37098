//! What must be remembered, in SQL: one text for SQLite and PostgreSQL, one folder for each domain.
//!
//! Every function takes a [`Db`] (the [`Store`] or a [`Tx`]) and a [`Scope`](model::Scope), and every statement
//! filters by the scope's tenant; another tenant's row is *not found*. Functions that cannot know a tenant yet take
//! a [`SystemScope`](model::SystemScope) and say why. The store holds no rules and knows neither HTTP nor the bus.

mod database;
mod error;
mod migrate;
mod open;
mod page;
mod row;
mod statement;
mod transaction;

pub mod channels;
pub mod commands;
pub mod devices;
pub mod incidents;
pub mod invitations;
pub mod lake_files;
pub mod memberships;
pub mod mqtt_sessions;
pub mod notices;
pub mod profiles;
pub mod rules;
pub mod sessions;
pub mod setup_tokens;
pub mod signing_keys;
pub mod tenants;
pub mod users;

pub use database::{Db, Done};
pub use error::{Result, StoreError};
pub use open::Store;
pub use page::{Page, PageRequest};
pub use row::{FromColumn, FromRow, Row};
pub use statement::{Param, Statement, ToParam, contains_pattern, placeholders, sql, sql_composed};
pub use transaction::Tx;

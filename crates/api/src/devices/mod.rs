//! Devices: which there are, how they fare, what they sent, and what they are told.

mod change;
mod commands;
mod create;
mod credentials;
mod delete;
mod events;
mod extent;
mod fields;
mod find;
mod get;
mod list;
mod problems;
mod send_command;
mod series;
pub mod view;

pub use change::{__path_change, change};
pub use commands::{__path_commands, commands};
pub use create::{__path_create, create};
pub use credentials::{__path_renew, renew};
pub use delete::{__path_delete, delete};
pub use events::{__path_events, events};
pub use extent::{__path_extent, extent};
pub use fields::{__path_fields, fields};
pub use get::{__path_get, get};
pub use list::{__path_list, list};
pub use problems::{__path_problems, problems};
pub use send_command::{__path_send, send};
pub use series::{__path_series, series};

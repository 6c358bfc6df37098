//! What to watch for, and what it would have found.

mod create;
mod delete;
mod enable;
mod get;
mod history;
mod list;
mod preview;
mod spec;
mod update;
mod view;

pub use create::{__path_create, create};
pub use delete::{__path_delete, delete};
pub use enable::{__path_enable, enable};
pub use get::{__path_get, get};
pub use list::{__path_list, list};
pub use preview::{__path_preview, preview};
pub use update::{__path_update, update};

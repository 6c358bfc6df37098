//! Where notices go, and what became of them.

mod change;
mod create;
mod delete;
mod list;
mod notices;
mod rotate;
mod test;
mod view;

pub use change::{__path_change, change};
pub use create::{__path_create, create};
pub use delete::{__path_delete, delete};
pub use list::{__path_list, list};
pub use notices::{__path_notices, notices};
pub use rotate::{__path_rotate, rotate};
pub use test::{__path_test, test};

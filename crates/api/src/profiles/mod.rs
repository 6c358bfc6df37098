//! Profiles: kinds of devices, each with its own table and fields.

mod list;
mod unit;
pub mod view;

pub use list::{__path_list, list};
pub use unit::{__path_set, set};

//! Profiles. What fields a profile has, and their units, is the lake's to know.

mod ensure;
mod list;

pub use ensure::ensure;
pub use list::{ProfileRow, all};

//! Profiles and the units of their fields. What fields a profile has is the lake's to know.

mod ensure;
mod list;
mod units;

pub use ensure::ensure;
pub use list::{ProfileRow, all};
pub use units::{UnitRow, all_units, set_unit};

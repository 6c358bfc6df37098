//! The registry: which devices there are.

mod change;
mod create;
mod delete;
mod get;
mod list;
mod types;

use model::phrase;

pub use types::{
    Change, Counts, Created, DeviceDetail, DeviceItem, DevicePage, DeviceStatus, ListRequest, NewDevice, Sort,
};

use model::text;

use crate::DeviceError;

const LONGEST_NAME: usize = 120;

/// A device's name: trimmed, not empty, one line.
fn check_name(name: &str) -> Result<&str, DeviceError> {
    text::line(name, LONGEST_NAME).ok().filter(|name| !name.is_empty()).ok_or_else(|| {
        DeviceError::invalid(
            "name",
            phrase!(
                "device_name_length",
                "a device's name has 1 to {most} characters, on one line",
                most = LONGEST_NAME,
            ),
        )
    })
}

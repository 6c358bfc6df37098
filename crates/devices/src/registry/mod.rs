//! The registry: which devices there are.

mod types;

pub use types::{
    Change, Counts, Created, DeviceDetail, DeviceItem, DevicePage, DeviceStatus, ListRequest, NewDevice, Sort,
};

//! Devices: which there are, how they prove who they are, what they last said, and what they are told to do.
//!
//! In: requests of people, credentials of connecting devices, and the journal. Out: registry rows in the store, the
//! twin of every device in memory (checkpointed, rebuilt from the journal), and status changes in the journal.
//! Invariant: a twin is a pure function of the journal, and holds for every field the value with the newest time.
//! It does not know the broker: [`DeviceLink`] says what is needed of connections. It does not know HTTP or the lake.

mod authenticate;
mod commands;
mod credentials;
mod devices;
mod directory;
mod error;
mod link;
mod profiles;
mod registry;
mod strays;
mod twins;

pub use authenticate::{Authentication, Identity};
pub use commands::{Command, CommandStatus, NewCommand};
pub use credentials::Credentials;
pub use devices::{Devices, DevicesConfig};
pub use error::DeviceError;
pub use link::{Delivery, DeviceLink, NoLink};
pub use profiles::{Profile, check_slug};
pub use registry::{
    Change, Counts, Created, DeviceDetail, DeviceItem, DevicePage, DeviceStatus, ListRequest, NewDevice, Sort,
};
pub use twins::{Connection, Counters, FieldValue, ProblemSummary, Rates, Rhythm, TwinView, TwinsConfig};

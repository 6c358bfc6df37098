//! What devices send over HTTP. It goes the same way as over MQTT: the answer comes when it is durable.

mod device;
mod refused;
mod send;

pub use refused::RefusedSenders;
pub use send::{__path_events, __path_telemetry, events, telemetry};

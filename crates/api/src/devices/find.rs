//! Which device a route is about, and its profile.

use model::{DeviceId, Scope};

use crate::problem::Problem;
use crate::state::Api;

/// The slug of the device's profile; another tenant's device is not found.
pub fn profile(api: &Api, scope: &Scope, id: DeviceId) -> Result<String, Problem> {
    match api.devices.peek(scope, id) {
        Some((_, profile)) => Ok(profile.to_string()),
        None => Err(Problem::from(devices::DeviceError::NotFound)),
    }
}

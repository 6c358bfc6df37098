//! What needs somebody, and what people did about it.

mod act;
mod assign;
mod bulk;
mod comment;
mod get;
mod list;
mod view;

use std::collections::HashMap;

use model::{DeviceId, Scope};

use crate::problem::Problem;
use crate::state::Api;

pub use act::{__path_acknowledge, __path_reopen, __path_resolve, acknowledge, reopen, resolve};
pub use assign::{__path_assign, assign};
pub use bulk::{__path_bulk, bulk};
pub use comment::{__path_comment, comment};
pub use get::{__path_get, get};
pub use list::{__path_list, list};
pub use view::IncidentCountsView;

/// How many unresolved incidents each device has.
pub async fn open_by_device(api: &Api, scope: &Scope) -> Result<HashMap<DeviceId, u64>, Problem> {
    let counts = api.incidents.counts(scope).await?.active_by_device;
    Ok(counts.into_iter().map(|(device, count)| (device, count.unsigned_abs())).collect())
}

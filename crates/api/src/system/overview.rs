use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::devices::view::FleetCounts;
use crate::extract::Json;
use crate::incidents::IncidentCountsView;
use crate::problem::Problem;
use crate::state::Api;

/// What needs somebody now, and how much is going on.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    needs_you: NeedsYou,
    devices: FleetCounts,
    /// Messages in each of the last 60 minutes, the oldest first.
    messages_per_minute: Vec<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct NeedsYou {
    incidents: IncidentCountsView,
    silent_devices: u64,
    offline_devices: u64,
    devices_with_problems: u64,
}

/// What needs you now
#[utoipa::path(get, path = "/overview", operation_id = "get_overview", tag = "system", responses((status = 200, body = Overview)))]
pub async fn overview(State(api): State<Api>, caller: Caller) -> Result<Json<Overview>, Problem> {
    let devices = api.devices.counts(&caller.scope)?;
    let rates = api.devices.rates(&caller.scope)?;
    let incidents = api.incidents.counts(&caller.scope).await?;
    Ok(Json(Overview {
        needs_you: NeedsYou {
            incidents: incidents.into(),
            silent_devices: devices.silent,
            offline_devices: devices.offline,
            devices_with_problems: devices.with_problems,
        },
        devices: devices.into(),
        messages_per_minute: rates.messages_per_minute,
    }))
}

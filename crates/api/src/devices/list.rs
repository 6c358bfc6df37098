use axum::extract::State;
use devices::{DeviceStatus, ListRequest, Sort};
use model::{Connectivity, Phrase, phrase};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::view::{DeviceSummary, FleetCounts};
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::incidents;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// In name, id or user name.
    search: Option<String>,
    /// `pending` or `active`
    status: Option<String>,
    /// `never`, `online`, `silent` or `offline`
    #[param(value_type = Option<String>)]
    connectivity: Option<Connectivity>,
    profile: Option<String>,
    /// `name`, `last_seen`, `created`, `problems` or `connectivity`
    sort: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct DeviceList {
    items: Vec<DeviceSummary>,
    next_cursor: Option<String>,
    counts: FleetCounts,
}

/// The fleet
#[utoipa::path(get, path = "/devices", operation_id = "list_devices", tag = "devices", params(Params), responses(
    (status = 200, body = DeviceList),
    (status = 422, description = "A filter is wrong", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<DeviceList>, Problem> {
    let page = api.devices.list(&caller.scope, request(params)?).await?;
    let open = incidents::open_by_device(&api, &caller.scope).await?;
    let incidents = |id| open.get(&id).copied().unwrap_or_default();
    Ok(Json(DeviceList {
        items: page
            .items
            .into_iter()
            .map(|item| {
                let id = item.id;
                DeviceSummary::new(item, incidents(id))
            })
            .collect(),
        next_cursor: page.next_cursor,
        counts: page.counts.into(),
    }))
}

fn request(params: Params) -> Result<ListRequest, Problem> {
    let status = match params.status.as_deref() {
        None => None,
        Some("pending") => Some(DeviceStatus::Pending),
        Some("active") => Some(DeviceStatus::Active),
        Some(other) => {
            return Err(wrong(
                "status",
                &phrase!(
                    "device_status_unknown",
                    "{status} is no status: use pending or active",
                    status = other,
                ),
            ));
        }
    };
    let sort = match params.sort.as_deref() {
        None => Sort::default(),
        Some(text) => Sort::parse(text).map_err(|why| wrong("sort", &why))?,
    };
    Ok(ListRequest {
        search: params.search,
        status,
        connectivity: params.connectivity,
        profile: params.profile,
        sort,
        limit: params.limit,
        cursor: params.cursor,
    })
}

fn wrong(field: &str, why: &Phrase) -> Problem {
    Problem::invalid("invalid_query", why).field(field, why)
}

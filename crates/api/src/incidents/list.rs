use axum::extract::State;
use model::{DeviceId, RuleId, Severity, UserId};
use respond::{IncidentFilter, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::{IncidentCountsView, IncidentSummary};
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// `open`, `acknowledged`, `resolved`, or `active` for the first two
    status: Option<String>,
    /// `informational`, `low`, `medium`, `high` or `critical`
    #[param(value_type = Option<String>)]
    severity: Option<Severity>,
    device: Option<Uuid>,
    rule: Option<Uuid>,
    assignee: Option<Uuid>,
    /// In title, rule or device name, or `#number`.
    search: Option<String>,
    cursor: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct IncidentList {
    items: Vec<IncidentSummary>,
    next_cursor: Option<String>,
    counts: IncidentCountsView,
}

/// Incidents, the newest first
#[utoipa::path(get, path = "/incidents", operation_id = "list_incidents", tag = "incidents", params(Params), responses(
    (status = 200, body = IncidentList),
    (status = 422, description = "A filter is wrong", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<IncidentList>, Problem> {
    let filter = IncidentFilter {
        status: params.status,
        severity: params.severity,
        device: params.device.map(DeviceId),
        rule: params.rule.map(RuleId),
        assignee: params.assignee.map(UserId),
        search: params.search,
    };
    let page = PageRequest { limit: params.limit, cursor: params.cursor };
    let page = api.incidents.list(&caller.scope, &filter, &page).await?.map(IncidentSummary::from);
    let counts = api.incidents.counts(&caller.scope).await?.into();
    Ok(Json(IncidentList { items: page.items, next_cursor: page.next_cursor, counts }))
}

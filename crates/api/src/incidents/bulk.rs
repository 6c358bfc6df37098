use axum::extract::State;
use model::{IncidentId, UserId};
use respond::BulkAction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkInput {
    ids: Vec<Uuid>,
    action: Action,
    /// For `assign`; null: nobody.
    user: Option<Uuid>,
    note: Option<String>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Acknowledge,
    Assign,
    Resolve,
    Reopen,
}

#[derive(Serialize, ToSchema)]
pub struct BulkResult {
    items: Vec<BulkItem>,
}

#[derive(Serialize, ToSchema)]
pub struct BulkItem {
    id: Uuid,
    ok: bool,
    /// Why not.
    problem: Option<Problem>,
}

/// Do the same to many incidents
///
/// Each succeeds or fails for itself.
#[utoipa::path(post, path = "/incidents/bulk", operation_id = "bulk_incidents", tag = "incidents", request_body = BulkInput, responses(
    (status = 200, body = BulkResult),
    (status = 422, description = "Too many at once", body = Problem, content_type = "application/problem+json"),
))]
pub async fn bulk(
    State(api): State<Api>,
    caller: Caller,
    Json(input): Json<BulkInput>,
) -> Result<Json<BulkResult>, Problem> {
    let ids: Vec<IncidentId> = input.ids.into_iter().map(IncidentId).collect();
    let action = match input.action {
        Action::Acknowledge => BulkAction::Acknowledge,
        Action::Assign => BulkAction::Assign(input.user.map(UserId)),
        Action::Resolve => BulkAction::Resolve,
        Action::Reopen => BulkAction::Reopen,
    };
    let outcomes = api.incidents.bulk(&caller.scope, &ids, action, input.note.as_deref()).await?;
    let items = outcomes.into_iter().map(|outcome| {
        let problem = outcome.result.err().map(Problem::from);
        BulkItem { id: outcome.id.0, ok: problem.is_none(), problem }
    });
    Ok(Json(BulkResult { items: items.collect() }))
}

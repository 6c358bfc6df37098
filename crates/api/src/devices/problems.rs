use axum::extract::State;
use devices::ProblemSummary;
use model::DeviceId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::page::Page;
use crate::phrase::PhraseView;
use crate::problem::Problem;
use crate::state::Api;
use crate::stream::spelled;
use crate::when::When;

/// Something wrong that a device sent, with all its repetitions.
#[derive(Serialize, ToSchema)]
pub struct DeviceProblem {
    code: String,
    topic: String,
    /// What was wrong the last time, and what to do about it.
    detail: String,
    detail_phrase: Option<PhraseView>,
    /// The beginning of what it sent the last time.
    sample: String,
    count: u64,
    first_at: When,
    last_at: When,
    /// Whether what was sent is stored nevertheless.
    kept: bool,
}

impl From<ProblemSummary> for DeviceProblem {
    fn from(problem: ProblemSummary) -> Self {
        Self {
            code: spelled(&problem.code),
            topic: problem.topic,
            detail_phrase: PhraseView::of(&problem.detail),
            detail: problem.detail.to_string(),
            sample: String::from_utf8_lossy(&problem.sample).into_owned(),
            count: problem.count,
            first_at: When(problem.first_at),
            last_at: When(problem.last_at),
            kept: problem.kept,
        }
    }
}

/// What was wrong with what a device sent
#[utoipa::path(get, path = "/devices/{id}/problems", operation_id = "list_device_problems", tag = "devices",
    params(("id" = Uuid, Path)), responses(
    (status = 200, body = Page<DeviceProblem>),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
))]
pub async fn problems(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
) -> Result<Json<Page<DeviceProblem>>, Problem> {
    let detail = api.devices.get(&caller.scope, id).await?;
    Ok(Json(Page::whole(detail.twin.problems.into_iter().map(DeviceProblem::from))))
}

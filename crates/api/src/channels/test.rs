use axum::extract::State;
use model::ChannelId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::phrase::PhraseView;
use crate::problem::Problem;
use crate::state::Api;

/// What came of a test message.
#[derive(Serialize, ToSchema)]
pub struct ChannelTest {
    ok: bool,
    /// What the other side answered, or why it could not be asked.
    detail: String,
    detail_phrase: Option<PhraseView>,
}

/// Send a test message now
#[utoipa::path(post, path = "/channels/{id}/test", operation_id = "test_channel", tag = "channels", params(("id" = Uuid, Path)), responses(
    (status = 200, body = ChannelTest),
    (status = 404, description = "No such channel", body = Problem, content_type = "application/problem+json"),
))]
pub async fn test(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ChannelId>,
) -> Result<Json<ChannelTest>, Problem> {
    let result = api.channels.test(&caller.scope, id).await?;
    Ok(Json(ChannelTest {
        ok: result.ok,
        detail: result.detail.to_string(),
        detail_phrase: PhraseView::of(&result.detail),
    }))
}

use axum::extract::State;

use super::view::Channel;
use crate::caller::Caller;
use crate::extract::Json;
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;

/// Where notices go
#[utoipa::path(get, path = "/channels", operation_id = "list_channels", tag = "channels", responses((status = 200, body = Page<Channel>)))]
pub async fn list(State(api): State<Api>, caller: Caller) -> Result<Json<Page<Channel>>, Problem> {
    let channels = api.channels.list(&caller.scope).await?;
    Ok(Json(Page::whole(channels.into_iter().map(Channel::from))))
}

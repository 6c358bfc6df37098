use axum::extract::State;
use model::{ChannelId, IncidentId, Phrase, Severity};
use respond::{Notice, NoticeFilter, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::page::Page;
use crate::phrase::PhraseView;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    incident: Option<Uuid>,
    channel: Option<Uuid>,
    cursor: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
}

/// A message about an incident, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    id: Uuid,
    incident: Uuid,
    channel: Uuid,
    /// `opened`, `escalated`, `resolved` or `reopened`
    kind: String,
    #[schema(value_type = String)]
    severity: Severity,
    /// `pending`, `sent` or `failed`
    status: String,
    attempts: i64,
    /// Why the last attempt failed.
    last_error: Option<String>,
    last_error_phrase: Option<PhraseView>,
    /// When it was due.
    at: When,
    /// When the next attempt is made, while it is pending.
    next_attempt_at: Option<When>,
    finished_at: Option<When>,
}

impl From<Notice> for NoticeView {
    fn from(notice: Notice) -> Self {
        let pending = notice.finished_at.is_none();
        let error = notice.last_error.map(Phrase::from);
        Self {
            id: notice.id,
            incident: notice.incident.0,
            channel: notice.channel.0,
            kind: notice.kind,
            severity: notice.severity,
            status: notice.status,
            attempts: notice.attempts,
            last_error_phrase: error.as_ref().and_then(PhraseView::of),
            last_error: error.map(|error| error.to_string()),
            at: When(notice.created_at),
            next_attempt_at: pending.then_some(When(notice.next_attempt_at)),
            finished_at: notice.finished_at.map(When),
        }
    }
}

/// Who was told of what
#[utoipa::path(get, path = "/notices", operation_id = "list_notices", tag = "channels", params(Params), responses((status = 200, body = Page<NoticeView>)))]
pub async fn notices(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<NoticeView>>, Problem> {
    let filter =
        NoticeFilter { incident: params.incident.map(IncidentId), channel: params.channel.map(ChannelId) };
    let page = PageRequest { limit: params.limit, cursor: params.cursor };
    let page = api.channels.notices(&caller.scope, &filter, &page).await?.map(NoticeView::from);
    Ok(Json(Page { items: page.items, next_cursor: page.next_cursor }))
}

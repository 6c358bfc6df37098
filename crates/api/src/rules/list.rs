use axum::extract::State;
use respond::{PageRequest, RuleFilter};
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::Rule;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::page::Page;
use crate::problem::Problem;
use crate::state::Api;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// In name or description.
    search: Option<String>,
    /// `sigma`, `threshold`, `absence` or `rate_of_change`
    kind: Option<String>,
    enabled: Option<bool>,
    cursor: Option<String>,
    /// How many at most: 50 when left out, and never more than 500.
    limit: Option<u32>,
}

/// What is watched for
#[utoipa::path(get, path = "/rules", operation_id = "list_rules", tag = "rules", params(Params), responses((status = 200, body = Page<Rule>)))]
pub async fn list(
    State(api): State<Api>,
    caller: Caller,
    Query(params): Query<Params>,
) -> Result<Json<Page<Rule>>, Problem> {
    let filter = RuleFilter { search: params.search, kind: params.kind, enabled: params.enabled };
    let page = PageRequest { limit: params.limit, cursor: params.cursor };
    let page = api.rules.list(&caller.scope, &filter, &page).await?.map(Rule::from);
    Ok(Json(Page { items: page.items, next_cursor: page.next_cursor }))
}

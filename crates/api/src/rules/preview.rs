use std::time::Duration;

use axum::extract::State;
use model::{DeviceId, phrase};
use respond::{Preview, RuleInput};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{self, Span};
use super::spec::RuleInputSchema;
use crate::caller::Caller;
use crate::extract;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewInput {
    #[schema(value_type = RuleInputSchema)]
    rule: RuleInput,
    /// A week before `to` when left out.
    from: Option<When>,
    /// Now when left out.
    to: Option<When>,
    /// Only this device's history.
    device: Option<Uuid>,
}

/// What a rule would have found.
#[derive(Serialize, ToSchema)]
pub struct PreviewView {
    from: When,
    to: When,
    /// Rows and events looked at.
    examined: u64,
    count: u64,
    findings: Vec<PreviewFindingView>,
    /// Not every finding is listed.
    truncated: bool,
    /// The answer in words.
    sentence: String,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewFindingView {
    device: Uuid,
    device_name: Option<String>,
    ts: When,
    /// In English; the evidence says the same.
    title: String,
    /// The event, or the field, value and limit.
    #[schema(value_type = Object)]
    evidence: Json,
}

/// Try a rule on the past
///
/// By the very code that runs it live. Nothing is saved.
#[utoipa::path(post, path = "/rules/preview", operation_id = "preview_rule", tag = "rules", request_body = PreviewInput, responses(
    (status = 200, body = PreviewView),
    (status = 422, description = "The rule cannot work", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "There is too much history to look at", body = Problem, content_type = "application/problem+json"),
))]
pub async fn preview(
    State(api): State<Api>,
    caller: Caller,
    extract::Json(input): extract::Json<PreviewInput>,
) -> Result<extract::Json<PreviewView>, Problem> {
    let rule = api.rules.check(&caller.scope, &input.rule)?;
    let to = input.to.map_or_else(|| api.clock.now(), |when| when.0);
    let from = input.from.map_or_else(|| to.minus(WEEK), |when| when.0);
    if from >= to {
        return Err(Problem::invalid(
            "range_empty",
            &phrase!("range_empty", "The range is empty: `from` must be before `to`."),
        ));
    }
    let mut preview = Preview::new(rule.clone());
    let span = Span { from, to };
    history::feed(&api, &caller.scope, &rule, input.device.map(DeviceId), span, &mut preview).await?;
    let result = preview.finish(from, to, api.clock.now());
    let names = api.devices.names(caller.scope.tenant());
    let findings = result.findings.into_iter().map(|finding| PreviewFindingView {
        device: finding.device.0,
        device_name: names.get(&finding.device).cloned(),
        ts: When(finding.ts),
        title: finding.title,
        evidence: finding.evidence,
    });
    Ok(extract::Json(PreviewView {
        from: When(result.from),
        to: When(result.to),
        examined: result.examined,
        count: result.count,
        findings: findings.collect(),
        truncated: result.truncated,
        sentence: result.sentence,
    }))
}

use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use detect::RuleSpec;
use model::phrase;
use respond::RuleInput;

use super::spec::RuleInputSchema;
use super::view::Rule;
use crate::caller::Caller;
use crate::extract::{Body, Json, parse};
use crate::problem::Problem;
use crate::state::Api;

/// A rule in one of the two forms that this route reads.
pub struct Submitted(pub RuleInput);

impl<S: Send + Sync> FromRequest<S> for Submitted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let Body(body) = Body::from_request(request, state).await?;
        match kind.as_str() {
            "application/json" => Ok(Self(parse(&body)?)),
            "application/yaml" | "application/x-yaml" | "text/yaml" | "text/x-yaml" => {
                let yaml = String::from_utf8(body.to_vec())
                    .map_err(|_| Problem::invalid("rule_invalid", &phrase!("rule_not_utf8", "The rule is not UTF-8 text.")))?;
                let spec = RuleSpec::Sigma { yaml };
                Ok(Self(RuleInput { name: None, description: None, severity: None, enabled: None, spec }))
            }
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type_unsupported",
                &phrase!("rule_content_type", "A rule comes as JSON or as YAML."),
            )
            .hint(&phrase!(
                "rule_content_type_hint",
                "Send `Content-Type: application/yaml` with a Sigma rule, or `application/json` with any rule.",
            ))),
        }
    }
}

/// Watch for something
///
/// A Sigma rule as YAML, or any rule as JSON.
#[utoipa::path(post, path = "/rules", operation_id = "create_rule", tag = "rules",
    request_body(content((RuleInputSchema = "application/json"), (String = "application/yaml"))), responses(
    (status = 201, body = Rule),
    (status = 415, description = "Neither JSON nor YAML", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The rule cannot work; the detail says where", body = Problem, content_type = "application/problem+json"),
))]
pub async fn create(
    State(api): State<Api>,
    caller: Caller,
    Submitted(input): Submitted,
) -> Result<impl IntoResponse, Problem> {
    let rule = api.rules.create(&caller.scope, &input).await?;
    let location = format!("/api/v1/rules/{}", rule.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(Rule::from(rule))))
}

use axum::extract::State;
use model::{TextError, phrase, text};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::FieldView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::Api;

/// Letters of a unit.
const MOST: usize = 16;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// As it is written after a number: `°C`, `kWh`, `%`. Null takes it away.
    unit: Option<String>,
}

/// Give a field its unit
#[utoipa::path(patch, path = "/profiles/{slug}/fields/{field}", operation_id = "change_field", tag = "profiles",
    params(("slug" = String, Path), ("field" = String, Path)), request_body = FieldChange, responses(
    (status = 200, body = FieldView),
    (status = 404, description = "No such profile or field", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The unit is too long", body = Problem, content_type = "application/problem+json"),
))]
pub async fn set(
    State(api): State<Api>,
    caller: Caller,
    Path((slug, field)): Path<(String, String)>,
    Json(change): Json<FieldChange>,
) -> Result<Json<FieldView>, Problem> {
    let unit = change.unit.map(|unit| unit.trim().to_owned()).filter(|unit| !unit.is_empty());
    if let Some(Err(wrong)) = unit.as_deref().map(|unit| text::line(unit, MOST)) {
        let (code, detail) = match wrong {
            TextError::TooLong { most } => (
                "unit_too_long",
                phrase!("unit_too_long", "a unit has at most {most} characters, such as °C", most = most),
            ),
            wrong => ("unit_invalid", wrong.phrase()),
        };
        return Err(Problem::invalid(code, &detail).field("unit", &detail));
    }
    let schema = api.lake.set_unit(&caller.scope, &slug, &field, unit).await?;
    let changed = schema.fields.into_iter().find(|known| known.name == field);
    changed.map(|field| Json(field.into())).ok_or_else(|| {
        let detail = phrase!(
            "profile_field_unknown",
            "The profile {profile} has no field {field}.",
            profile = slug,
            field = field,
        );
        Problem::not_found("field_unknown", &detail)
    })
}

use std::time::Duration;

use axum::extract::State;
use lake::{SeriesField, SeriesRequest};
use model::{DeviceId, Phrase, phrase};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::find;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::phrase::PhraseView;
use crate::problem::Problem;
use crate::state::Api;
use crate::when::When;

const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Params {
    /// Names separated by commas; all numbers and switches when left out.
    fields: Option<String>,
    /// A day before `to` when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<When>,
    /// Exclusive; now when left out.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<When>,
    /// How many points a field has at most: 600 when left out; from 10 to 5000, and what is beyond is taken as that.
    points: Option<u32>,
}

/// A device's fields over time.
#[derive(Serialize, ToSchema)]
pub struct SeriesView {
    from: When,
    to: When,
    /// Width of a bucket; 0 when every measurement is shown.
    bucket_seconds: f64,
    /// `raw`, or `buckets` of all measurements
    source: String,
    fields: Vec<SeriesFieldView>,
    /// What is missing, in sentences.
    warnings: Vec<String>,
    /// What the warnings say, each in its place.
    warning_phrases: Vec<Option<PhraseView>>,
}

#[derive(Serialize, ToSchema)]
pub struct SeriesFieldView {
    name: String,
    kind: String,
    unit: Option<String>,
    /// `[milliseconds since 1970, minimum, average, maximum, count]`
    points: Vec<(i64, f64, f64, f64, u64)>,
}

impl From<SeriesField> for SeriesFieldView {
    fn from(field: SeriesField) -> Self {
        let points = field.points.into_iter();
        Self {
            name: field.name,
            kind: field.kind.as_str().to_owned(),
            unit: field.unit,
            points: points
                .map(|point| (point.ts.as_millis(), point.min, point.avg, point.max, point.count))
                .collect(),
        }
    }
}

/// A device's fields over time, at a chart's resolution
#[utoipa::path(get, path = "/devices/{id}/series", operation_id = "get_series", tag = "devices",
    params(("id" = Uuid, Path), Params), responses(
    (status = 200, body = SeriesView),
    (status = 404, description = "No such device", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "The range or a field is wrong", body = Problem, content_type = "application/problem+json"),
))]
pub async fn series(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<DeviceId>,
    Query(params): Query<Params>,
) -> Result<Json<SeriesView>, Problem> {
    let table = find::profile(&api, &caller.scope, id)?;
    let to = params.to.map_or_else(|| api.clock.now(), |when| when.0);
    let from = params.from.map_or_else(|| to.minus(DAY), |when| when.0);
    if from >= to {
        return Err(Problem::invalid(
            "range_empty",
            &phrase!("range_empty", "The range is empty: `from` must be before `to`."),
        ));
    }
    let fields = params.fields.unwrap_or_default();
    let fields =
        fields.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let max_points = usize::try_from(params.points.unwrap_or(600).clamp(10, 5_000)).unwrap_or(600);
    let request = SeriesRequest { table, device: id, fields, from, to, max_points };
    let series = api.lake.series(&caller.scope, request).await?;
    Ok(Json(SeriesView {
        from: When(from),
        to: When(to),
        bucket_seconds: Duration::from_micros(series.bucket_us.unsigned_abs()).as_secs_f64(),
        source: if series.bucket_us == 0 { "raw" } else { "buckets" }.to_owned(),
        fields: series.fields.into_iter().map(SeriesFieldView::from).collect(),
        warning_phrases: PhraseView::each(&series.warnings),
        warnings: series.warnings.iter().map(Phrase::to_string).collect(),
    }))
}

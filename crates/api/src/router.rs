//! All routes, and who may call each.

use axum::Extension;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::get;
use model::Permission::{
    HandleIncidents, ManageDevices, ManagePeople, ManageRules, ManageSettings, ReadAll, SendCommands,
};
use model::phrase;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::BodyLimit;
use crate::permit::{devices_only, needs, public};
use crate::problem::Problem;
use crate::state::Api;
use crate::{
    auth, caller, channels, devices, incidents, intake, me, openapi, people, profiles, query, request_id,
    rules, stream, system,
};

/// Everything below `/api/v1`, and its document.
fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::base())
        .routes(public(routes!(auth::needed)))
        .routes(public(routes!(auth::setup)))
        .routes(public(routes!(auth::login)))
        .routes(public(routes!(auth::refresh)))
        .routes(public(routes!(auth::logout)))
        .routes(needs(ReadAll, routes!(auth::switch)))
        .routes(public(routes!(auth::invitation)))
        .routes(public(routes!(auth::accept)))
        .routes(public(routes!(system::connect)))
        .routes(needs(ReadAll, routes!(me::show)))
        .routes(needs(ReadAll, routes!(me::change)))
        .routes(needs(ReadAll, routes!(me::password)))
        .routes(needs(ReadAll, routes!(me::sessions)))
        .routes(needs(ReadAll, routes!(me::end_session)))
        .routes(needs(ReadAll, routes!(people::list)))
        .routes(needs(ManagePeople, routes!(people::change)))
        .routes(needs(ManagePeople, routes!(people::invitations)))
        .routes(needs(ManagePeople, routes!(people::invite)))
        .routes(needs(ManagePeople, routes!(people::revoke)))
        .routes(needs(ReadAll, routes!(devices::list)))
        .routes(needs(ManageDevices, routes!(devices::create)))
        .routes(needs(ReadAll, routes!(devices::get)))
        .routes(needs(ManageDevices, routes!(devices::change)))
        .routes(needs(ManageDevices, routes!(devices::delete)))
        .routes(needs(ManageDevices, routes!(devices::renew)))
        .routes(needs(ReadAll, routes!(devices::problems)))
        .routes(needs(ReadAll, routes!(devices::series)))
        .routes(needs(ReadAll, routes!(devices::events)))
        .routes(needs(ReadAll, routes!(devices::fields)))
        .routes(needs(ReadAll, routes!(devices::extent)))
        .routes(needs(ReadAll, routes!(devices::commands)))
        .routes(needs(SendCommands, routes!(devices::send)))
        .routes(needs(ReadAll, routes!(profiles::list)))
        .routes(needs(ManageDevices, routes!(profiles::set)))
        .routes(devices_only(routes!(intake::telemetry)))
        .routes(devices_only(routes!(intake::events)))
        .routes(needs(ReadAll, routes!(query::run)))
        .routes(needs(ReadAll, routes!(rules::list)))
        .routes(needs(ManageRules, routes!(rules::create)))
        .routes(needs(ReadAll, routes!(rules::get)))
        .routes(needs(ManageRules, routes!(rules::update)))
        .routes(needs(ManageRules, routes!(rules::enable)))
        .routes(needs(ManageRules, routes!(rules::delete)))
        .routes(needs(ReadAll, routes!(rules::preview)))
        .routes(needs(ReadAll, routes!(incidents::list)))
        .routes(needs(ReadAll, routes!(incidents::get)))
        .routes(needs(HandleIncidents, routes!(incidents::acknowledge)))
        .routes(needs(HandleIncidents, routes!(incidents::resolve)))
        .routes(needs(HandleIncidents, routes!(incidents::reopen)))
        .routes(needs(HandleIncidents, routes!(incidents::assign)))
        .routes(needs(HandleIncidents, routes!(incidents::comment)))
        .routes(needs(HandleIncidents, routes!(incidents::bulk)))
        .routes(needs(ReadAll, routes!(channels::list)))
        .routes(needs(ManageSettings, routes!(channels::create)))
        .routes(needs(ManageSettings, routes!(channels::change)))
        .routes(needs(ManageSettings, routes!(channels::delete)))
        .routes(needs(ManageSettings, routes!(channels::rotate)))
        .routes(needs(ManageSettings, routes!(channels::test)))
        .routes(needs(ReadAll, routes!(channels::notices)))
        .routes(needs(ReadAll, routes!(system::show)))
        .routes(needs(ReadAll, routes!(system::overview)))
        .routes(needs(ReadAll, routes!(stream::open)))
}

/// The OpenAPI document of all routes.
#[must_use]
pub fn document() -> OpenApi {
    routes().into_openapi()
}

/// The document as text, always in the same order.
///
/// # Errors
/// It cannot be written as JSON; a test shows that it can.
pub fn document_json() -> serde_json::Result<String> {
    let value = serde_json::to_value(document())?;
    serde_json::to_string_pretty(&sorted(value))
}

/// With the keys of all objects in order, whatever map they came from.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            let map: std::collections::BTreeMap<_, _> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            map.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// The API, ready to be served. The caller adds what is served beside it.
pub fn router(api: Api) -> Router {
    let (versioned, document) = routes().split_for_parts();
    let document = std::sync::Arc::new(document);
    let versioned = versioned
        .route("/openapi.json", get(move || async move { axum::Json(document.as_ref().clone()) }))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::map_response(never_stored));
    Router::new()
        .nest("/api/v1", versioned)
        .route("/api", get(unknown_route))
        .route("/api/{*rest}", axum::routing::any(unknown_route))
        .route("/.well-known/jwks.json", get(auth::jwks))
        .layer(middleware::from_fn_with_state(api.clone(), caller::recognise))
        .layer(Extension(BodyLimit(api.limits.body_bytes)))
        .layer(middleware::from_fn(request_id::identify))
        .with_state(api)
}

/// What the API says is somebody's own, and some of it is shown this once: tokens, credentials, links. No cache on the
/// way, and none of a browser, keeps any of it.
async fn never_stored(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

async fn unknown_route() -> Problem {
    Problem::not_found("route_not_found", &phrase!("route_not_found", "There is nothing at this address."))
        .hint(&phrase!("route_not_found_hint", "GET /api/v1/openapi.json lists what there is."))
}

async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        &phrase!("method_not_allowed", "This address does not take this method."),
    )
    .hint(&phrase!("method_not_allowed_hint", "GET /api/v1/openapi.json lists what each address takes."))
}

//! The OpenAPI document: what is said of the API as a whole. The routes add themselves.

use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};

use crate::phrase::PhraseView;
use crate::problem::{FieldProblem, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "SmartSecurity Cloud",
        description = "Devices, what they measure and report, rules, incidents and people.\n\n\
            Times are RFC 3339, ids are UUIDs, lists come in pages (`limit`, `cursor`, `next_cursor`). Every error is an \
            RFC 9457 problem with a stable `code`; another tenant's object is not found. Operations carry the permission \
            they need as `x-required-permission`.\n\n\
            Sentences are in English. Beside each stands what it says as a code with parameters (`detail` and \
            `detail_phrase`), from which a screen says it in its reader's language.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    components(schemas(Problem, FieldProblem, PhraseView)),
    tags(
        (name = "setup", description = "The first start"),
        (name = "auth", description = "Signing in and out"),
        (name = "me", description = "The signed-in person"),
        (name = "people", description = "Who may do what"),
        (name = "devices", description = "Devices, their state and history"),
        (name = "profiles", description = "Kinds of devices and their fields"),
        (name = "intake", description = "What devices send over HTTP"),
        (name = "query", description = "SQL over measurements and events"),
        (name = "rules", description = "What to watch for"),
        (name = "incidents", description = "What needs somebody, and what was done"),
        (name = "channels", description = "Where notices go"),
        (name = "system", description = "The installation"),
        (name = "stream", description = "What happens, live"),
    )
)]
struct Base;

/// The document without its routes.
pub fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let schemes = &mut document.components.get_or_insert_default().security_schemes;
    let scheme = |scheme: HttpAuthScheme, about: &str| {
        let mut http = Http::new(scheme);
        http.description = Some(about.to_owned());
        SecurityScheme::Http(http)
    };
    schemes.insert(
        "person".to_owned(),
        scheme(HttpAuthScheme::Bearer, "An access token from signing in").into(),
    );
    schemes.insert(
        "device".to_owned(),
        scheme(HttpAuthScheme::Basic, "A device's username and password").into(),
    );
    schemes.insert(
        "device_token".to_owned(),
        scheme(HttpAuthScheme::Bearer, "A device's password alone").into(),
    );
    document
}

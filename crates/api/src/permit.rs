//! Who may call a route, said once: the same line guards it and documents it.
//!
//! The guard runs before path, query and body are looked at, so that a stranger learns nothing from their rejections.

use std::convert::Infallible;

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use model::{Permission, phrase};
use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::caller::{Caller, Proof};
use crate::problem::Problem;
use crate::state::Api;

pub type Routes = UtoipaMethodRouter<Api, Infallible>;

/// Open to everybody: sign-in, setup and what a device shows to find us.
pub fn public((schemas, mut paths, router): Routes) -> Routes {
    each_operation(&mut paths.paths, |operation| operation.security = Some(Vec::new()));
    (schemas, paths, router)
}

/// Open to devices, which prove themselves with their own credentials.
pub fn devices_only((schemas, mut paths, router): Routes) -> Routes {
    each_operation(&mut paths.paths, |operation| {
        operation.security = Some(vec![
            SecurityRequirement::new("device", Vec::<String>::new()),
            SecurityRequirement::new("device_token", Vec::<String>::new()),
        ]);
        document(operation, "401", "No device has these credentials");
    });
    (schemas, paths, router)
}

/// Open to signed-in people whose role includes the permission.
pub fn needs(permission: Permission, (schemas, mut paths, router): Routes) -> Routes {
    each_operation(&mut paths.paths, |operation| {
        operation.security = Some(vec![SecurityRequirement::new("person", Vec::<String>::new())]);
        operation
            .extensions
            .get_or_insert_default()
            .insert("x-required-permission".to_owned(), json!(permission.as_str()));
        document(operation, "401", "Not signed in, or the session has ended");
        if permission != Permission::ReadAll {
            document(operation, "403", "Your role does not include the permission");
        }
    });
    let guard = middleware::from_fn(move |request: Request, next: Next| guard(permission, request, next));
    (schemas, paths, router.route_layer(guard))
}

async fn guard(permission: Permission, mut request: Request, next: Next) -> Response {
    let caller = match request.extensions_mut().remove::<Proof>() {
        Some(Proof::Given(caller)) => caller,
        Some(Proof::Wrong(problem)) => return problem.into_response(),
        None => {
            return Problem::unauthenticated(&phrase!("needs_a_person", "This needs a signed-in person."))
                .into_response();
        }
    };
    if let Err(denied) = caller.scope.require(permission) {
        return Problem::denied(&denied).into_response();
    }
    request.extensions_mut().insert::<Caller>(caller);
    next.run(request).await
}

fn each_operation<'a>(
    paths: impl IntoIterator<Item = (&'a String, &'a mut PathItem)>,
    change: impl Fn(&mut Operation),
) {
    for (_, item) in paths {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
            .into_iter()
            .flatten()
            .for_each(|operation| {
                describe_answers(operation);
                change(operation);
                describe_refusals(operation);
            });
    }
}

/// The standard wants a description of every answer; where there is nothing to add, it is that it worked.
fn describe_answers(operation: &mut Operation) {
    for answer in operation.responses.responses.values_mut() {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = "Done".to_owned();
        }
    }
}

/// What the extractors refuse, whatever the route is.
fn describe_refusals(operation: &mut Operation) {
    if operation.request_body.is_some() {
        document(operation, "400", "The body is not JSON, or broke off");
        document(operation, "413", "The body is too large");
        document(operation, "415", "The body is of another type, or compressed");
        document(operation, "422", "A field is wrong; `errors` says which");
    }
    let queried = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    };
    if operation.parameters.as_ref().is_some_and(|parameters| parameters.iter().any(queried)) {
        document(operation, "422", "The part after `?` is wrong");
    }
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("429") {
        for (name, about) in [
            ("Retry-After", "Seconds until another attempt makes sense"),
            (
                "RateLimit",
                "The limit that was reached, how much is left and for how long: `\"sign-in\";r=0;t=59`",
            ),
            ("RateLimit-Policy", "What that limit allows: `\"sign-in\";q=5;w=300`"),
        ] {
            let header = HeaderBuilder::new().description(Some(about)).build();
            answer.headers.insert(name.to_owned(), RefOr::T(header));
        }
    }
}

/// Adds an answer with a problem body to an operation's documentation.
fn document(operation: &mut Operation, status: &str, description: &str) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response =
        ResponseBuilder::new().description(description).content("application/problem+json", content).build();
    operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
}

//! Serves the console over HTTP: encodings, caching and the fallback for navigation.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::assets;

const NOT_BUILT: &str = include_str!("not_built.html");

/// Answers a request that no route of the API took.
pub async fn serve(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let headers = request.headers();
    if !path.is_empty() && path != "index.html" {
        if let Some(answer) = file(path, headers) {
            return answer;
        }
        if !is_navigation(path, headers) {
            return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
        }
    }
    file("index.html", headers).unwrap_or_else(not_built)
}

/// A person typing an address or following a link, rather than a page asking for one of its parts.
fn is_navigation(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let accepts_page = text(headers, header::ACCEPT).contains("text/html");
    accepts_page && !last.contains('.')
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted = text(headers, header::ACCEPT_ENCODING);
    let encodings = [("br", ".br"), ("gzip", ".gz")];
    let packed = encodings
        .into_iter()
        .filter(|(encoding, _)| accepted.contains(encoding))
        .find_map(|(encoding, suffix)| Some((Some(encoding), assets::find(&format!("{path}{suffix}"))?)));
    let (encoding, bytes) = match packed {
        Some(packed) => packed,
        None => (None, assets::find(path)?),
    };
    Some(answer(path, encoding, bytes, headers))
}

fn answer(
    path: &str,
    encoding: Option<&'static str>,
    bytes: Cow<'static, [u8]>,
    asked: &HeaderMap,
) -> Response {
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&bytes).get(..12).unwrap_or_default()));
    let known = text(asked, header::IF_NONE_MATCH).split(',').any(|given| given.trim() == tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(match bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        })
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The build puts a hash into the names of everything below assets/: such a file never changes.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn not_built() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], NOT_BUILT)
        .into_response()
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(kind: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, kind.parse().unwrap())])
    }

    #[test]
    fn only_navigation_falls_back_to_the_page() {
        assert!(is_navigation("incidents/7", &accepting("text/html,application/xhtml+xml")));
        assert!(!is_navigation("assets/gone-1234.js", &accepting("*/*")));
        assert!(!is_navigation("favicon.ico", &accepting("text/html")));
    }

    #[test]
    fn a_file_that_has_not_changed_is_not_sent_again() {
        let first = answer("assets/a.js", None, Cow::Borrowed(b"1"), &HeaderMap::new());
        assert_eq!(first.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let tag = first.headers()[header::ETAG].clone();
        let again = HeaderMap::from_iter([(header::IF_NONE_MATCH, tag)]);
        assert_eq!(
            answer("assets/a.js", None, Cow::Borrowed(b"1"), &again).status(),
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(answer("assets/a.js", None, Cow::Borrowed(b"2"), &again).status(), StatusCode::OK);
    }
}

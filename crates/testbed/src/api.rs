//! A client of the HTTP API, as anybody could write it.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value as Json, json};

use crate::{Error, Result};

/// Signed in as somebody, or nobody.
#[derive(Clone)]
pub struct Api {
    http: Client,
    base: String,
    token: Option<String>,
}

/// A device and the credentials that were shown once.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub id: String,
    pub name: String,
    pub username: String,
    pub password: String,
}

impl Api {
    /// `server` is the server's base URL: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn anonymous(server: &str) -> Self {
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap_or_default();
        Self { http, base: server.trim_end_matches('/').to_owned(), token: None }
    }

    /// # Errors
    /// The address or the password is wrong, or the server does not answer.
    pub async fn sign_in(server: &str, email: &str, password: &str) -> Result<Self> {
        let mut api = Self::anonymous(server);
        let tokens = api.post("/auth/login", &json!({ "email": email, "password": password })).await?;
        let token = tokens.get("access_token").and_then(Json::as_str);
        let token = token.ok_or(Error::Shape { request: "/auth/login".to_owned(), field: "access_token" })?;
        api.token = Some(token.to_owned());
        Ok(api)
    }

    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to `path` below `/api/v1`, with the caller's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// # Errors
    /// The API refused, or did not answer in JSON.
    pub async fn get(&self, path: &str) -> Result<Json> {
        self.send(path, self.request(Method::GET, path)).await
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn post(&self, path: &str, body: &Json) -> Result<Json> {
        self.send(path, self.request(Method::POST, path).json(body)).await
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn patch(&self, path: &str, body: &Json) -> Result<Json> {
        self.send(path, self.request(Method::PATCH, path).json(body)).await
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn put(&self, path: &str, body: &Json) -> Result<Json> {
        self.send(path, self.request(Method::PUT, path).json(body)).await
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn delete(&self, path: &str) -> Result<Json> {
        self.send(path, self.request(Method::DELETE, path)).await
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn post_yaml(&self, path: &str, yaml: &str) -> Result<Json> {
        let request = self.request(Method::POST, path).header("content-type", "application/yaml");
        self.send(path, request.body(yaml.to_owned())).await
    }

    /// As a device sends it: with the device's own credentials.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post_as(&self, device: &NewDevice, path: &str, body: &Json) -> Result<Json> {
        let request = self.http.post(format!("{}/api/v1{path}", self.base));
        self.send(path, request.basic_auth(&device.username, Some(&device.password)).json(body)).await
    }

    /// Every item of a list, page by page.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn all(&self, path: &str) -> Result<Vec<Json>> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let mut page = match &cursor {
                None => self.get(path).await?,
                Some(cursor) => self.get(&format!("{path}{separator}cursor={}", escaped(cursor))).await?,
            };
            if let Some(Json::Array(more)) = page.get_mut("items").map(Json::take) {
                items.extend(more);
            }
            match page.get("next_cursor").and_then(Json::as_str) {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(items),
            }
        }
    }

    /// # Errors
    /// As [`Self::get`].
    pub async fn create_device(&self, name: &str, profile: &str) -> Result<NewDevice> {
        let created = self.post("/devices", &json!({ "name": name, "profile": profile })).await?;
        let credentials = created.get("credentials").cloned().unwrap_or_default();
        device(text(&created, "id", "/devices")?, name, &credentials)
    }

    /// New credentials for a device that exists; the old ones end.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn renew_credentials(&self, id: &str, name: &str) -> Result<NewDevice> {
        let credentials = self.post(&format!("/devices/{id}/credentials"), &json!({})).await?;
        device(id.to_owned(), name, &credentials)
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> Result<Json> {
        let failed = |source| Error::Http { request: path.to_owned(), source };
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(failed)?;
        let body: Json = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Json::String(String::from_utf8_lossy(&bytes).into_owned()));
        if status.is_success() {
            return Ok(body);
        }
        let field = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let (code, detail) = (field("code"), field("detail"));
        Err(Error::Problem { request: path.to_owned(), status: status.as_u16(), code, detail, body })
    }
}

/// As it stands in a URL's query.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn device(id: String, name: &str, credentials: &Json) -> Result<NewDevice> {
    let of = |field| text(credentials, field, "credentials");
    Ok(NewDevice { id, name: name.to_owned(), username: of("username")?, password: of("password")? })
}

fn text(json: &Json, field: &'static str, request: &str) -> Result<String> {
    let text = json.get(field).and_then(Json::as_str).map(str::to_owned);
    text.ok_or_else(|| Error::Shape { request: request.to_owned(), field })
}

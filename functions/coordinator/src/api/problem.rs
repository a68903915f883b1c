//! Errors as RFC 9457 has them.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use runtime::Redeliver;
use serde::Serialize;
use storage::StoreError;

/// Why a request is not answered as it was meant: what happened, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    detail: String,
    /// The member of the request that is wrong.
    field: Option<&'static str>,
    /// Seconds after which it is worth another try.
    retry_after: Option<u64>,
}

/// A kind of problem: the last part of its `type`, its title and its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(&'static str, &'static str, StatusCode);

pub(crate) const MALFORMED: Kind = Kind("malformed", "The request cannot be read", StatusCode::BAD_REQUEST);
pub(crate) const UNKNOWN_CALLER: Kind =
    Kind("unknown-caller", "The caller is not known", StatusCode::UNAUTHORIZED);
pub(crate) const FORBIDDEN: Kind = Kind("forbidden", "The caller may not do this", StatusCode::FORBIDDEN);
pub(crate) const NOT_FOUND: Kind = Kind("not-found", "There is nothing here", StatusCode::NOT_FOUND);
pub(crate) const METHOD: Kind =
    Kind("method", "This address is not called that way", StatusCode::METHOD_NOT_ALLOWED);
pub(crate) const TIMEOUT: Kind =
    Kind("timeout", "The request or its answer took too long", StatusCode::REQUEST_TIMEOUT);
pub(crate) const IN_WORK: Kind = Kind("in-work", "A request with this key is in work", StatusCode::CONFLICT);
pub(crate) const WRONG_STATE: Kind =
    Kind("wrong-state", "The run's state does not allow it", StatusCode::CONFLICT);
pub(crate) const TOO_LONG: Kind =
    Kind("too-long", "The body is longer than 64 KiB", StatusCode::PAYLOAD_TOO_LARGE);
pub(crate) const MEDIA_TYPE: Kind =
    Kind("media-type", "The body is no JSON", StatusCode::UNSUPPORTED_MEDIA_TYPE);
pub(crate) const MISDIRECTED: Kind =
    Kind("misdirected", "The Host is another's", StatusCode::MISDIRECTED_REQUEST);
pub(crate) const INVALID: Kind = Kind("invalid", "A value cannot be used", StatusCode::UNPROCESSABLE_ENTITY);
pub(crate) const NOT_WATCHED: Kind =
    Kind("not-watched", "The symbol is not watched", StatusCode::UNPROCESSABLE_ENTITY);
pub(crate) const OTHER_BODY: Kind =
    Kind("other-body", "The key belongs to another request", StatusCode::UNPROCESSABLE_ENTITY);
pub(crate) const TOO_MANY: Kind =
    Kind("too-many", "There are too many requests", StatusCode::TOO_MANY_REQUESTS);
pub(crate) const UNAVAILABLE: Kind =
    Kind("unavailable", "This cannot be answered now", StatusCode::SERVICE_UNAVAILABLE);

#[derive(Serialize)]
struct Json<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl std::fmt::Display) -> Self {
        // what a caller wrote may be quoted: one line of it, and no more than a person reads
        let detail = detail.to_string().chars().filter(|c| !c.is_control()).take(500).collect();
        Self { kind, detail, field: None, retry_after: None }
    }

    pub(crate) fn of(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The caller has shown nothing that says who it is.
    pub fn unknown_caller(detail: &str) -> Self {
        Self::new(UNKNOWN_CALLER, detail)
    }

    /// The request names another host than this.
    pub fn misdirected(detail: &str) -> Self {
        Self::new(MISDIRECTED, detail)
    }

    /// The caller is one that nothing is answered to.
    pub fn forbidden(detail: &str) -> Self {
        Self::new(FORBIDDEN, detail)
    }

    /// What the answer needs cannot be read now.
    pub fn unavailable(detail: &str) -> Self {
        Self::new(UNAVAILABLE, detail).after(10)
    }

    /// The kind of problem: the last part of its `type`.
    pub(crate) fn name(&self) -> &'static str {
        self.kind.0
    }

    /// What happened, where, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::new(NOT_FOUND, format!("{what} does not exist")),
            StoreError::Newer { .. } => Self::new(WRONG_STATE, error),
            error => {
                tracing::error!(%error, "a request could not be answered: {error}");
                Self::new(UNAVAILABLE, "storage cannot be read or written now; try again").after(10)
            }
        }
    }
}

impl From<Redeliver> for Problem {
    fn from(error: Redeliver) -> Self {
        error.0.into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Kind(name, title, status) = self.kind;
        let json = Json {
            kind: format!("urn:topdown:problem:{name}"),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            field: self.field,
        };
        // a struct of texts and a number is always JSON
        let body = serde_json::to_string(&json).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert("www-authenticate", HeaderValue::from_static("Bearer"));
        }
        response
    }
}

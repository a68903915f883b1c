use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};

use super::problem::{METHOD, NOT_FOUND, Problem};
use super::{Api, Caller, calls, list, start};

/// The document that describes the API.
pub const OPENAPI: &str = include_str!("openapi.json");

/// Every operation: its method, its path as the document writes it.
pub const ROUTES: &[(&str, &str)] = &[
    ("get", "/openapi.json"),
    ("get", "/v1/runs"),
    ("post", "/v1/runs"),
    ("get", "/v1/runs/{run_id}"),
    ("post", "/v1/runs/{run_id}:cancel"),
    ("post", "/v1/runs/{run_id}:resume"),
];

/// The routes of the API. Whoever mounts them puts a [`Caller`] among each request's extensions.
pub fn router(api: Arc<Api>) -> Router {
    Router::new()
        .route("/v1/runs", get(list::list).post(start::start))
        .route("/v1/runs/{run_id}", any(calls::one))
        .route("/openapi.json", get(|| async { ([(CONTENT_TYPE, "application/json")], OPENAPI) }))
        .route("/v1/{*rest}", get(nothing).post(nothing))
        .method_not_allowed_fallback(|| async { Problem::new(METHOD, "see /openapi.json") })
        .layer(middleware::from_fn_with_state(api.clone(), admitted))
        .with_state(api)
}

/// Whether a page of another site sends the request, as its browser says, unless somebody follows a link from there.
pub fn is_foreign(method: &Method, headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_own = header("sec-fetch-site").is_none_or(|site| ["same-origin", "none"].contains(&site));
    let is_navigation = header("sec-fetch-mode") == Some("navigate") && *method == Method::GET;
    !is_own && !is_navigation
}

async fn nothing() -> Problem {
    Problem::new(NOT_FOUND, "see /openapi.json")
}

/// Lets known callers in.
async fn admitted(
    State(api): State<Arc<Api>>,
    caller: Option<Extension<Caller>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(Extension(Caller(caller))) = caller else {
        return Problem::unknown_caller("no caller is known of this request").into_response();
    };
    api.let_in(&caller, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

//! Who may ask a server on this machine.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use coordinator::api::{Caller, Problem, is_foreign};
use platform_local::Door;

/// The one caller of a server that knows one token.
pub(super) const CALLER: &str = "local";

/// Refuses what names another host, for a page elsewhere may have its name pointed here; and what a page of another
/// origin sends, unless somebody follows a link from there.
pub(super) async fn own_origin(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    match foreign(request.method(), request.headers(), door.port) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn foreign(method: &Method, headers: &HeaderMap, port: u16) -> Option<Problem> {
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !header(HOST.as_str()).is_some_and(|host| own.iter().any(|own| own == host)) {
        return Some(Problem::misdirected("this server answers on 127.0.0.1 only"));
    }
    // forms of pages that send no referrer have no origin either; their site is told by the browser alone
    let is_own_form = header("sec-fetch-site") == Some("same-origin");
    let is_own = |origin: &HeaderValue| own.iter().any(|own| *origin == format!("http://{own}"));
    let is_other = |origin: &HeaderValue| !(is_own(origin) || (is_own_form && origin == "null"));
    if headers.get_all(ORIGIN).iter().any(is_other) {
        return Some(Problem::forbidden("a page of another origin asks nothing here"));
    }
    is_foreign(method, headers).then(|| Problem::forbidden("a page of another site asks nothing here"))
}

/// Lets in who shows the folder's token.
pub(super) async fn bearer(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let token = bearer_of(request.headers());
    if !token.is_some_and(|token| door.opens(token)) {
        let how = "send Authorization: Bearer and the text of api.token in the data folder";
        return Problem::unknown_caller(how).into_response();
    }
    request.extensions_mut().insert(Caller(CALLER.to_owned()));
    next.run(request).await
}

fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Headers of every answer.
pub(super) async fn safe(mut response: Response) -> Response {
    runtime::headers::private(response.headers_mut());
    response
}

/// Of an address that there is not.
pub(super) async fn nothing() -> Response {
    (StatusCode::NOT_FOUND, "there is nothing here\n").into_response()
}

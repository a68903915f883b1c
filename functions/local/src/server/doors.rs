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
    let mut hosts = headers.get_all(HOST).iter().peekable();
    // one that is named twice is whichever a reader takes
    if hosts.peek().is_none() || !hosts.all(|host| own.iter().any(|own| host == own.as_str())) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_that_is_named_is_this_one() {
        let answered = |hosts: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, HeaderValue::from_static(host));
            }
            foreign(&Method::GET, &headers, 8377).is_none()
        };
        assert!(answered(&["127.0.0.1:8377"]) && answered(&["localhost:8377"]));
        for refused in [
            &[][..],
            &["127.0.0.1"],
            &["127.0.0.1:8377", "evil.example"],
            &["evil.example", "localhost:8377"],
        ] {
            assert!(!answered(refused), "{refused:?}");
        }
    }
}

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses a request that names another host: a page elsewhere whose name was pointed here.
pub(super) async fn own_host(port: u16, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if [format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|own| own == host) {
        return next.run(request).await;
    }
    (StatusCode::MISDIRECTED_REQUEST, "this server answers on 127.0.0.1 only\n").into_response()
}

/// Headers of every answer.
pub(super) async fn safe(mut response: Response) -> Response {
    runtime::headers::private(response.headers_mut());
    response
}

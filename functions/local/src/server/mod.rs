//! What `serve` answers on 127.0.0.1: artifacts behind signed addresses.

mod artifacts;
mod connections;
mod headers;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::get;
use platform_local::{FolderArtifacts, Signer};
use runtime::Clock;
use tokio::net::TcpListener;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) artifacts: Arc<FolderArtifacts>,
    pub(crate) signer: Arc<Signer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) port: u16,
}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Shared) -> Infallible {
    connections::serve(listener, router(shared)).await
}

fn router(shared: Shared) -> Router {
    let port = shared.port;
    Router::new()
        .route("/", get(|| async { "Topdown serves reports by their signed addresses.\n" }))
        .route("/artifacts/{*key}", get(artifacts::artifact))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here\n").into_response() })
        .layer(middleware::from_fn(move |request, next| headers::own_host(port, request, next)))
        .layer(middleware::map_response(headers::safe))
        .with_state(shared)
}

//! What `serve` answers on 127.0.0.1: the API for callers with the folder's token, and artifacts behind signed
//! addresses.

mod artifacts;
mod connections;
mod desk;
mod doors;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use coordinator::api::{self, Api};
pub(crate) use desk::ServedDesk;
use platform_local::{Door, FolderArtifacts, Signer};
use runtime::Clock;
use tokio::net::TcpListener;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) artifacts: Arc<FolderArtifacts>,
    pub(crate) signer: Arc<Signer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) door: Arc<Door>,
    pub(crate) api: Arc<Api>,
}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Shared) -> Infallible {
    connections::serve(listener, router(shared)).await
}

fn router(shared: Shared) -> Router {
    let door = shared.door.clone();
    let api =
        api::router(shared.api.clone()).layer(middleware::from_fn_with_state(door.clone(), doors::bearer));
    Router::new()
        .route("/", get(|| async { "Topdown serves reports by their signed addresses.\n" }))
        .route("/artifacts/{*key}", get(artifacts::artifact))
        .with_state(shared)
        .merge(api)
        .fallback(doors::nothing)
        .layer(middleware::from_fn_with_state(door, doors::own_origin))
        .layer(middleware::map_response(doors::safe))
}

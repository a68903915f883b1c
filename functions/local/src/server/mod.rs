//! What `serve` answers on 127.0.0.1: the API for callers with the folder's token, pages for browsers that were let
//! in, and artifacts behind signed addresses.

mod artifacts;
mod connections;
mod desk;
mod doors;
mod sessions;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::get;
use coordinator::api::{self, Api};
use coordinator::pages;
pub(crate) use desk::ServedDesk;
use platform_local::{Door, FolderArtifacts, Signer};
use runtime::Clock;
pub(crate) use sessions::Sessions;
use tokio::net::TcpListener;

/// What the routes share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) artifacts: Arc<FolderArtifacts>,
    pub(crate) signer: Arc<Signer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) door: Arc<Door>,
    pub(crate) api: Arc<Api>,
    pub(crate) sessions: Arc<Sessions>,
}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, shared: Shared) -> Infallible {
    connections::serve(listener, router(shared)).await
}

fn router(shared: Shared) -> Router {
    let door = shared.door.clone();
    let api =
        api::router(shared.api.clone()).layer(middleware::from_fn_with_state(door.clone(), doors::bearer));
    let sessions = shared.sessions.clone();
    let pages = pages::router(shared.api.clone())
        .layer(middleware::from_fn_with_state(sessions.clone(), sessions::visited));
    let artifacts = Router::new().route("/artifacts/{*key}", get(artifacts::artifact)).with_state(shared);
    let enter = Router::new().route("/enter", get(sessions::enter)).with_state(sessions);
    api.merge(pages)
        .merge(artifacts)
        .merge(enter)
        .fallback(doors::nothing)
        .layer(middleware::from_fn_with_state(door, doors::own_origin))
        .layer(middleware::map_response(doors::safe))
}

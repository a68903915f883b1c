use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use coordinator::pages;
use platform_local::{Refused, SignedPath};
use serde::Deserialize;
use storage::{ArtifactKey, ArtifactStore, StoreError};

use super::Shared;

#[derive(Deserialize)]
pub(super) struct Signature {
    expires: i64,
    signature: String,
}

/// An artifact, if the address was signed for it and has not expired. Whatever else is wrong gets one answer.
pub(super) async fn artifact(
    State(shared): State<Shared>,
    method: Method,
    Path(key): Path<String>,
    query: Result<Query<Signature>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let refused = || (StatusCode::FORBIDDEN, format!("{Refused}\n")).into_response();
    let (Ok(Query(query)), Ok(key)) = (query, ArtifactKey::new(&key)) else { return refused() };
    let Ok(Some(found)) = shared.artifacts.find(&key).await else { return refused() };
    let path = SignedPath {
        method: method.as_str(),
        key: key.as_str(),
        expires: query.expires,
        signature: &query.signature,
    };
    if shared.signer.verify(path, &found.sha256, shared.clock.now()).is_err() {
        return refused();
    }
    match shared.artifacts.get(&found.gcs_uri).await {
        Ok(bytes) => {
            let name = key.as_str().rsplit('/').next().unwrap_or("artifact");
            pages::artifact(&found.media_type, name, bytes)
        }
        Err(error @ StoreError::Damaged { .. }) => (StatusCode::GONE, format!("{error}\n")).into_response(),
        Err(error) => {
            tracing::error!(%error, %key, "artifact {key} could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the artifact cannot be read now; try again\n").into_response()
        }
    }
}

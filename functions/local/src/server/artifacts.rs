use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use platform_local::{Refused, SignedPath};
use serde::Deserialize;
use storage::{Artifact, ArtifactKey, ArtifactStore, StoreError};

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
        Ok(bytes) => (headers(&found, &key, &bytes), bytes).into_response(),
        Err(error @ StoreError::Damaged { .. }) => (StatusCode::GONE, format!("{error}\n")).into_response(),
        Err(error) => {
            tracing::error!(%error, %key, "artifact {key} could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the artifact cannot be read now; try again\n").into_response()
        }
    }
}

/// Pages and pictures are shown, all else is saved; a page comes with its own policy.
fn headers(artifact: &Artifact, key: &ArtifactKey, bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(CONTENT_TYPE, &artifact.media_type);
    let shown = artifact.media_type.starts_with("text/html") || artifact.media_type == "image/png";
    let name = key.as_str().rsplit('/').next().unwrap_or("artifact");
    // a key's characters are all safe within quotes
    set(
        CONTENT_DISPOSITION,
        &format!("{}; filename=\"{name}\"", if shown { "inline" } else { "attachment" }),
    );
    let policy = if artifact.media_type.starts_with("text/html") {
        notify::page::policy_header(&String::from_utf8_lossy(bytes))
    } else {
        "sandbox; default-src 'none'".to_owned()
    };
    set(CONTENT_SECURITY_POLICY, &policy);
    headers
}

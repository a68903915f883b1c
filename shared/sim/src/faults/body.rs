//! True answers, spoilt on their way.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use futures_util::{StreamExt, stream};

async fn split(answer: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = answer.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    (parts, bytes)
}

/// Promises the whole body and breaks the connection after `after` bytes of it.
pub(super) async fn cut(answer: Response, after: usize) -> Response {
    let (mut parts, bytes) = split(answer).await;
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    let sent = bytes.slice(..after.min(bytes.len()));
    let broken = async {
        // the server writes out what it holds when it has to wait, and drops it when the body fails
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let broken = stream::once(broken);
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(sent)]).chain(broken)))
}

pub(super) async fn truncated(answer: Response, keep: usize) -> Response {
    let (mut parts, bytes) = split(answer).await;
    parts.headers.remove(header::CONTENT_LENGTH);
    let kept = bytes.slice(..keep.min(bytes.len()));
    Response::from_parts(parts, Body::from(kept))
}

pub(super) async fn trickled(answer: Response, every: Duration) -> Response {
    let (mut parts, bytes) = split(answer).await;
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    let drops = stream::unfold((bytes, false), move |(mut rest, waited)| async move {
        if rest.is_empty() {
            return None;
        }
        if waited {
            tokio::time::sleep(every).await;
        }
        let first = rest.split_to(1);
        Some((Ok::<_, Infallible>(first), (rest, true)))
    });
    Response::from_parts(parts, Body::from_stream(drops))
}

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Connections at once. Each is a file descriptor, of which the data folder needs some too: more callers wait.
const CONNECTIONS: usize = 64;
/// A request's head has arrived by then.
const HEAD: Duration = Duration::from_secs(10);
/// A connection ends by then: it carries one request.
const REQUEST: Duration = Duration::from_secs(30);
/// A stream of events, which ends by itself before.
const STREAM: Duration = Duration::from_secs(16 * 60);
/// Largest head of a request, bytes.
const LARGEST_HEAD: usize = 16 << 10;
/// Pause after a connection that could not be accepted, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers connections until it is dropped. Nothing that a caller does ends it.
pub(super) async fn serve(listener: TcpListener, router: Router) -> std::convert::Infallible {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // the semaphore is never closed
        let Ok(place) = places.clone().acquire_owned().await else { continue };
        match listener.accept().await {
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    let _place = place;
                    answer(stream, router).await;
                });
            }
            // the caller's own trouble
            Err(error) if is_callers(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "no connection could be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_callers(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

async fn answer(stream: TcpStream, router: Router) {
    let is_stream = Arc::new(AtomicBool::new(false));
    let told = is_stream.clone();
    let router = router.layer(middleware::map_response(move |response: Response| {
        let media_type = response.headers().get(CONTENT_TYPE);
        told.store(media_type.is_some_and(|found| found == "text/event-stream"), Ordering::Relaxed);
        std::future::ready(response)
    }));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LARGEST_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let mut answered = tokio::time::timeout(REQUEST, connection.as_mut()).await;
    if answered.is_err() && is_stream.load(Ordering::Relaxed) {
        answered = tokio::time::timeout(STREAM, connection).await;
    }
    match answered {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection ended early"),
        Err(_) => tracing::debug!("a connection took too long"),
    }
}

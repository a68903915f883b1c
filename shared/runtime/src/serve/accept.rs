//! Connections: their limits, and their end.

use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;
use tracing::{debug, info, warn};

/// For a request's headers to arrive whole.
const HEADERS: Duration = Duration::from_secs(10);

/// Bytes of a request's headers.
const HEADER_BYTES: usize = 16 * 1024;

/// The platform kills ten seconds after it has asked to stop.
const DRAIN: Duration = Duration::from_secs(9);

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Held by whatever must come to its end before the process does.
#[derive(Debug, Clone)]
pub(super) struct InWork(#[expect(dead_code, reason = "held, not read")] watch::Receiver<()>);

/// Answers until `stop` ends; then takes no connection more and waits for what is in work.
pub(super) async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let (in_work, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let work = InWork(in_work.subscribe());
                    tokio::spawn(connection(stream, Peer(peer.ip()), router.clone(), work));
                }
                // out of descriptors, most likely: they come back as connections end
                Err(error) => {
                    warn!(%error, "no connection accepted");
                    sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    drop(listener);
    if timeout(DRAIN, in_work.closed()).await.is_err() {
        warn!(left = in_work.receiver_count(), "stopped with work in hand: its leases end by themselves");
    } else {
        info!("stopped, nothing left in work");
    }
}

/// One request a connection: none idles, so that a deadline for headers cuts nobody off.
async fn connection(stream: TcpStream, peer: Peer, router: Router, work: InWork) {
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(work.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).keep_alive(false).header_read_timeout(HEADERS).max_buf_size(HEADER_BYTES);
    if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
        debug!(%error, "connection broken off");
    }
}

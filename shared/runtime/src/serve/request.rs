//! One request: who sends it, what it holds, what it is answered, and its line in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use storage::StoreError;
use tokio::time::Instant;
use tokio::time::{sleep, timeout};
use tracing::{Instrument, Span, debug, error, error_span, field, info, warn};

use super::accept::{InWork, Peer};
use super::auth::{Auth, Caller, Denied};
use super::trace::Trace;
use super::{Delivery, Identity, OnTick, Push, Tick};
use crate::{Clock, Redeliver, headers};

/// Bytes of a body.
const BODY: usize = 64 * 1024;

/// For a body to arrive whole.
const ARRIVAL: Duration = Duration::from_secs(30);

/// Between tries to do what storage did not let be done.
const WAITS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(6)];

/// How long after its beginning a request may begin its work anew: a new claim is for ten minutes, and the platform
/// ends the request after nine.
const YOUNG: Duration = Duration::from_secs(60);

/// What every request passes.
pub(super) struct Door {
    pub(super) auth: Auth,
    pub(super) clock: Arc<dyn Clock>,
}

/// `POST /push`.
pub(super) async fn push(door: &Door, push: Arc<dyn Push>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Err(refused) = admit(door, Caller::Push, &parts).await {
        return refused;
    }
    let work = parts.extensions.get::<InWork>().cloned();
    let body = match read(&parts, body).await {
        Ok(body) => body,
        Err(Unread::TooLong) => return dropped("the body is longer than 64 KiB"),
        Err(Unread::BrokenOff) => return StatusCode::BAD_REQUEST.into_response(),
    };
    match Delivery::read(&body) {
        Ok(delivery) => {
            let delivery = Arc::new(delivery);
            done(work, move || {
                let (push, delivery) = (push.clone(), delivery.clone());
                async move { push.push(&delivery).await }
            })
            .await
        }
        Err(error) => dropped(&error.to_string()),
    }
}

/// `POST` to a path of the schedule.
pub(super) async fn tick(door: &Door, on_tick: Arc<dyn OnTick>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Err(refused) = admit(door, Caller::Tick, &parts).await {
        return refused;
    }
    let work = parts.extensions.get::<InWork>().cloned();
    let tick = Tick::of(&parts.headers, door.clock.now());
    done(work, move || {
        let (on_tick, tick) = (on_tick.clone(), tick.clone());
        async move { on_tick.tick(&tick).await }
    })
    .await
}

/// Says who sends a request to whatever stands behind.
pub(super) async fn identified(State(door): State<Arc<Door>>, mut request: Request, next: Next) -> Response {
    let identity = match request.extensions().get::<Peer>() {
        Some(peer) => door.auth.identify(peer.0, request.headers()).await,
        None => Err(Denied::Elsewhere),
    };
    let identity = match identity {
        Ok(account) => Identity::Known(account),
        Err(Denied::Unknown(why)) => {
            error!(why, "nobody is let in");
            Identity::Unsure
        }
        Err(denied) => {
            // the platform asks for that one, as nobody
            if request.uri().path() != "/" {
                warn!(%denied, "not let in");
            }
            Identity::Nobody
        }
    };
    request.extensions_mut().insert(identity);
    next.run(request).await
}

async fn admit(door: &Door, caller: Caller, parts: &Parts) -> Result<(), Response> {
    let denied = match parts.extensions.get::<Peer>() {
        Some(peer) => door.auth.admit(caller, peer.0, &parts.headers).await,
        None => Err(Denied::Elsewhere),
    };
    denied.map_err(|denied| {
        let status = match &denied {
            Denied::Refused(_) => StatusCode::UNAUTHORIZED,
            Denied::Elsewhere => StatusCode::FORBIDDEN,
            Denied::Unknown(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        warn!(%denied, "not let in");
        status.into_response()
    })
}

enum Unread {
    TooLong,
    BrokenOff,
}

async fn read(parts: &Parts, body: Body) -> Result<Bytes, Unread> {
    let declared = parts.headers.get(CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY) {
        return Err(Unread::TooLong);
    }
    let limited = Limited::new(body, BODY);
    match timeout(ARRIVAL, limited.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLong),
        _ => Err(Unread::BrokenOff),
    }
}

/// What can never be read is acknowledged: refused it would come again, and again.
fn dropped(why: &str) -> Response {
    error!(why, "message dropped: it cannot be read");
    StatusCode::NO_CONTENT.into_response()
}

/// Does the work in a task of its own: a caller that hangs up does not end it halfway.
async fn done<F>(work: Option<InWork>, todo: impl Fn() -> F + Send + 'static) -> Response
where
    F: Future<Output = Result<(), Redeliver>> + Send + 'static,
{
    let task = async move {
        let begun = Instant::now();
        let outcome = patient(todo, || begun.elapsed() < YOUNG).await;
        drop(work);
        outcome
    };
    match tokio::spawn(task.instrument(Span::current())).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT,
        Ok(Err(Redeliver(error))) if is_out_of_reach(&error) => {
            error!(%error, "not done: storage is out of reach");
            StatusCode::SERVICE_UNAVAILABLE
        }
        // no delivery mends it: the sweeper and the run's deadline know what is left
        Ok(Err(Redeliver(error))) => {
            error!(%error, "left as it is");
            StatusCode::NO_CONTENT
        }
        Err(_) => {
            error!("a fault of this program's own; the sweeper hands its step over again");
            StatusCode::NO_CONTENT
        }
    }
    .into_response()
}

/// Does the work again while storage is out of reach and `is_young`: a request that has worked for long has too little
/// time left to begin anew, and another delivery has all of it.
async fn patient<F>(todo: impl Fn() -> F, is_young: impl Fn() -> bool) -> Result<(), Redeliver>
where
    F: Future<Output = Result<(), Redeliver>>,
{
    for wait in WAITS {
        match todo().await {
            Err(Redeliver(error)) if is_out_of_reach(&error) && is_young() => {
                info!(%error, seconds = wait.as_secs_f64(), "storage is out of reach: waiting");
                sleep(wait).await;
            }
            outcome => return outcome,
        }
    }
    todo().await
}

fn is_out_of_reach(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Full(_) | StoreError::InUse { .. })
}

/// Puts the headers of every answer, the request's span and its line in the log around all paths.
pub(super) fn guard(router: Router<Arc<Door>>, door: Arc<Door>) -> Router {
    router
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(door.clone(), around))
        .with_state(door)
}

async fn around(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    // the route's own text: what a caller wrote is not logged
    let path = request.extensions().get::<MatchedPath>().map_or("elsewhere", MatchedPath::as_str).to_owned();
    let span = error_span!(
        "request",
        trace = field::Empty,
        span_id = field::Empty,
        trace_sampled = field::Empty,
        run_id = field::Empty,
        steps = field::Empty,
    );
    if let Some(trace) = Trace::of(request.headers()) {
        span.record("trace", trace.id.as_str());
        span.record("span_id", trace.span.as_str());
        span.record("trace_sampled", trace.sampled);
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    headers::private(response.headers_mut());
    if !door.auth.is_local() {
        headers::tls_only(response.headers_mut());
    }
    span.in_scope(|| log(method.as_str(), &path, response.status(), begun.elapsed()));
    response
}

/// The one line of a request, in the form that Cloud Logging shows as one.
fn log(method: &str, path: &str, status: StatusCode, took: Duration) {
    macro_rules! line {
        ($level:ident) => {
            $level!(
                http_request.request_method = method,
                http_request.request_url = path,
                http_request.status = status.as_u16(),
                http_request.latency = format!("{:.6}s", took.as_secs_f64()),
                "{method} {path} {}",
                status.as_u16()
            )
        };
    }
    match status.as_u16() {
        500.. => line!(error),
        400.. => line!(warn),
        // a probe comes every few seconds
        _ if path == "/" => line!(debug),
        _ => line!(info),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_request_that_has_worked_for_long_does_not_begin_anew() {
        let tries = AtomicU32::new(0);
        let fails = || async {
            tries.fetch_add(1, Ordering::Relaxed);
            Err(Redeliver(StoreError::Unavailable("away".to_owned())))
        };
        assert!(patient(fails, || false).await.is_err());
        assert_eq!(tries.load(Ordering::Relaxed), 1);
        assert!(patient(fails, || tries.load(Ordering::Relaxed) < 3).await.is_err());
        assert_eq!(tries.load(Ordering::Relaxed), 3);
    }
}

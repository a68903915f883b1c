//! The chart vendor: Chart-IMG's version 2. Pictures are drawn by the project's own renderer, so a reader cannot
//! mistake them for TradingView's. PNG only; rates within a day are left to the scripted faults.

mod draw;
mod plan;
mod request;
mod study;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;

use crate::faults::answer::{message, plain};
use crate::world::Shared;
use plan::{Plan, Usage};
use request::Request;

/// An error: status and message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) u16, pub(crate) String);

#[derive(Clone)]
struct Studio {
    shared: Arc<Shared>,
    usage: Arc<Usage>,
}

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v2/tradingview/advanced-chart", post(chart).fallback(nowhere))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::disable())
        .with_state(Studio { shared, usage: Arc::default() })
}

async fn nowhere() -> Response {
    message(404, "Route Not Found")
}

async fn chart(State(studio): State<Studio>, headers: HeaderMap, body: Bytes) -> Response {
    let key = headers.get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    // drawing takes tens of milliseconds, which is too long to hold up the other services
    let drawn = tokio::task::spawn_blocking(move || picture(&studio, &key, &body)).await;
    match drawn {
        Ok(Ok(png)) => plain(200, "image/png", png),
        Ok(Err(Refusal(status, text))) => message(status, &text),
        Err(_) => message(500, "Internal Server Error"),
    }
}

fn picture(studio: &Studio, key: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let plan = Plan::of(key).ok_or_else(|| Refusal(403, "Forbidden".to_owned()))?;
    let request = Request::read(body, &studio.shared.market)?;
    plan.admit(&request)?;
    studio.usage.count(key, plan, studio.shared.clock.now())?;
    draw::png(&request, &studio.shared.market, studio.shared.clock.now())
}

#[cfg(test)]
mod tests;

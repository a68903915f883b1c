//! The second exchange: spot market data of Bybit's v5 API, over the same candles as the first, and the signed part that
//! shows an account.
//!
//! Candles are newest first, every number is a text, business errors come with HTTP 200. Of the intervals, the five that
//! the project reads exist. Contracts (`linear`, which is what a request without a category gets) show the same path.

pub(crate) mod account;
mod envelope;
mod futures;
mod instruments;
mod klines;
mod pace;
mod ticker;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::binance::query::Parameters;
use crate::faults::answer::plain;
use crate::world::Shared;
pub(crate) use envelope::TOO_FREQUENT;
use envelope::{Refusal, answered, refused};
pub(crate) use pace::Pace;

type Shares = State<Arc<Shared>>;
type Sent = Query<Vec<(String, String)>>;

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v5/market/time", get(time))
        .route("/v5/market/kline", get(kline))
        .route("/v5/market/instruments-info", get(instruments_info))
        .route("/v5/market/tickers", get(tickers))
        .merge(account::routes())
        .merge(futures::routes())
        .fallback(async || plain(404, "text/plain", b"404 page not found".to_vec()))
        .with_state(shared)
}

async fn time(State(shared): Shares) -> Response {
    paced(&shared, || {
        let ms = shared.clock.now_ms();
        Ok(json!({ "timeSecond": (ms / 1000).to_string(), "timeNano": (ms * 1_000_000).to_string() }))
    })
}

async fn kline(State(shared): Shares, Query(sent): Sent) -> Response {
    paced(&shared, || klines::answer(&shared, &Parameters(sent)))
}

async fn instruments_info(State(shared): Shares, Query(sent): Sent) -> Response {
    paced(&shared, || instruments::answer(&shared, &Parameters(sent)))
}

async fn tickers(State(shared): Shares, Query(sent): Sent) -> Response {
    paced(&shared, || ticker::answer(&shared, &Parameters(sent)))
}

/// Answers within the limit of an address.
fn paced(shared: &Shared, answer: impl FnOnce() -> Result<Value, Refusal>) -> Response {
    let now_ms = shared.clock.now_ms();
    if !shared.pace.admits() {
        return plain(403, "text/plain", TOO_FREQUENT.to_vec());
    }
    match answer() {
        Ok(result) => answered(&result, now_ms),
        Err(refusal) => refused(refusal, now_ms),
    }
}

/// The category of a request, which a client that forgets it does not expect.
fn category(sent: &Parameters) -> Result<&str, Refusal> {
    match sent.get("category").unwrap_or("linear") {
        known @ ("spot" | "linear") => Ok(known),
        _ => Err(Refusal(10_001, "Illegal category".to_owned())),
    }
}

#[cfg(test)]
mod tests;

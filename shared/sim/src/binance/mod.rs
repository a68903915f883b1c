//! The exchange: spot market data of Binance's REST API, public data of its futures, and the signed part that shows an
//! account.
//!
//! Of the intervals, the five that the project reads exist; any other is answered as invalid. `timeZone` other
//! than 0 is refused.

pub(crate) mod account;
mod depth;
mod error;
mod exchange_info;
mod futures;
mod klines;
pub(crate) mod query;
mod ticker;
mod weight;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;

use crate::faults::Fault;
use crate::faults::answer::plain;
use crate::recorder::Service;
use crate::world::Shared;
use error::ApiError;
use query::Parameters;
pub(crate) use weight::Weights;

type Shares = State<Arc<Shared>>;
type Sent = Query<Vec<(String, String)>>;
/// JSON text, or the exchange's error.
type Answer = Result<String, ApiError>;

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/v3/ping", get(ping))
        .route("/api/v3/time", get(time))
        .route("/api/v3/exchangeInfo", get(exchange_info))
        .route("/api/v3/klines", get(klines))
        .route("/api/v3/ticker/24hr", get(day))
        .route("/api/v3/ticker/price", get(price))
        .route("/api/v3/ticker/bookTicker", get(book))
        .route("/api/v3/depth", get(depth))
        .merge(account::routes())
        .merge(futures::routes())
        .fallback(async || {
            plain(404, "text/html", b"<html><body><h2>404 Not found</h2></body></html>".to_vec())
        })
        .with_state(shared)
}

async fn ping(State(shared): Shares) -> Response {
    weighed(&shared, 1, || Ok("{}".to_owned()))
}

async fn time(State(shared): Shares) -> Response {
    weighed(&shared, 1, || Ok(json!({ "serverTime": shared.clock.now_ms() }).to_string()))
}

async fn exchange_info(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 20, || exchange_info::answer(&shared, &Parameters(sent)))
}

async fn klines(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 2, || klines::answer(&shared, &Parameters(sent)))
}

async fn day(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    weighed(&shared, if sent.has("symbol") { 2 } else { 80 }, || ticker::day(&shared, &sent))
}

async fn price(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    weighed(&shared, if sent.has("symbol") { 2 } else { 4 }, || ticker::price(&shared, &sent))
}

async fn book(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    weighed(&shared, if sent.has("symbol") { 2 } else { 4 }, || ticker::book(&shared, &sent))
}

async fn depth(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    weighed(&shared, depth::weight(&sent), || depth::answer(&shared, &sent))
}

/// Answers within the weight limit, and says in the headers how much of it is used.
fn weighed(shared: &Shared, weight: u32, answer: impl FnOnce() -> Answer) -> Response {
    let used = shared.weights.spend(weight);
    let mut response = match used.retry_after_s {
        Some(retry_after_s) => Fault::TooManyRequests { retry_after_s }
            .instead(Service::Binance)
            .unwrap_or_else(|| plain(429, "application/json", Vec::new())),
        None => match answer() {
            Ok(text) => plain(200, "application/json;charset=UTF-8", text.into_bytes()),
            Err(error) => error.response(),
        },
    };
    for name in ["x-mbx-used-weight", "x-mbx-used-weight-1m"] {
        response.headers_mut().insert(name, HeaderValue::from(used.total));
    }
    response
}

#[cfg(test)]
mod tests;

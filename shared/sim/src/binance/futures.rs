//! Public data of the exchange's USD-M futures: what it counts itself and keeps for a month, and their books.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::error::ApiError;
use super::query::Parameters;
use super::{Sent, Shares, depth, weighed};
use crate::futures::{KEPT_MS, Span, long_share, open_interest, period};
use crate::market::bar::print;
use crate::market::listing::Listing;
use crate::world::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/futures/data/openInterestHist", get(open_interest_history))
        .route("/futures/data/globalLongShortAccountRatio", get(long_short))
        .route("/fapi/v1/depth", get(book))
}

/// Rows of a symbol, a period apart.
fn rows(
    shared: &Shared,
    sent: Vec<(String, String)>,
    row: impl Fn(&Listing, i64) -> Value,
) -> Result<String, ApiError> {
    let sent = Parameters(sent);
    let listing = sent.symbol(&shared.market)?;
    let step = sent.get("period").and_then(period).ok_or(ApiError::Value("period"))?;
    let span = Span::of(&sent, 30, 500).ok_or(ApiError::Value("limit"))?;
    let now = shared.clock.now_ms();
    let first = (now - KEPT_MS).max(listing.listed_ms);
    let rows = span.times(step, first, now).into_iter().map(|at| row(listing, at));
    Ok(Value::Array(rows.collect()).to_string())
}

async fn open_interest_history(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 1, || {
        rows(&shared, sent, |listing, at| {
            let amount = open_interest(&shared, listing, at);
            let value = amount * i128::from(listing.price) / crate::market::bar::ONE;
            json!({ "symbol": listing.symbol, "sumOpenInterest": print(amount),
                    "sumOpenInterestValue": print(value), "CMCCirculatingSupply": "", "timestamp": at })
        })
    })
}

async fn long_short(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 1, || {
        rows(&shared, sent, |listing, at| {
            let long = long_share(&shared, listing, at);
            let part = |of: i64| format!("0.{of:04}");
            let ratio = long * 10_000 / (10_000 - long);
            json!({ "symbol": listing.symbol, "longAccount": part(long), "shortAccount": part(10_000 - long),
                    "longShortRatio": format!("{}.{:04}", ratio / 10_000, ratio % 10_000), "timestamp": at })
        })
    })
}

async fn book(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 5, || depth::answer(&shared, &Parameters(sent)))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::Service;
    use crate::testbed::{Vendor, seeded};

    #[tokio::test]
    async fn rows_carry_the_documented_fields() {
        let exchange = Vendor::new(Service::Binance, &seeded("2026-04-30T04:00:00Z"));
        let get = async |path: &str| exchange.get(path).await;
        let of = |answer: Value| answer.as_array().unwrap().clone();
        let interest = get("/futures/data/openInterestHist?symbol=BTCUSDT&period=4h&limit=2").await.json();
        // 2026-04-30T00:00Z and 04:00Z, by `date -u -d ... +%s`
        let times: Vec<_> = of(interest).iter().map(|row| row["timestamp"].as_i64()).collect();
        assert_eq!(times, [Some(1_777_507_200_000), Some(1_777_521_600_000)]);
        let ratio =
            get("/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=1d&limit=1").await.json();
        let row = &of(ratio)[0];
        let part = |name: &str| row[name].as_str().unwrap().parse::<f64>().unwrap();
        // four decimals each
        assert!((part("longAccount") / part("shortAccount") - part("longShortRatio")).abs() < 2e-4, "{row}");
        let old = "/futures/data/openInterestHist?symbol=BTCUSDT&period=1h&endTime=1714449600000";
        assert_eq!(get(old).await.json(), Value::Array(Vec::new()), "older than a month");
        assert_eq!(get("/futures/data/openInterestHist?symbol=NOPEUSDT&period=1h").await.status, 400);
        assert_eq!(get("/futures/data/openInterestHist?symbol=BTCUSDT&period=3h").await.status, 400);
        assert_eq!(
            get("/fapi/v1/depth?symbol=BTCUSDT&limit=20").await.json()["bids"].as_array().unwrap().len(),
            20
        );
    }
}

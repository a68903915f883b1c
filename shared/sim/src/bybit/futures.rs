//! Public data of linear contracts, and the books of both categories. Lists are newest first.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use super::envelope::{Refusal, print};
use super::{Sent, Shares, category, paced};
use crate::binance::query::Parameters;
use crate::futures::{Span, long_share, open_interest, period};
use crate::market::Page;
use crate::market::interval::Interval;
use crate::market::listing::Listing;
use crate::world::Shared;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/v5/market/open-interest", get(interest))
        .route("/v5/market/account-ratio", get(ratio))
        .route("/v5/market/orderbook", get(book))
}

/// Rows of a contract, a period apart; `name` is the parameter that names the period.
fn rows(
    shared: &Shared,
    sent: &Parameters,
    (name, most): (&str, i64),
    row: impl Fn(&Listing, i64) -> Value,
) -> Result<Value, Refusal> {
    if category(sent)? != "linear" {
        return Err(Refusal(10_001, "Illegal category".to_owned()));
    }
    let listing = listed(shared, sent)?;
    let step = sent.get(name).and_then(period);
    let step = step.ok_or_else(|| Refusal(10_001, format!("params error: {name} invalid")))?;
    let span = Span::of(sent, 50, most).ok_or_else(|| Refusal(10_001, "params error: limit".to_owned()))?;
    let times = span.times(step, listing.listed_ms, shared.clock.now_ms());
    let list: Vec<Value> = times.into_iter().rev().map(|at| row(listing, at)).collect();
    Ok(json!({ "symbol": listing.symbol, "category": "linear", "list": list, "nextPageCursor": "" }))
}

async fn interest(State(shared): Shares, Query(sent): Sent) -> Response {
    paced(&shared, || {
        rows(&shared, &Parameters(sent), ("intervalTime", 200), |listing, at| {
            let amount = print(open_interest(&shared, listing, at));
            json!({ "openInterest": amount, "singleOpenInterest": amount, "timestamp": at.to_string() })
        })
    })
}

async fn ratio(State(shared): Shares, Query(sent): Sent) -> Response {
    paced(&shared, || {
        rows(&shared, &Parameters(sent), ("period", 500), |listing, at| {
            let long = long_share(&shared, listing, at);
            json!({ "symbol": listing.symbol, "buyRatio": format!("0.{long:04}"),
                    "sellRatio": format!("0.{:04}", 10_000 - long), "timestamp": at.to_string() })
        })
    })
}

/// A book around the last price, a tick a row; amounts grow with the distance.
async fn book(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    paced(&shared, || {
        let usual = if category(&sent)? == "spot" { 1 } else { 25 };
        let listing = listed(&shared, &sent)?;
        let rows = sent.number("limit").ok().flatten().unwrap_or(usual).clamp(1, 200);
        let newest = Page { start: None, end: None, limit: 1 };
        let now = shared.clock.now_ms();
        let hours = shared.market.page(&listing.symbol, Interval::Hour, now, newest)?;
        let last = hours.last().map_or(0, |bar| bar.close);
        let side = |sign: i64| -> Vec<[String; 2]> {
            let prices = (0..rows).map(|row| (last + sign * listing.tick * (row + i64::from(sign > 0)), row));
            let above_zero = prices.take_while(|(price, _)| *price > 0);
            above_zero
                .map(|(price, row)| [print(price.into()), print((listing.step * (100 + 7 * row)).into())])
                .collect()
        };
        Ok(
            json!({ "s": listing.symbol, "b": side(-1), "a": side(1), "ts": now, "u": 1, "seq": 1, "cts": now }),
        )
    })
}

fn listed<'a>(shared: &'a Shared, sent: &Parameters) -> Result<&'a Listing, Refusal> {
    let listing = shared.market.listing(sent.get("symbol").unwrap_or_default());
    listing.ok_or_else(|| Refusal(10_001, "params error: symbol invalid".to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::Service;
    use crate::testbed::{Vendor, seeded};

    #[tokio::test]
    async fn rows_are_newest_first_and_all_texts() {
        let exchange = Vendor::new(Service::Bybit, &seeded("2026-04-30T04:00:00Z"));
        let list = async |path: &str| {
            let answer = exchange.get(&format!("/v5/market/{path}")).await.json();
            assert_eq!(answer["retCode"], 0, "{answer}");
            answer["result"].clone()
        };
        let linear = "category=linear&symbol=BTCUSDT";
        let interest = list(&format!("open-interest?{linear}&intervalTime=4h&limit=2")).await;
        let times: Vec<_> =
            interest["list"].as_array().unwrap().iter().map(|row| row["timestamp"].clone()).collect();
        assert_eq!(times, ["1777521600000", "1777507200000"]);
        let ratio = list(&format!("account-ratio?{linear}&period=1h&limit=1")).await;
        let row = &ratio["list"][0];
        let part =
            |name: &str| row[name].as_str().unwrap().strip_prefix("0.").unwrap().parse::<u32>().unwrap();
        assert_eq!(part("buyRatio") + part("sellRatio"), 10_000);
        let book = list("orderbook?category=spot&symbol=BTCUSDT&limit=3").await;
        assert_eq!(book["b"].as_array().unwrap().len(), 3);
        for refused in [
            "open-interest?category=spot&symbol=BTCUSDT&intervalTime=4h",
            "open-interest?category=linear&symbol=NOPEUSDT&intervalTime=4h",
            "account-ratio?category=linear&symbol=BTCUSDT&period=9h",
        ] {
            let answer = exchange.get(&format!("/v5/market/{refused}")).await.json();
            assert_eq!(answer["retCode"], 10_001, "{refused}");
        }
    }
}

use serde_json::{Value, json};

use super::Answer;
use super::error::ApiError;
use super::query::Parameters;
use crate::market::Page;
use crate::market::bar::{Bar, ONE, print};
use crate::market::interval::Interval;
use crate::market::listing::Listing;
use crate::world::Shared;

/// The newest hours of a symbol, oldest first.
pub(super) fn newest(shared: &Shared, listing: &Listing, limit: usize) -> Result<Vec<Bar>, ApiError> {
    let page = Page { start: None, end: None, limit };
    Ok(shared.market.page(&listing.symbol, Interval::Hour, shared.clock.now_ms(), page)?)
}

/// An object where `symbol` was sent, else a list. Symbols that never traded are left out.
fn each(shared: &Shared, sent: &Parameters, one: impl Fn(&Listing, &[Bar]) -> Value, hours: usize) -> Answer {
    let mut found = Vec::new();
    for listing in sent.symbols(&shared.market)? {
        let bars = newest(shared, listing, hours)?;
        if !bars.is_empty() {
            found.push(one(listing, &bars));
        }
    }
    match found.pop() {
        Some(only) if sent.has("symbol") => Ok(only.to_string()),
        last => {
            found.extend(last);
            Ok(Value::from(found).to_string())
        }
    }
}

fn close(bars: &[Bar]) -> i64 {
    bars.last().map_or(0, |bar| bar.close)
}

pub(super) fn price(shared: &Shared, sent: &Parameters) -> Answer {
    let one = |listing: &Listing, bars: &[Bar]| json!({ "symbol": listing.symbol, "price": print(close(bars).into()) });
    each(shared, sent, one, 1)
}

pub(super) fn book(shared: &Shared, sent: &Parameters) -> Answer {
    let one = |listing: &Listing, bars: &[Bar]| {
        let price = close(bars);
        json!({
            "symbol": listing.symbol,
            "bidPrice": print(price.into()), "bidQty": "1.00000000",
            "askPrice": print((price + listing.tick).into()), "askQty": "1.00000000",
        })
    };
    each(shared, sent, one, 1)
}

pub(super) fn day(shared: &Shared, sent: &Parameters) -> Answer {
    let one = |listing: &Listing, bars: &[Bar]| {
        let (first, last) = (bars[0], bars[bars.len() - 1]);
        let change = i128::from(last.close) - i128::from(first.open);
        let volume: i128 = bars.iter().map(|bar| bar.volume).sum();
        let quote: i128 = bars.iter().map(|bar| bar.quote).sum();
        let trades: u64 = bars.iter().map(|bar| bar.trades).sum();
        let mean = if volume == 0 { i128::from(last.close) } else { quote * ONE / volume };
        let percent = change * 100 * ONE / i128::from(first.open).max(1);
        json!({
            "symbol": listing.symbol,
            "priceChange": print(change),
            "priceChangePercent": print(percent),
            "weightedAvgPrice": print(mean),
            "prevClosePrice": print(first.open.into()),
            "lastPrice": print(last.close.into()),
            "lastQty": print(listing.step.into()),
            "bidPrice": print(last.close.into()),
            "bidQty": "1.00000000",
            "askPrice": print((last.close + listing.tick).into()),
            "askQty": "1.00000000",
            "openPrice": print(first.open.into()),
            "highPrice": print(bars.iter().map(|bar| bar.high).max().unwrap_or(0).into()),
            "lowPrice": print(bars.iter().map(|bar| bar.low).min().unwrap_or(0).into()),
            "volume": print(volume),
            "quoteVolume": print(quote),
            "openTime": first.open_ms,
            "closeTime": last.close_ms,
            "firstId": 0,
            "lastId": trades,
            "count": trades,
        })
    };
    each(shared, sent, one, 24)
}

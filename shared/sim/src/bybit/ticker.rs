use serde_json::{Value, json};

use super::category;
use super::envelope::{Refusal, print};
use crate::binance::query::Parameters;
use crate::market::Page;
use crate::market::bar::ONE;
use crate::market::interval::Interval;
use crate::world::Shared;

/// The last 24 hours of what was asked for; symbols that never traded are left out.
pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Result<Value, Refusal> {
    let category = category(sent)?;
    let mut list = Vec::new();
    for listing in shared.market.listings() {
        if sent.get("symbol").is_some_and(|symbol| symbol != listing.symbol) {
            continue;
        }
        let page = Page { start: None, end: None, limit: 24 };
        let hours = shared.market.page(&listing.symbol, Interval::Hour, shared.clock.now_ms(), page)?;
        let (Some(first), Some(last)) = (hours.first(), hours.last()) else { continue };
        let change = i128::from(last.close - first.open) * ONE / i128::from(first.open).max(1);
        let high = hours.iter().map(|bar| bar.high).max().unwrap_or_default();
        let low = hours.iter().map(|bar| bar.low).min().unwrap_or_default();
        list.push(json!({
            "symbol": listing.symbol,
            "bid1Price": print(last.close.into()), "bid1Size": "1",
            "ask1Price": print((last.close + listing.tick).into()), "ask1Size": "1",
            "lastPrice": print(last.close.into()), "prevPrice24h": print(first.open.into()),
            "price24hPcnt": print(change), "highPrice24h": print(high.into()), "lowPrice24h": print(low.into()),
            "turnover24h": print(hours.iter().map(|bar| bar.quote).sum()),
            "volume24h": print(hours.iter().map(|bar| bar.volume).sum()), "usdIndexPrice": ""
        }));
    }
    Ok(json!({ "category": category, "list": list }))
}

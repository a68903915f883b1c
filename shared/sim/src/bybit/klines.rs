use serde_json::{Value, json};

use super::category;
use super::envelope::{Refusal, print};
use crate::binance::query::Parameters;
use crate::market::Page;
use crate::market::bar::Bar;
use crate::market::interval::Interval;
use crate::world::Shared;

const DEFAULT: i64 = 200;
const MOST: i64 = 1_000;

/// Of a stretch that holds more than a page the newest bars, but of one without an end the oldest.
/// Source of the second: <https://github.com/bybit-exchange/pybit/issues/186>.
pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Result<Value, Refusal> {
    let category = category(sent)?;
    let unsupported = || Refusal(10_001, "Not supported symbols".to_owned());
    let symbol = sent.get("symbol").unwrap_or_default();
    let listing = shared.market.listing(symbol).ok_or_else(unsupported)?;
    let interval = interval(sent.get("interval").unwrap_or_default())
        .ok_or_else(|| Refusal(10_001, "Invalid period!".to_owned()))?;
    let number = |name: &'static str| {
        sent.number(name).map_err(|_| Refusal(10_001, format!("params error: {name} invalid")))
    };
    let (start, end) = (number("start")?, number("end")?);
    let limit = number("limit")?.unwrap_or(DEFAULT).clamp(1, MOST);
    let limit = usize::try_from(limit).unwrap_or(1);
    let all = if end.is_some() { usize::MAX } else { limit };
    let page = Page { start, end, limit: all };
    let mut bars = shared.market.page(&listing.symbol, interval, shared.clock.now_ms(), page)?;
    bars.reverse();
    bars.truncate(limit);
    let rows: Vec<Value> = bars.iter().map(row).collect();
    Ok(json!({ "category": category, "symbol": listing.symbol, "list": rows }))
}

fn interval(name: &str) -> Option<Interval> {
    Some(match name {
        "60" => Interval::Hour,
        "240" => Interval::Hour4,
        "D" => Interval::Day,
        "W" => Interval::Week,
        "M" => Interval::Month,
        _ => return None,
    })
}

/// Open time, open, high, low, close, volume, turnover.
fn row(bar: &Bar) -> Value {
    let price = |value: i64| print(value.into());
    json!([
        bar.open_ms.to_string(),
        price(bar.open),
        price(bar.high),
        price(bar.low),
        price(bar.close),
        print(bar.volume),
        print(bar.quote),
    ])
}

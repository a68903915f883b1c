use super::Answer;
use super::error::ApiError;
use super::query::Parameters;
use crate::market::Page;
use crate::market::bar::{Bar, print};
use crate::market::interval::Interval;
use crate::world::Shared;

const DEFAULT: i64 = 500;
const MOST: i64 = 1_000;

pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Answer {
    let listing = sent.symbol(&shared.market)?;
    let name = sent.get("interval").filter(|name| !name.is_empty()).ok_or(ApiError::Missing("interval"))?;
    let interval = Interval::named(name).ok_or(ApiError::Interval)?;
    if sent.get("timeZone").is_some_and(|zone| !matches!(zone, "0" | "00:00")) {
        return Err(ApiError::Value("timeZone"));
    }
    let limit = sent.number("limit")?.unwrap_or(DEFAULT);
    if limit == 0 {
        return Err(ApiError::Value("limit"));
    }
    let page = Page {
        start: sent.number("startTime")?,
        end: sent.number("endTime")?,
        limit: usize::try_from(limit.min(MOST)).unwrap_or(1),
    };
    let bars = shared.market.page(&listing.symbol, interval, shared.clock.now_ms(), page)?;
    let rows: Vec<String> = bars.iter().map(row).collect();
    Ok(format!("[{}]", rows.join(",")))
}

/// The twelve fields of a row.
fn row(bar: &Bar) -> String {
    let price = |value: i64| print(i128::from(value));
    format!(
        r#"[{},"{}","{}","{}","{}","{}",{},"{}",{},"{}","{}","0"]"#,
        bar.open_ms,
        price(bar.open),
        price(bar.high),
        price(bar.low),
        price(bar.close),
        print(bar.volume),
        bar.close_ms,
        print(bar.quote),
        bar.trades,
        print(bar.taker_base),
        print(bar.taker_quote),
    )
}

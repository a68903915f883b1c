//! From the exchange's JSON to the vocabulary. Pure; any bytes are answered with a value or an error.

use std::collections::BTreeMap;
use std::fmt;

use domain::{Candle, Instrument, Symbol, Timeframe};
use jiff::Timestamp;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::wire::{Envelope, InstrumentInfo, Instruments, Kline, ServerTime, Skipped};
use crate::exchange::decimal;
use crate::exchange::error::MarketError;
use crate::exchange::read::{asset, json, status, step, time};
use crate::exchange::rows::{PAGE, Row, Rows};

/// The market that candles are read from; without it the exchange answers with contracts.
pub(super) const CATEGORY: &str = "spot";

/// The candles of a `/v5/market/kline` answer, oldest first; the exchange sends the newest first. The last may still be
/// forming. Volumes and prices keep the digits they came with; trades and takers are not told.
///
/// # Errors
/// [`MarketError::Unexpected`], also where the answer is of another market.
pub fn candles(body: &[u8], timeframe: Timeframe) -> Result<Vec<Candle>, MarketError> {
    let Page { category, rows } = json::<Envelope<Page>>(body, "candles")?.result;
    if category.as_deref() != Some(CATEGORY) {
        return Err(other_market(category.as_deref().unwrap_or_default()));
    }
    let mut candles = rows?;
    candles.reverse();
    for candle in &mut candles {
        candle.close_time = timeframe.close_of(candle.open_time);
    }
    Ok(candles)
}

fn other_market(category: &str) -> MarketError {
    let category: String = category.chars().filter(|c| c.is_ascii_alphanumeric()).take(20).collect();
    MarketError::unexpected(format!("an answer of the market `{category}` where {CATEGORY} was asked for"))
}

/// A list of candles as it is read row by row: whole rows of a page would be as large as its candles.
struct Page {
    category: Option<String>,
    rows: Result<Vec<Candle>, MarketError>,
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PageVisitor)
    }
}

struct PageVisitor;

impl<'de> Visitor<'de> for PageVisitor {
    type Value = Page;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a category and a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Page, A::Error> {
        let (mut category, mut rows) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "category" => category = Some(members.next_value()?),
                "list" => rows = Some(members.next_value::<Rows<Kline>>()?.candles),
                _ => _ = members.next_value::<Skipped>()?,
            }
        }
        let rows = rows.ok_or_else(|| serde::de::Error::missing_field("list"))?;
        Ok(Page { category, rows })
    }
}

impl Row for Kline {
    fn pushed(&self, mut candles: Vec<Candle>) -> Result<Vec<Candle>, MarketError> {
        let candle =
            candle(self).ok_or_else(|| MarketError::unexpected("a candle with a value out of range"))?;
        if candles.last().is_some_and(|newer| newer.open_time <= candle.open_time) {
            return Err(MarketError::unexpected(format!("candles out of order at {}", candle.open_time)));
        }
        if candles.len() == PAGE {
            return Err(MarketError::unexpected(format!("more than {PAGE} candles")));
        }
        candles.push(candle);
        Ok(candles)
    }
}

/// A candle whose close time is still to be set: the exchange tells none.
fn candle(row: &Kline) -> Option<Candle> {
    let Kline(open_ms, open, high, low, close, volume, turnover) = row;
    let open_ms = open_ms.0.filter(|ms| ms.scale() == 0)?;
    let open_time = time(open_ms.to_i64()?)?;
    Some(Candle {
        open_time,
        close_time: open_time,
        open: open.0?,
        high: high.0?,
        low: low.0?,
        close: close.0?,
        volume: volume.0?,
        quote_volume: turnover.0?,
        trades: None,
        taker_base: None,
        taker_quote: None,
    })
}

/// The exchange's clock in a `/v5/market/time` answer.
///
/// # Errors
/// [`MarketError::Unexpected`].
pub fn server_time(body: &[u8]) -> Result<Timestamp, MarketError> {
    let answer: Envelope<ServerTime> = json(body, "its time")?;
    let nanos: Option<i64> = answer.result.time_nano.parse().ok();
    let ms = nanos.map(|nanos| nanos.div_euclid(1_000_000));
    ms.and_then(time).ok_or_else(|| MarketError::unexpected("a time out of range"))
}

/// What a `/v5/market/instruments-info` answer says of `symbol`.
///
/// # Errors
/// [`MarketError`]; a symbol that it does not name is [`MarketError::UnknownSymbol`].
pub fn instrument(body: &[u8], symbol: &Symbol) -> Result<Instrument, MarketError> {
    let found = instruments(body, std::slice::from_ref(symbol))?.remove(symbol);
    found.unwrap_or_else(|| Err(MarketError::UnknownSymbol { symbol: symbol.clone() }))
}

/// What a `/v5/market/instruments-info` answer says of each of `symbols`; one that it does not name is left out.
///
/// # Errors
/// [`MarketError::Unexpected`].
pub fn instruments(
    body: &[u8],
    symbols: &[Symbol],
) -> Result<BTreeMap<Symbol, Result<Instrument, MarketError>>, MarketError> {
    let Instruments { category, list } = json::<Envelope<Instruments>>(body, "symbols")?.result;
    if category != CATEGORY {
        return Err(other_market(&category));
    }
    let mut found = BTreeMap::new();
    for symbol in symbols {
        if let Some(info) = list.iter().find(|info| info.symbol == symbol.as_str()) {
            found.insert(symbol.clone(), described(info, symbol));
        }
    }
    Ok(found)
}

fn described(info: &InstrumentInfo, symbol: &Symbol) -> Result<Instrument, MarketError> {
    let (lot, price) = (&info.lot_size_filter, &info.price_filter);
    Ok(Instrument {
        symbol: symbol.clone(),
        tick: step(Some(&price.tick_size), "price step", symbol)?,
        step: step(Some(&lot.base_precision), "quantity step", symbol)?,
        min_notional: decimal::read(lot.min_order_amt.as_bytes()),
        status: status(&info.status),
        base_asset: asset(&info.base_coin, symbol)?,
        quote_asset: asset(&info.quote_coin, symbol)?,
    })
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

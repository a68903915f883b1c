//! From the exchange's JSON to the vocabulary. Pure; any bytes are answered with a value or an error.

use std::collections::BTreeMap;
use std::fmt;

use domain::{Candle, Instrument, Symbol};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::decimal;
use super::error::{MarketError, stripped};
use super::wire::{ExchangeInfo, Filter, Kline, ServerTime, SymbolInfo};

/// Candles of the largest page.
const PAGE: usize = 1000;
/// Longest name of an asset, and as much of a status; a symbol, which is made of two assets, has as many.
const LONGEST_NAME: usize = 32;
/// 2100-01-01T00:00:00Z: a later time is a misread field.
const LATEST_MS: i64 = 4_102_444_800_000;
/// Most trades of a bar that are believed, thousands of times those of the busiest month: as many bars as there can be
/// sum up to what a database holds.
const MOST_TRADES: u64 = 1_000_000_000_000;

/// The candles of a `/api/v3/klines` answer, oldest first. The last may still be forming. Volumes and prices keep
/// the digits they came with.
pub fn candles(body: &[u8]) -> Result<Vec<Candle>, MarketError> {
    json::<Page>(body, "candles")?.0
}

/// Candles as they are read row by row: whole rows of a page would be as large as its candles.
struct Page(Result<Vec<Candle>, MarketError>);

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PageVisitor)
    }
}

struct PageVisitor;

impl<'de> Visitor<'de> for PageVisitor {
    type Value = Page;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Page, A::Error> {
        let mut page = Ok(Vec::with_capacity(PAGE));
        while let Some(row) = rows.next_element()? {
            // the first fault is told; what follows it need only be JSON
            page = page.and_then(|candles| pushed(candles, &row));
        }
        Ok(Page(page))
    }
}

fn pushed(mut candles: Vec<Candle>, row: &Kline) -> Result<Vec<Candle>, MarketError> {
    let candle = candle(row).ok_or_else(|| {
        MarketError::unexpected(format!("a candle at {} ms with a value out of range", row.0))
    })?;
    if candles.last().is_some_and(|last| last.open_time >= candle.open_time) {
        return Err(MarketError::unexpected(format!("candles out of order at {}", candle.open_time)));
    }
    candles.push(candle);
    Ok(candles)
}

/// The exchange's clock in a `/api/v3/time` answer.
pub fn server_time(body: &[u8]) -> Result<Timestamp, MarketError> {
    let answer: ServerTime = json(body, "its time")?;
    time(answer.server_time).ok_or_else(|| MarketError::unexpected("a time out of range"))
}

/// What a `/api/v3/exchangeInfo?symbol=` answer says of `symbol`.
pub fn instrument(body: &[u8], symbol: &Symbol) -> Result<Instrument, MarketError> {
    let found = instruments(body, std::slice::from_ref(symbol))?.remove(symbol);
    found.unwrap_or_else(|| Err(MarketError::UnknownSymbol { symbol: symbol.clone() }))
}

/// What a `/api/v3/exchangeInfo` answer says of each of `symbols`; one that it does not name is left out.
pub fn instruments(
    body: &[u8],
    symbols: &[Symbol],
) -> Result<BTreeMap<Symbol, Result<Instrument, MarketError>>, MarketError> {
    let answer: ExchangeInfo = json(body, "symbols")?;
    let mut found = BTreeMap::new();
    for symbol in symbols {
        if let Some(info) = answer.symbols.iter().find(|info| info.symbol == symbol.as_str()) {
            found.insert(symbol.clone(), described(info, symbol));
        }
    }
    Ok(found)
}

fn described(info: &SymbolInfo, symbol: &Symbol) -> Result<Instrument, MarketError> {
    let pick = |of: fn(&Filter) -> Option<&String>| {
        info.filters.iter().find_map(of).and_then(|t| decimal::read(t.as_bytes()))
    };
    let positive = |value: Option<Decimal>, name: &str| {
        let missing = || MarketError::unexpected(format!("{symbol} without a {name} above zero"));
        // no venue quotes finer than 18 decimals
        let is_sane = |value: &Decimal| *value > Decimal::ZERO && value.normalize().scale() <= 18;
        value.filter(is_sane).ok_or_else(missing)
    };
    let tick = pick(|filter| match filter {
        Filter::Price { tick_size } => Some(tick_size),
        _ => None,
    });
    let step = pick(|filter| match filter {
        Filter::LotSize { step_size } => Some(step_size),
        _ => None,
    });
    let min_notional = pick(|filter| match filter {
        Filter::Notional { min_notional } => Some(min_notional),
        _ => None,
    });
    Ok(Instrument {
        symbol: symbol.clone(),
        tick: positive(tick, "price step")?,
        step: positive(step, "quantity step")?,
        min_notional,
        status: stripped(&info.status).chars().take(LONGEST_NAME).collect(),
        base_asset: asset(&info.base_asset, symbol)?,
        quote_asset: asset(&info.quote_asset, symbol)?,
    })
}

/// The name of an asset, which stands in prompts and on pages.
fn asset(name: &str, symbol: &Symbol) -> Result<String, MarketError> {
    let name = stripped(name);
    if name.chars().count() > LONGEST_NAME {
        return Err(MarketError::unexpected(format!(
            "{symbol} with an asset whose name has over {LONGEST_NAME} characters"
        )));
    }
    Ok(name)
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8], what: &str) -> Result<T, MarketError> {
    serde_json::from_slice(body).map_err(|error| {
        let got = stripped(&String::from_utf8_lossy(body.get(..400).unwrap_or(body)));
        // the error's own text may quote the answer at length
        MarketError::unexpected(format!(
            "no {what} (line {}, column {}): {}",
            error.line(),
            error.column(),
            got.chars().take(120).collect::<String>()
        ))
    })
}

fn candle(row: &Kline) -> Option<Candle> {
    let Kline(open, o, h, l, c, v, close, quote, trades, taker_base, taker_quote, _) = row;
    let candle = Candle {
        open_time: time(*open)?,
        close_time: time(*close)?,
        open: o.0?,
        high: h.0?,
        low: l.0?,
        close: c.0?,
        volume: v.0?,
        quote_volume: quote.0?,
        trades: *trades,
        taker_base: taker_base.0?,
        taker_quote: taker_quote.0?,
    };
    (candle.open_time <= candle.close_time && candle.trades <= MOST_TRADES).then_some(candle)
}

fn time(ms: i64) -> Option<Timestamp> {
    let sensible = (0..LATEST_MS).contains(&ms);
    sensible.then(|| Timestamp::from_millisecond(ms).ok()).flatten()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

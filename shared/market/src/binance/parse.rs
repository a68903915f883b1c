//! From the exchange's JSON to the vocabulary. Pure; any bytes are answered with a value or an error.

use std::collections::BTreeMap;

use domain::{Candle, Instrument, Symbol};
use jiff::Timestamp;

use super::wire::{ExchangeInfo, Filter, Kline, ServerTime, SymbolInfo};
use crate::exchange::decimal;
use crate::exchange::error::MarketError;
use crate::exchange::read::{asset, json, status, step, time};
use crate::exchange::rows::{Row, Rows};

/// Most trades of a bar that are believed, thousands of times those of the busiest month: as many bars as there can be
/// sum up to what a database holds.
const MOST_TRADES: u64 = 1_000_000_000_000;

/// The candles of a `/api/v3/klines` answer, oldest first. The last may still be forming. Volumes and prices keep
/// the digits they came with.
pub fn candles(body: &[u8]) -> Result<Vec<Candle>, MarketError> {
    json::<Rows<Kline>>(body, "candles")?.candles
}

impl Row for Kline {
    fn pushed(&self, mut candles: Vec<Candle>) -> Result<Vec<Candle>, MarketError> {
        let candle = candle(self).ok_or_else(|| {
            MarketError::unexpected(format!("a candle at {} ms with a value out of range", self.0))
        })?;
        if candles.last().is_some_and(|last| last.open_time >= candle.open_time) {
            return Err(MarketError::unexpected(format!("candles out of order at {}", candle.open_time)));
        }
        candles.push(candle);
        Ok(candles)
    }
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
    let pick = |of: fn(&Filter) -> Option<&String>| info.filters.iter().find_map(of).map(String::as_str);
    let tick = pick(|filter| match filter {
        Filter::Price { tick_size } => Some(tick_size),
        _ => None,
    });
    let lot = pick(|filter| match filter {
        Filter::LotSize { step_size } => Some(step_size),
        _ => None,
    });
    let min_notional = pick(|filter| match filter {
        Filter::Notional { min_notional } => Some(min_notional),
        _ => None,
    });
    Ok(Instrument {
        symbol: symbol.clone(),
        tick: step(tick, "price step", symbol)?,
        step: step(lot, "quantity step", symbol)?,
        min_notional: min_notional.and_then(|least| decimal::read(least.as_bytes())),
        status: status(&info.status),
        base_asset: asset(&info.base_asset, symbol)?,
        quote_asset: asset(&info.quote_asset, symbol)?,
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
        trades: Some(*trades),
        taker_base: Some(taker_base.0?),
        taker_quote: Some(taker_quote.0?),
    };
    (candle.open_time <= candle.close_time && *trades <= MOST_TRADES).then_some(candle)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

//! Bars as rows of `ohlcv_raw`.

use std::collections::BTreeMap;

use domain::{Candle, CandleRevision};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, json};
use storage::{SeriesBars, SeriesKey, StoreError};

use super::rows::{Row, Rows, damaged};
use super::types::Value;

/// The newest version kept of bars, by series and open time.
pub(super) type Kept = BTreeMap<SeriesKey, BTreeMap<Timestamp, CandleRevision>>;

/// A row to append.
pub(super) fn row(series: &SeriesKey, bar: &CandleRevision) -> Map<String, serde_json::Value> {
    let candle = &bar.candle;
    let members = [
        ("source", json!(series.source)),
        ("symbol", json!(series.symbol)),
        ("timeframe", json!(series.timeframe)),
        ("open_time", json!(candle.open_time)),
        ("close_time", json!(candle.close_time)),
        ("open", json!(candle.open.to_string())),
        ("high", json!(candle.high.to_string())),
        ("low", json!(candle.low.to_string())),
        ("close", json!(candle.close.to_string())),
        ("volume", json!(candle.volume.to_string())),
        ("quote_volume", json!(candle.quote_volume.to_string())),
        ("trades", json!(candle.trades)),
        ("taker_base", json!(candle.taker_base.map(|amount| amount.to_string()))),
        ("taker_quote", json!(candle.taker_quote.map(|amount| amount.to_string()))),
        ("revision", json!(bar.revision)),
        ("observed_at", json!(bar.observed_at)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A row that was read.
pub(super) fn bar(row: &Row<'_>) -> Result<CandleRevision, StoreError> {
    let read = |name: &str, text: &str| Decimal::from_str_exact(text).map_err(|_| damaged(name, text));
    let decimal = |name: &str| read(name, row.text(name)?);
    let told = |name: &str| row.optional(name)?.map(|text| read(name, text)).transpose();
    Ok(CandleRevision {
        candle: Candle {
            open_time: row.ms("open_ms")?,
            close_time: row.ms("close_ms")?,
            open: decimal("open")?,
            high: decimal("high")?,
            low: decimal("low")?,
            close: decimal("close")?,
            volume: decimal("volume")?,
            quote_volume: decimal("quote_volume")?,
            trades: row.optional("trades")?.map(|_| row.parsed("trades")).transpose()?,
            taker_base: told("taker_base")?,
            taker_quote: told("taker_quote")?,
        },
        revision: row.parsed("revision")?,
        observed_at: row.ms("observed_ms")?,
    })
}

/// Rows of several series.
pub(super) fn kept(rows: &Rows) -> Result<Kept, StoreError> {
    let mut kept = Kept::new();
    for row in rows.iter() {
        let series = SeriesKey {
            source: row.parsed("source")?,
            symbol: row.parsed("symbol")?,
            timeframe: row.parsed("timeframe")?,
        };
        let bar = bar(&row)?;
        kept.entry(series).or_default().insert(bar.candle.open_time, bar);
    }
    Ok(kept)
}

/// The range that the bars of a series span, as a parameter; `None` without any.
pub(super) fn range(bars: &SeriesBars<'_>) -> Option<Value> {
    let opens = || bars.candles.iter().map(|candle| candle.open_time);
    Some(Value::Struct(vec![
        Value::text(&bars.series.source),
        Value::text(&bars.series.symbol),
        Value::text(bars.series.timeframe),
        Value::Timestamp(opens().min()?),
        Value::Timestamp(opens().max()?),
    ]))
}

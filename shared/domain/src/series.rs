//! The artifact `topdown.series/1`: the bars of `topdown.ohlcv/1` with every indicator beside them, in full
//! precision. Charts and pages draw on it; it is never sent to a model.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Source, Symbol, Timeframe};

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.series/1";

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesDocument {
    /// [`SCHEMA`].
    pub schema: String,
    /// The symbol.
    pub symbol: Symbol,
    /// The exchange as people write it, `Binance spot`.
    pub venue: String,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// Nothing in the document happened after this instant.
    pub as_of: Timestamp,
    /// Smallest price step.
    pub tick: Decimal,
    /// Quote currency.
    pub price_unit: String,
    /// Base currency, the unit of volume.
    pub volume_unit: String,
    /// Where the candles came from.
    pub source: Source,
    /// Closed bars, oldest first.
    pub bars: Vec<Bar>,
    /// The bar in progress.
    pub forming: Option<Bar>,
    /// By name (`ema20`, `rsi14`, `macd_hist`), one value a closed bar, `None` where history is too short.
    pub indicators: BTreeMap<String, Vec<Option<f64>>>,
    /// What the exchange takes as an order; none in documents written before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<OrderFilters>,
}

/// What the exchange takes as an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFilters {
    /// Quantity step, base currency.
    pub step: Decimal,
    /// Smallest quantity, base currency; a step where it is not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<Decimal>,
    /// Smallest value, quote currency, where the exchange names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_notional: Option<Decimal>,
}

impl SeriesDocument {
    /// The indicator's value at the last closed bar.
    pub fn last(&self, indicator: &str) -> Option<f64> {
        self.indicators.get(indicator)?.last().copied().flatten()
    }
}

/// A bar as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// Open time, UTC.
    pub t: Timestamp,
    /// Open price.
    pub o: Decimal,
    /// High.
    pub h: Decimal,
    /// Low.
    pub l: Decimal,
    /// Close, or last price of a bar in progress.
    pub c: Decimal,
    /// Volume, base currency.
    pub v: Decimal,
}

//! The artifact `topdown.ohlcv/1`: one timeframe as the model is given it. The bytes hashed are the bytes sent.
//!
//! Prices and the tick are decimal strings, percents and counts are numbers, times are open times in UTC as
//! [`Timeframe::label`](crate::Timeframe::label) prints them. What cannot be computed is absent, never null,
//! but for `forming` and `vol_pctile`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Source, Symbol, Timeframe};

/// Name and version of the document.
pub const SCHEMA: &str = "topdown.ohlcv/1";

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ohlcv {
    /// [`SCHEMA`].
    pub schema: String,
    /// The symbol.
    pub symbol: Symbol,
    /// The exchange, `binance`.
    pub venue: String,
    /// `spot` or `perp`.
    pub market: String,
    /// Length of the bars.
    pub timeframe: Timeframe,
    /// Nothing in the document happened after this instant.
    pub as_of: Timestamp,
    /// Smallest price step, a decimal.
    pub tick: String,
    /// Quote currency.
    pub price_unit: String,
    /// Where the candles came from.
    pub source: Source,
    /// Highest revision among the bars shown; 1 unless the venue corrected a closed bar.
    pub revision: u32,
    /// What is wrong or thin about the data.
    pub data_quality: DataQuality,
    /// Closed bars, columns `t,o,h,l,c,v`.
    pub bars: Table,
    /// The bar in progress; it enters no indicator, swing or regime.
    pub forming: Option<Forming>,
    /// Indicators of the last closed bars; an absent value is an empty cell.
    pub indicators: Table,
    /// Figures of the whole series.
    pub stats: Stats,
    /// Turning points of the ATR zigzag.
    pub swings: Swings,
    /// Zones where swings gathered, from the top down.
    pub levels: Vec<Level>,
    /// The triple barrier by which a report is scored; absent without ATR14.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub barriers: Option<Barriers>,
}

/// What is wrong or thin about the data. Flags never change a bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataQuality {
    /// Closed bars in the series, of which `bars` shows the last.
    pub history_bars: u32,
    /// Open of the first closed bar; empty without one.
    pub first_bar: String,
    /// Bars the venue never served.
    pub gaps: Vec<Gap>,
    /// Bars to be read with care.
    pub flags: Vec<Flag>,
    /// Indicators whose seed still weighs more than 1 %, with that weight in percent.
    pub warming_pct: BTreeMap<String, f64>,
    /// Indicators that the history is too short for.
    pub absent: Vec<String>,
}

/// A run of missing bars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// First missing bar.
    pub from: String,
    /// Last missing bar.
    pub to: String,
    /// How many.
    pub bars: u32,
}

/// A bar to be read with care.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its open time.
    pub t: String,
    /// What about it.
    pub kind: FlagKind,
}

/// What a bar is flagged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// Closed before the end of its interval: the exchange restarted.
    Truncated,
    /// Nobody traded.
    ZeroTrades,
    /// Its range is over 8 ATR14 of the bar before.
    Spike,
    /// The venue changed it after it had closed.
    Corrected,
    /// The symbol was listed within it.
    PartialFirst,
    /// The newest 1h bar is more than two hours old.
    Stale,
    /// High, low, open and close contradict each other, or its open is no bar's open.
    Insane,
}

/// Rows of comma-separated values, compact for a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Names of the columns, comma-separated; the first is `t`.
    pub columns: String,
    /// `oldest_first`.
    pub order: String,
    /// The rows.
    pub rows: Vec<String>,
}

impl Table {
    /// The printed cell of the row that opens at `t`; `None` without such a row or column, or if it is empty.
    pub fn cell(&self, t: &str, column: &str) -> Option<&str> {
        let index = self.columns.split(',').position(|name| name == column)?;
        let row = self.rows.iter().find(|row| row.split(',').next() == Some(t))?;
        row.split(',').nth(index).filter(|cell| !cell.is_empty())
    }

    /// Open time of the last row.
    pub fn last_t(&self) -> Option<&str> {
        self.rows.last().and_then(|row| row.split(',').next())
    }
}

/// The bar in progress, built from the stored 1h bars since its open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forming {
    /// Its open time.
    pub t: String,
    /// Open.
    pub o: String,
    /// High so far.
    pub h: String,
    /// Low so far.
    pub l: String,
    /// Last price.
    pub c: String,
    /// Volume so far, base currency.
    pub v: String,
    /// Part of its time that has passed, percent.
    pub elapsed_pct: f64,
    /// Seconds from the end of the newest 1h candle to `as_of`.
    pub data_age_s: i64,
}

/// Figures of the series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stats {
    /// Close of the forming bar, else the last close.
    pub last_price: String,
    /// The last close; absent without a closed bar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close: Option<String>,
    /// Change of the close over so many bars, percent.
    pub ret_pct: BTreeMap<u32, f64>,
    /// ATR14 of the last close, percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub atr14_pct: Option<f64>,
    /// Rank of ATR14/close among the last 156 bars, 0 to 100; null under 52 bars.
    pub vol_pctile: Option<f64>,
    /// `hh_hl`, `lh_ll`, `mixed` or `unknown`: the last two swing highs and lows.
    pub structure: String,
    /// `up`, `down`, `range` or `transition`.
    pub regime: String,
    /// What the regime was summed from, -1, 0 or 1 each.
    pub regime_points: RegimePoints,
    /// Highest and lowest prices of closed 1d bars; absent without any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extremes: Option<Extremes>,
}

/// Summands of the regime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegimePoints {
    /// Higher highs and lows +1, lower ones -1.
    pub structure: i8,
    /// close > ema20 > ema50 +1, mirrored -1.
    pub averages: i8,
    /// The sign of +DI less -DI where ADX >= 25.
    pub adx: i8,
}

/// Highest and lowest prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extremes {
    /// High of the last 52 weeks.
    pub hi_52w: Extreme,
    /// Low of the last 52 weeks.
    pub lo_52w: Extreme,
    /// High of all history.
    pub hi_all: Extreme,
    /// Low of all history.
    pub lo_all: Extreme,
}

/// A price, its day, and how far `last_price` is from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Extreme {
    /// The price.
    pub p: String,
    /// The 1d bar it was traded in.
    pub t: String,
    /// The price's distance from `last_price`, percent of `last_price`.
    pub dist_pct: f64,
}

/// Turning points, a high confirmed by a fall of 2 ATR14 and the reverse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swings {
    /// The twelve newest confirmed ones, the newest first: `L1`, `H2`, `L3`.
    pub list: Vec<Swing>,
    /// The extreme since the last one, not yet confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pending: Option<PendingSwing>,
}

/// A confirmed turning point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swing {
    /// `H` or `L` and its number, the newest 1.
    pub id: String,
    /// The bar that made the extreme.
    pub t: String,
    /// Its price.
    pub p: String,
    /// The bar that confirmed it.
    pub confirmed: String,
}

/// A turning point in the making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSwing {
    /// `H` or `L`.
    pub kind: String,
    /// The bar of the extreme so far.
    pub t: String,
    /// Its price.
    pub p: String,
}

/// A zone of swings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// `S1` downwards below `last_price`, `R1` upwards above it, `P` around it.
    pub id: String,
    /// Lower edge.
    pub low: String,
    /// Upper edge.
    pub high: String,
    /// Swings within.
    pub touches: u32,
    /// Bar of the newest of them.
    pub last: String,
}

/// Prices that score a report: which of them trades first within `bars`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Barriers {
    /// `last_price`.
    pub origin: String,
    /// Origin and 1.5 ATR14.
    pub up: String,
    /// Origin less 1.5 ATR14.
    pub down: String,
    /// Bars until neither counts.
    pub bars: u32,
    /// How often each came first in this series' own history; absent without a whole window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_rate_pct: Option<BaseRate>,
    /// Windows counted.
    pub base_n: u32,
}

/// Percents that sum to 100 but for rounding.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BaseRate {
    /// The upper barrier first.
    pub up: f64,
    /// The lower barrier first, or both in one bar.
    pub down: f64,
    /// Neither in time.
    pub neither: f64,
}

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One bar of a series as the venue reports it. Prices are in the quote currency, volumes in the base
/// currency unless named `quote_`; every decimal keeps the digits it came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// First instant of the bar, UTC.
    pub open_time: Timestamp,
    /// Last millisecond of the bar, UTC: the next bar's open less 1 ms, or earlier if an outage cut it short.
    pub close_time: Timestamp,
    /// Price of the first trade.
    pub open: Decimal,
    /// Highest traded price.
    pub high: Decimal,
    /// Lowest traded price.
    pub low: Decimal,
    /// Price of the last trade.
    pub close: Decimal,
    /// Traded amount, base currency.
    pub volume: Decimal,
    /// Traded amount, quote currency.
    pub quote_volume: Decimal,
    /// Number of trades; `None` of a venue that does not tell it.
    pub trades: Option<u64>,
    /// Amount bought by takers, base currency; `None` of a venue that does not tell it.
    pub taker_base: Option<Decimal>,
    /// Amount bought by takers, quote currency; `None` of a venue that does not tell it.
    pub taker_quote: Option<Decimal>,
}

impl Candle {
    /// Whether the bar had closed at `now`.
    pub fn closed_at(&self, now: Timestamp) -> bool {
        self.close_time < now
    }

    /// Whether anybody traded: by the number of trades, else by the amount.
    pub fn is_traded(&self) -> bool {
        self.trades.map_or(!self.volume.is_zero(), |trades| trades > 0)
    }
}

/// A candle as it is kept: corrections are new revisions, nothing is overwritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandleRevision {
    /// The bar.
    pub candle: Candle,
    /// 1 for the first closed version of the bar, one more for each correction; 0 while it was forming.
    pub revision: u32,
    /// The venue's clock when it was fetched: a bar that had not closed by then is a snapshot of a forming bar.
    pub observed_at: Timestamp,
}

impl CandleRevision {
    /// Whether the bar had closed when it was fetched.
    pub fn is_closed(&self) -> bool {
        self.candle.closed_at(self.observed_at)
    }
}

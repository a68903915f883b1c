//! The exchange's JSON.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::exchange::read::Amount;

/// What every answer is wrapped in.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) result: T,
}

/// The outside of an answer, whatever it holds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    /// 0 means that all is well; HTTP says so of everything.
    pub(super) ret_code: i64,
    #[serde(default)]
    pub(super) ret_msg: String,
    /// The exchange's clock, ms.
    #[serde(default)]
    pub(super) time: Option<i64>,
}

/// A row of `/v5/market/kline`, every field a text.
#[derive(Debug, Deserialize)]
pub(super) struct Kline(
    /// Open time, ms.
    pub(super) Amount,
    /// Open, high, low, close, volume.
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    /// Turnover, quote currency.
    pub(super) Amount,
);

/// `/v5/market/time`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerTime {
    pub(super) time_nano: String,
}

/// `/v5/market/instruments-info`.
#[derive(Debug, Deserialize)]
pub(super) struct Instruments {
    pub(super) category: String,
    pub(super) list: Vec<InstrumentInfo>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstrumentInfo {
    pub(super) symbol: String,
    pub(super) status: String,
    pub(super) base_coin: String,
    pub(super) quote_coin: String,
    pub(super) lot_size_filter: LotSizeFilter,
    pub(super) price_filter: PriceFilter,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LotSizeFilter {
    /// Smallest step of a quantity, base currency.
    #[serde(default)]
    pub(super) base_precision: String,
    /// Smallest value of an order, quote currency.
    #[serde(default)]
    pub(super) min_order_amt: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PriceFilter {
    #[serde(default)]
    pub(super) tick_size: String,
}

/// A part of an answer that is skipped.
pub(super) type Skipped = IgnoredAny;

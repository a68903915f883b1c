//! The exchange's JSON.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::exchange::read::Amount;

/// A row of `/api/v3/klines`.
#[derive(Debug, Deserialize)]
pub(super) struct Kline(
    /// Open time, ms.
    pub(super) i64,
    /// Open, high, low, close, volume.
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    pub(super) Amount,
    /// Close time, ms.
    pub(super) i64,
    /// Quote volume.
    pub(super) Amount,
    /// Trades.
    pub(super) u64,
    /// Bought by takers, base and quote.
    pub(super) Amount,
    pub(super) Amount,
    /// Unused by the exchange.
    pub(super) IgnoredAny,
);

/// `/api/v3/time`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerTime {
    pub(super) server_time: i64,
}

/// `/api/v3/exchangeInfo`.
#[derive(Debug, Deserialize)]
pub(super) struct ExchangeInfo {
    pub(super) symbols: Vec<SymbolInfo>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SymbolInfo {
    pub(super) symbol: String,
    pub(super) status: String,
    pub(super) base_asset: String,
    pub(super) quote_asset: String,
    pub(super) filters: Vec<Filter>,
}

/// A trading rule; of its many kinds those read here.
#[derive(Debug, Deserialize)]
#[serde(tag = "filterType")]
pub(super) enum Filter {
    #[serde(rename = "PRICE_FILTER", rename_all = "camelCase")]
    Price { tick_size: String },
    #[serde(rename = "LOT_SIZE", rename_all = "camelCase")]
    LotSize { step_size: String },
    #[serde(rename = "NOTIONAL", alias = "MIN_NOTIONAL", rename_all = "camelCase")]
    Notional { min_notional: String },
    #[serde(other)]
    Other,
}

/// The body of an error.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) msg: String,
}

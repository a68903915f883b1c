//! The exchange's JSON.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};

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

/// A decimal that the exchange sends as text; `None` where the text is none. It is read from the answer's bytes as
/// they pass: most of an answer is such texts.
#[derive(Debug)]
pub(super) struct Amount(pub(super) Option<Decimal>);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(AmountVisitor)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a decimal as text")
    }

    fn visit_bytes<E: serde::de::Error>(self, text: &[u8]) -> Result<Amount, E> {
        Ok(Amount(super::decimal::read(text)))
    }
}

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

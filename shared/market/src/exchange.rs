//! An exchange's public market data behind one port, and what the clients of all exchanges have in common: reading an
//! answer up to a cap, attempts and silences, errors that are decisions.

pub(crate) mod answer;
pub(crate) mod attempts;
pub(crate) mod clock;
pub(crate) mod decimal;
pub(crate) mod error;
pub(crate) mod page;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod sign;
pub(crate) mod silence;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Candle, Instrument, Symbol, Timeframe};
use jiff::Timestamp;

pub use error::MarketError;

use crate::{binance, bybit};

/// Makes the request of one attempt, to the address without its query.
pub(crate) type MakeRequest<'a> =
    &'a (dyn Fn(&reqwest::Client, String) -> reqwest::RequestBuilder + Send + Sync);

/// The exchange that candles are read from. Clones share one account of requests and bans.
#[derive(Debug, Clone)]
pub enum Exchange {
    /// Binance.
    Binance(binance::Client),
    /// Bybit.
    Bybit(bybit::Client),
}

impl From<binance::Client> for Exchange {
    fn from(client: binance::Client) -> Self {
        Self::Binance(client)
    }
}

impl From<bybit::Client> for Exchange {
    fn from(client: bybit::Client) -> Self {
        Self::Bybit(client)
    }
}

impl Exchange {
    /// The exchange's clock. A bar has closed if its close time is before it, whatever the local clock says.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn server_time(&self) -> Result<Timestamp, MarketError> {
        match self {
            Self::Binance(client) => client.server_time().await,
            Self::Bybit(client) => client.server_time().await,
        }
    }

    /// Candles that open from `start` to `end` (both included), oldest first, at most `limit` (of 1000): from
    /// `start` on, else the newest up to `end`, else the newest. None is an answer too. The newest may be
    /// forming: ask [`Self::server_time`] before, which then is the time they were observed at.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn klines(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
        limit: u16,
    ) -> Result<Vec<Candle>, MarketError> {
        match self {
            Self::Binance(client) => client.klines(symbol, timeframe, start, end, limit).await,
            Self::Bybit(client) => client.klines(symbol, timeframe, start, end, limit).await,
        }
    }

    /// What the exchange says of a symbol: its state, currencies and steps.
    ///
    /// # Errors
    /// [`MarketError`]; a symbol that it does not list is [`MarketError::UnknownSymbol`].
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, MarketError> {
        match self {
            Self::Binance(client) => client.instrument(symbol).await,
            Self::Bybit(client) => client.instrument(symbol).await,
        }
    }

    /// What the exchange says of many symbols, at most 100 a call. One that it leaves out is left out here; an exchange
    /// may refuse the whole question for one symbol that it does not list.
    ///
    /// # Errors
    /// [`MarketError`].
    pub async fn instruments(
        &self,
        symbols: &[Symbol],
    ) -> Result<BTreeMap<Symbol, Result<Instrument, MarketError>>, MarketError> {
        match self {
            Self::Binance(client) => client.instruments(symbols).await,
            Self::Bybit(client) => client.instruments(symbols).await,
        }
    }

    /// What is left of the silence that the exchange asked for, and its end by the exchange's clock.
    pub fn silence(&self) -> Option<(Duration, Option<Timestamp>)> {
        match self {
            Self::Binance(client) => client.silence(),
            Self::Bybit(client) => client.silence(),
        }
    }

    /// Is silent for so long, as an earlier process was told to be; `until` is what to tell of its end.
    pub fn keep_silent(&self, wait: Duration, until: Option<Timestamp>) {
        match self {
            Self::Binance(client) => client.keep_silent(wait, until),
            Self::Bybit(client) => client.keep_silent(wait, until),
        }
    }
}

//! Candles of exchanges, from the wire to the artifact a model is given.
//!
//! - [`Exchange`]: public market data of one exchange, with errors that are decisions;
//! - [`binance`], [`bybit`]: their clients, each with one account of requests for all its clones;
//! - [`binance_account`], [`bybit_account`]: what an account holds, read by signed GETs alone;
//! - [`derivatives`]: funding, open interest, accounts long and short, order books;
//! - [`candles`]: checks that flag and never fill, exact aggregation of 1h bars, the bar in progress;
//! - [`indicators`]: TA-Lib's indicators by name (`ema20`, `rsi14`, `macd_hist`), with the weight of their seed;
//! - [`artifact`]: `topdown.ohlcv/1`, which is sent to a model, and `topdown.series/1`, which charts draw;
//! - [`studies`]: what a model may ask for beyond the artifact;
//! - [`plan`]: the arithmetic of a trading plan: geometry, hard rules, size, strength;
//! - [`lifecycle`]: what became of a plan, by the 1h bars since it was decided;
//! - [`alert`]: when a strong plan is worth a notice.
//!
//! Time is always passed in; all times are UTC. Prices are exact decimals in the quote currency, floats stand
//! in indicators only.
//!
//! ```
//! use domain::Candle;
//! use market::indicators::{Columns, compute};
//!
//! let candles: Vec<Candle> = Vec::new();
//! let closes = Columns::of(&candles);
//! assert_eq!(compute("ema20", &closes), Ok(vec![]));
//! assert!(compute("magic9", &closes).is_err());
//! ```

pub mod alert;
pub mod artifact;
pub mod binance;
pub mod binance_account;
pub mod binance_derivatives;
pub mod bybit;
pub mod bybit_account;
pub mod bybit_derivatives;
pub mod candles;
pub mod derivatives;
mod exchange;
pub mod indicators;
pub mod lifecycle;
pub mod plan;
pub mod studies;

pub use artifact::{ArtifactError, Built, Input, build};
pub use binance::{Client, Limits};
pub use exchange::{Exchange, MarketError};
pub use indicators::{Indicator, UnknownIndicator};

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod scripted;

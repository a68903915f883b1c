//! Binance spot, public market data (`/api/v3`): server time, candles, what a symbol is.
//!
//! A [`Client`] is cheap to clone, and all clones share one account of the request weight, which the exchange
//! reports with each answer. Calls wait rather than exceed the limit, and are silent during a ban.

mod client;
mod parse;
mod weight;
mod wire;

pub use client::{Client, Limits};
pub use parse::{candles, instrument, instruments, server_time};

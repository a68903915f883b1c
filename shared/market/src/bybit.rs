//! Bybit spot, public market data (`/v5/market`): server time, candles, what a symbol is.
//!
//! The exchange answers business errors with HTTP 200 and a `retCode`, lists candles newest first, and tells neither
//! the trades of a candle nor what takers bought. A [`Client`] is cheap to clone, and all clones share one account of
//! requests. Calls wait rather than exceed the limit, and are silent during a ban.

mod client;
mod judge;
mod pace;
mod parse;
mod span;
mod wire;

pub use client::{Client, Limits};
pub use parse::{candles, instrument, instruments, server_time};

//! Binance's USD-M futures data and its order books: funding rates, open interest, accounts long and short, depth.
//!
//! Source: <https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data>.

mod client;
mod parse;
#[cfg(test)]
mod tests;
mod wire;

pub use client::Client;

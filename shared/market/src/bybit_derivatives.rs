//! Bybit's linear contracts and its order books: funding rates, open interest, accounts long and short, depth.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/market>.

mod client;
mod parse;
#[cfg(test)]
mod tests;
mod wire;

pub use client::Client;

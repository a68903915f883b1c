//! Slack's incoming webhook: one message to the channel it was made for. Its address is the secret.

mod client;
mod wire;

pub use client::{Address, AddressError, Client};

/// Most characters of one block's text (Block Kit, text object).
pub const TEXT_LIMIT: usize = 3000;

#[cfg(test)]
mod tests;

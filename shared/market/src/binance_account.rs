//! Binance accounts, spot and USD-M futures, read only: the signed client knows GET alone, and asks what its key may
//! do before it reads anything.

mod assemble;
mod client;
mod parse;
mod permissions;
mod sign;
mod wire;

pub use client::{AccountClient, AccountError, Hosts};
pub use permissions::Permissions;

#[cfg(test)]
mod tests;

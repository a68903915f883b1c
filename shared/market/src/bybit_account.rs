//! Bybit accounts, spot and linear contracts of one unified wallet, read only: the signed client knows GET alone, and
//! asks what its key may do before it reads anything.
//!
//! The funding wallet is left out, for reading it takes a permission of the wallet, and so are contracts that are
//! settled in coins.

mod assemble;
mod client;
mod parse;
mod permissions;
mod sign;
mod wire;

pub use client::AccountClient;
pub use permissions::KeyInfo;

#[cfg(test)]
mod tests;

//! A webhook of anyone's: a POST of JSON that says what happened, signed, and the same each time it is tried.
//!
//! The body is a document [`SCHEMA`]. `Idempotency-Key` is the notice's key. `X-Timestamp` is when this request was
//! made, in seconds since 1970, and `X-Signature` is `sha256=` and the hex digits of HMAC-SHA256, by the secret, of
//! that timestamp, a dot and the body: a receiver that refuses old timestamps and keys it has seen takes each notice
//! once.

mod client;
mod document;
mod signature;

pub use client::{Address, AddressError, Client};
pub use document::SCHEMA;
pub use signature::signature;

#[cfg(test)]
mod tests;

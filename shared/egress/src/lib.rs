//! The one client for addresses that others name: webhooks, feeds, and wherever those lead.
//!
//! Whoever names an address, or owns the name server behind it, must not have this program speak to what is inside:
//! this machine, its network, its cloud's metadata. So only https goes out, only to public addresses, decided on the
//! address that is connected to; no proxy of the environment, no key and no header of anything else goes along; what
//! comes back is bounded in bytes and time. Vendors whose hosts this program names itself have another client.

mod address;
mod client;
mod error;
mod names;
mod public;

pub use client::{Answer, Bounds, Client, Head};
pub use error::EgressError;
pub use names::{Found, Lookup, SystemNames};
pub use public::is_public;

//! Mail through an SMTP server: a letter in plain text and HTML that fetches nothing, the page attached.
//!
//! The server is spoken to under TLS from the first byte (`smtps`, port 465 unless told) or from STARTTLS on
//! (`smtp`, port 587), which is insisted on; in clear on this machine alone.

mod client;
mod letter;
mod server;

pub use client::{Account, Client};
pub use letter::{Envelope, EnvelopeError, html};
pub use server::{Server, ServerError};

#[cfg(test)]
mod tests;

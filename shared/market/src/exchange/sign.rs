//! What signed requests of every exchange are made of.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The query of a request, percent-encoded but for what `encoded` leaves.
pub(crate) fn query(parameters: &[(&str, &str)], encoded: &'static AsciiSet) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        // writing to a string does not fail
        let _ = write!(out, "{name}={}", utf8_percent_encode(value, encoded));
    }
    out
}

/// HMAC-SHA256 of the parts together, in lower-case hex.
pub(crate) fn hmac_sha256(secret: &SecretString, parts: &[&[u8]]) -> String {
    // a key of any length is a key: shorter ones are filled up, longer ones hashed
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        return String::new();
    };
    for part in parts {
        mac.update(part);
    }
    let digest = mac.finalize().into_bytes();
    digest.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

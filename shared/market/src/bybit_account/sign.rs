//! Signing as the exchange's integration guide describes it: HMAC-SHA256 of time, key, window and the query as it is
//! sent, in hex, in a header. Source: <https://bybit-exchange.github.io/docs/v5/guide>.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Everything but the characters that no query encodes, and the sign of what is encoded: a cursor comes as it is to be
/// sent.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'%');

/// The query of a request, percent-encoded.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        // writing to a string does not fail
        let _ = write!(out, "{name}={}", utf8_percent_encode(value, ENCODED));
    }
    out
}

/// HMAC-SHA256 of the parts together, in lower-case hex.
pub(super) fn signature(secret: &SecretString, parts: [&[u8]; 4]) -> String {
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

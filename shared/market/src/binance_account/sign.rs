//! Signing as the exchange's REST documentation describes it: HMAC-SHA256 of the query as it is sent, in hex, last.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Everything but the characters that no query encodes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

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

/// HMAC-SHA256 of `payload` in lower-case hex.
pub(super) fn signature(secret: &SecretString, payload: &str) -> String {
    // a key of any length is a key: shorter ones are filled up, longer ones hashed
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
        return String::new();
    };
    mac.update(payload.as_bytes());
    let digest = mac.finalize().into_bytes();
    digest.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

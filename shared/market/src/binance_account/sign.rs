//! Signing as the exchange's REST documentation describes it: HMAC-SHA256 of the query as it is sent, in hex, last.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use secrecy::SecretString;

use crate::exchange::sign;

/// Everything but the characters that no query encodes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The query of a request, percent-encoded.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    sign::query(parameters, ENCODED)
}

/// HMAC-SHA256 of `payload` in lower-case hex.
pub(super) fn signature(secret: &SecretString, payload: &str) -> String {
    sign::hmac_sha256(secret, &[payload.as_bytes()])
}

//! Signing as the exchange's integration guide describes it: HMAC-SHA256 of time, key, window and the query as it is
//! sent, in hex, in a header. Source: <https://bybit-exchange.github.io/docs/v5/guide>.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use secrecy::SecretString;

use crate::exchange::sign;

/// Everything but the characters that no query encodes, and the sign of what is encoded: a cursor comes as it is to be
/// sent.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'%');

/// The query of a request, percent-encoded.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    sign::query(parameters, ENCODED)
}

/// HMAC-SHA256 of the parts together, in lower-case hex.
pub(super) fn signature(secret: &SecretString, parts: [&[u8]; 4]) -> String {
    sign::hmac_sha256(secret, &parts)
}

//! Who asks: the key, the time within its window, and the signature over all of it and the query as it was sent.

use std::fmt::Write;

use axum::http::HeaderMap;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::SimBybitAccount;
use crate::bybit::envelope::Refusal;

/// The window of a request that names none; milliseconds.
const USUAL: i64 = 5_000;

/// Checks a signed request against the account and the exchange's clock.
pub(super) fn check(
    account: &SimBybitAccount,
    headers: &HeaderMap,
    query: &str,
    now_ms: i64,
) -> Result<(), Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let refuse = |code: i64, text: &str| Err(Refusal(code, text.to_owned()));
    let (key, timestamp, window) =
        (header("x-bapi-api-key"), header("x-bapi-timestamp"), header("x-bapi-recv-window"));
    if key != account.key {
        return refuse(10_003, "API key is invalid.");
    }
    let Ok(sent) = timestamp.parse::<i64>() else { return refuse(10_001, "params error: timestamp invalid") };
    let wide = if window.is_empty() { USUAL } else { window.parse().unwrap_or_default() };
    let server = now_ms + account.skew_ms;
    if sent >= server + 1000 || server - wide > sent {
        return refuse(10_002, "invalid request, please check your server timestamp or recv_window param.");
    }
    if header("x-bapi-sign") != sign(&account.secret, &[timestamp, key, window, query].concat()) {
        return refuse(10_004, "error sign! please check your signature generation algorithm.");
    }
    Ok(())
}

pub(super) fn sign(secret: &str, payload: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

//! Who asks: the key in its header, the time within its window, the signature over the query as it was sent, last.

use std::fmt::Write;

use axum::http::HeaderMap;
use axum::response::Response;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use super::SimAccount;
use crate::faults::answer::json_answer;

/// Longest window that a request may ask for, and the one it has without asking; milliseconds.
const LONGEST: i64 = 60_000;
const USUAL: i64 = 5_000;

/// Why a request is refused: status, code, words.
pub(super) type Refusal = (u16, i64, &'static str);

pub(super) const KEY_REFUSED: Refusal = (401, -2015, "Invalid API-key, IP, or permissions for action.");

pub(super) fn refusal((status, code, msg): Refusal) -> Response {
    json_answer(status, &json!({ "code": code, "msg": msg }))
}

/// Checks a signed request against the account and the exchange's clock.
pub(super) fn check(
    account: &SimAccount,
    headers: &HeaderMap,
    query: &str,
    now_ms: i64,
) -> Result<(), Refusal> {
    let key = headers.get("x-mbx-apikey").and_then(|value| value.to_str().ok());
    match key {
        None | Some("") => return Err((401, -2014, "API-key format invalid.")),
        Some(key) if key != account.key => return Err(KEY_REFUSED),
        Some(_) => {}
    }
    let missing = (400, -1102, "Mandatory parameter 'signature' was not sent, was empty/null, or malformed.");
    let (payload, signature) = query.rsplit_once("signature=").ok_or(missing)?;
    let payload = payload.trim_end_matches('&');
    let untimed = (400, -1102, "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.");
    let timestamp: i64 = parameter(payload, "timestamp").and_then(|text| text.parse().ok()).ok_or(untimed)?;
    let window = parameter(payload, "recvWindow").map_or(Some(USUAL), |text| text.parse().ok());
    let window = window.filter(|window| (0..=LONGEST).contains(window)).ok_or((
        400,
        -1131,
        "recvWindow must be less than 60000.",
    ))?;
    let server = now_ms + account.skew_ms;
    if timestamp >= server + 1000 {
        return Err((400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."));
    }
    if server - timestamp > window {
        return Err((400, -1021, "Timestamp for this request is outside of the recvWindow."));
    }
    if signature != sign(&account.secret, payload) {
        return Err((400, -1022, "Signature for this request is not valid."));
    }
    Ok(())
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, v)| v)
}

pub(super) fn sign(secret: &str, payload: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

//! A receiver of webhooks, as its owner would write one: it checks the signature, and takes each notice once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use crate::faults::answer::plain;
use crate::world::Shared;

/// What notices of the simulated world are signed by, unless its receiver is told another secret.
pub const WEBHOOK_SECRET: &str = "a secret of the simulated world";

/// A notice that the receiver took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedHook {
    /// Its `Idempotency-Key`.
    pub key: String,
    /// The world's clock when it came.
    pub at: Timestamp,
    /// Path and query it came to.
    pub path: String,
    /// Its body.
    pub body: Value,
}

/// What the receiver knows.
#[derive(Debug)]
pub(crate) struct Hooks(Mutex<Known>);

#[derive(Debug)]
struct Known {
    secret: String,
    taken: Vec<ReceivedHook>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self(Mutex::new(Known { secret: WEBHOOK_SECRET.to_owned(), taken: Vec::new() }))
    }
}

impl Hooks {
    pub(crate) fn all(&self) -> Vec<ReceivedHook> {
        self.lock().taken.clone()
    }

    pub(crate) fn trust(&self, secret: &str) {
        secret.clone_into(&mut self.lock().secret);
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new().route("/{*path}", post(receive)).layer(DefaultBodyLimit::disable()).with_state(shared)
}

fn said(status: u16, text: &'static str) -> Response {
    plain(status, "text/plain", text.into())
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header(header::CONTENT_TYPE.as_str()) != "application/json" {
        return said(415, "no JSON");
    }
    let (key, timestamp) = (header("idempotency-key"), header("x-timestamp"));
    let mut known = shared.hooks.lock();
    let is_signed = is_signed(&known.secret, timestamp, &body, header("x-signature"));
    if key.is_empty() || timestamp.parse::<i64>().is_err() || !is_signed {
        return said(401, "not signed");
    }
    let Ok(body) = serde_json::from_slice(&body) else { return said(400, "no JSON") };
    if !known.taken.iter().any(|hook| hook.key == key) {
        let path = uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let at = shared.clock.now();
        known.taken.push(ReceivedHook { key: key.to_owned(), at, path, body });
    }
    said(202, "taken")
}

fn is_signed(secret: &str, timestamp: &str, body: &[u8], signature: &str) -> bool {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    let digits = signature.strip_prefix("sha256=").unwrap_or_default();
    let given: Option<Vec<u8>> = (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    let mac = mac.chain_update(timestamp).chain_update(b".").chain_update(body);
    digits.len() == 64 && given.is_some_and(|given| mac.verify_slice(&given).is_ok())
}

#[cfg(test)]
mod tests {
    use crate::Service;
    use crate::testbed::{Vendor, seeded};

    const NOW: &str = "2026-04-30T04:00:00Z";

    /// `printf '1777521600.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of the simulated world'`
    const SIGNATURE: &str = "sha256=2c58c8e0ad0edc633de5bc7b3d8f68298efcbff7bbe9f368d4f8475452170154";

    #[tokio::test]
    async fn a_notice_is_taken_once_and_only_signed() {
        let shared = seeded(NOW);
        let receiver = Vendor::new(Service::Webhook, &shared);
        let headers = |signature| {
            [
                ("content-type", "application/json"),
                ("idempotency-key", "r-1-notification"),
                ("x-timestamp", "1777521600"),
                ("x-signature", signature),
            ]
        };
        for (signature, body, status) in [
            (SIGNATURE, r#"{"a":1}"#, 202),
            (SIGNATURE, r#"{"a":1}"#, 202),
            (SIGNATURE, r#"{"a":2}"#, 401),
            (&SIGNATURE[7..], r#"{"a":1}"#, 401),
            ("sha256=", r#"{"a":1}"#, 401),
            ("", r#"{"a":1}"#, 401),
        ] {
            let answer = receiver.post("/hook?a=b", &headers(signature), body).await;
            assert_eq!(answer.status.as_u16(), status, "{signature} {body}");
        }
        let taken = shared.hooks.all();
        assert_eq!(
            (taken.len(), taken[0].path.as_str(), taken[0].body["a"].as_i64()),
            (1, "/hook?a=b", Some(1))
        );
        shared.hooks.trust("another secret");
        assert_eq!(receiver.post("/hook", &headers(SIGNATURE), r#"{"a":1}"#).await.status.as_u16(), 401);
    }
}

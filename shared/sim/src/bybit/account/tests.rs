use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::signed::sign;
use crate::Service;
use crate::testbed::{Vendor, seeded};

const NOW: &str = "2026-04-30T04:00:00Z";
const NOW_MS: i64 = 1_777_521_600_000;

async fn ask(key: &str, secret: &str, timestamp: i64) -> (u16, Value) {
    let vendor = Vendor::new(Service::Bybit, &seeded(NOW));
    let query = "category=linear&settleCoin=USDT";
    let signature = sign(secret, &format!("{timestamp}{key}5000{query}"));
    let request = Request::get(format!("/v5/position/list?{query}"))
        .header("X-BAPI-API-KEY", key)
        .header("X-BAPI-TIMESTAMP", timestamp)
        .header("X-BAPI-RECV-WINDOW", "5000")
        .header("X-BAPI-SIGN", signature);
    let answer = vendor.send(request.body(Body::empty()).unwrap()).await;
    (answer.status.as_u16(), answer.json())
}

/// Of the guide's query with key and secret of `src/crypto.rs` of the crate patisson-bybit-sdk.
#[test]
fn the_published_signature_is_made() {
    let payload = "1658384314791API_KEY5000category=option&symbol=BTC-29JUL22-25000-C";
    let published = "8b050bb7b9d53a91c42e16a7aa94a485d7aad9c7d08023a6249a184331a52ae7";
    assert_eq!(sign("API_SECRET", payload), published);
}

#[tokio::test]
async fn only_the_key_and_its_signature_within_the_window_are_answered() {
    let (key, secret) = ("sim-bybit-key", "sim-bybit-secret");
    let (status, answer) = ask(key, secret, NOW_MS).await;
    assert_eq!((status, answer["result"]["list"][0]["symbol"].as_str()), (200, Some("BTCUSDT")));
    for (key, secret, timestamp, code) in [
        ("other", secret, NOW_MS, 10_003),
        (key, "other", NOW_MS, 10_004),
        (key, secret, NOW_MS + 1000, 10_002),
        (key, secret, NOW_MS - 5001, 10_002),
    ] {
        let (status, answer) = ask(key, secret, timestamp).await;
        assert_eq!((status, answer["retCode"].as_i64()), (200, Some(code)), "{key} {timestamp}");
    }
    for timestamp in [NOW_MS + 999, NOW_MS - 5000] {
        assert_eq!(ask(key, secret, timestamp).await.1["retCode"], 0, "{timestamp}");
    }
}

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::signed::sign;
use crate::Service;
use crate::testbed::{Vendor, seeded};

const NOW: &str = "2026-04-30T04:00:00Z";
const NOW_MS: i64 = 1_777_521_600_000;

async fn ask(key: Option<&str>, secret: &str, timestamp: i64) -> (u16, Value) {
    let vendor = Vendor::new(Service::Binance, &seeded(NOW));
    let payload = format!("recvWindow=5000&timestamp={timestamp}");
    let uri = format!("/fapi/v3/positionRisk?{payload}&signature={}", sign(secret, &payload));
    let mut request = Request::get(uri);
    if let Some(key) = key {
        request = request.header("X-MBX-APIKEY", key);
    }
    let answer = vendor.send(request.body(Body::empty()).unwrap()).await;
    (answer.status.as_u16(), answer.json())
}

/// Key, secret and published signature of the exchange's REST documentation.
#[test]
fn the_published_signature_is_made() {
    let secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
    let payload = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000\
                   &timestamp=1499827319559";
    assert_eq!(sign(secret, payload), "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71");
}

#[tokio::test]
async fn only_the_key_and_its_signature_within_the_window_are_answered() {
    let (status, answer) = ask(Some("sim-key"), "sim-secret", NOW_MS).await;
    assert_eq!((status, answer[0]["symbol"].as_str()), (200, Some("BTCUSDT")));
    for (key, secret, timestamp, status, code) in [
        (None, "sim-secret", NOW_MS, 401, -2014),
        (Some("other"), "sim-secret", NOW_MS, 401, -2015),
        (Some("sim-key"), "other", NOW_MS, 400, -1022),
        (Some("sim-key"), "sim-secret", NOW_MS + 1000, 400, -1021),
        (Some("sim-key"), "sim-secret", NOW_MS - 5001, 400, -1021),
    ] {
        let (found, answer) = ask(key, secret, timestamp).await;
        assert_eq!((found, answer["code"].as_i64()), (status, Some(code)), "{key:?} {timestamp}");
    }
    for timestamp in [NOW_MS + 999, NOW_MS - 5000] {
        assert_eq!(ask(Some("sim-key"), "sim-secret", timestamp).await.0, 200, "{timestamp}");
    }
}

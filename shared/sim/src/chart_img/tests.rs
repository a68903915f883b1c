use serde_json::{Value, json};

use crate::testbed::{Answer, Vendor, seeded};
use crate::{Fault, Rule, Service};

const PATH: &str = "/v2/tradingview/advanced-chart";

async fn chart(vendor: &Vendor, key: &str, body: &Value) -> Answer {
    vendor.post(PATH, &[("x-api-key", key), ("content-type", "application/json")], body.to_string()).await
}

fn message(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_chart_is_a_png_of_the_size_asked_for() {
    let studio = Vendor::new(Service::ChartImg, &seeded("2022-01-10T05:30:00Z"));
    let body = json!({
        "symbol": "BINANCE:BTCUSDT", "interval": "1W", "width": 640, "height": 480, "theme": "dark", "scale": "logarithmic",
        "studies": [{ "name": "Volume" }, { "name": "MACD" }, { "name": "Moving Average Exponential", "input": { "length": 20 } }],
    });
    let answer = chart(&studio, "basic-x7", &body).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"image/png".parse().unwrap())
    );
    // width and height are the first fields of IHDR
    assert_eq!(answer.body[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(answer.body[16..24], [0, 0, 2, 128, 0, 0, 1, 224]);
    let default = studio.post(PATH, &[("x-api-key", "basic-x7")], "").await;
    assert_eq!(default.body[16..24], [0, 0, 3, 32, 0, 0, 2, 88]);
}

#[tokio::test]
async fn what_the_vendor_refuses() {
    let studio = Vendor::new(Service::ChartImg, &seeded("2022-01-10T05:30:00Z"));
    let refused = async |key: &str, body: Value| message(&chart(&studio, key, &body).await);
    assert_eq!(refused("stolen", json!({})).await, (403, "Forbidden".to_owned()));
    let large = refused("basic-x7", json!({ "width": 1280, "height": 720 })).await;
    assert_eq!(large, (403, "Exceed Max Usage Resolution Limit (800x600)".to_owned()));
    let four = json!({ "studies": [{ "name": "MACD" }, { "name": "Volume" }, { "name": "Aroon" }, { "name": "TRIX" }] });
    assert_eq!(refused("basic-x7", four).await, (403, "Exceed Max Usage Parameter Limit (3)".to_owned()));
    let name = refused("pro-x7", json!({ "studies": [{ "name": "EMA" }] })).await;
    assert_eq!(name, (422, "studies[0].name must be a supported name".to_owned()));
    for wrong in [
        json!({ "interval": "1w" }),
        json!({ "symbol": "BINANCE:NOPE" }),
        json!({ "symbol": "BTCUSDT" }),
        json!({ "symbol": "KRAKEN:BTCUSDT" }),
        json!({ "width": 100 }),
        json!({ "theme": "pink" }),
    ] {
        assert_eq!(refused("pro-x7", wrong.clone()).await.0, 422, "{wrong}");
    }
    let other = studio.post(PATH, &[("x-api-key", "pro-x7")], r#"{"symbol":"BYBIT:BTCUSDT"}"#).await;
    assert_eq!(other.status, 200);
    assert_eq!(message(&studio.get(PATH).await), (404, "Route Not Found".to_owned()));
    let old = studio.post("/v1/tradingview/advanced-chart", &[], "").await;
    assert_eq!(message(&old), (404, "Route Not Found".to_owned()));
    assert_eq!(studio.post(PATH, &[("x-api-key", "pro-x7")], "{").await.status, 400);
}

#[tokio::test]
async fn both_kinds_of_429_and_a_picture_that_is_none() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let studio = Vendor::new(Service::ChartImg, &shared);
    let meet = async |fault: Fault| {
        shared.faults.inject(Rule::next(Service::ChartImg, fault));
        chart(&studio, "pro-x7", &json!({})).await
    };
    let rate = meet(Fault::TooManyRequests { retry_after_s: 1 }).await;
    assert_eq!(message(&rate), (429, "Too Many Requests".to_owned()));
    assert!(!rate.headers.contains_key("retry-after"));
    assert_eq!(message(&meet(Fault::QuotaExceeded).await), (429, "Limit Exceeded".to_owned()));
    let page = meet(Fault::Page).await;
    assert_eq!((page.status.as_u16(), &page.headers["content-type"]), (200, &"text/html".parse().unwrap()));
    let torn = meet(Fault::Truncated { keep: 100 }).await;
    assert_eq!((torn.status.as_u16(), torn.body.len(), &torn.body[1..4]), (200, 100, b"PNG".as_slice()));
}

use serde_json::{Value, json};

use crate::testbed::{Vendor, at, seeded};
use crate::{Fault, Rule, Service};

const HOUR: i64 = 3_600_000;

fn opens(answer: &Value) -> Vec<i64> {
    let rows = answer["result"]["list"].as_array().unwrap();
    rows.iter().map(|row| row[0].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn pages_are_newest_first_and_of_the_newest_of_a_stretch() {
    let exchange = Vendor::new(Service::Bybit, &seeded("2022-01-10T05:30:00Z"));
    let page = async |query: &str| {
        let uri = format!("/v5/market/kline?category=spot&symbol=BTCUSDT&interval=60{query}");
        let answer = exchange.get(&uri).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["retCode"]), (200, &json!(0)));
        opens(&answer.json())
    };
    let start = at("2021-05-01T00:00:00Z").as_millisecond();
    let last = at("2022-01-10T04:00:00Z").as_millisecond();
    let hours = |newest: i64, count: i64| (0..count).map(|n| newest - n * HOUR).collect::<Vec<_>>();
    // none: the most recent 200; more than 1000 is 1000
    assert_eq!(page("").await, hours(last, 200));
    assert_eq!(page("&limit=5000").await, hours(last, 1_000));
    assert_eq!(page(&format!("&end={}&limit=2", start + 5 * HOUR)).await, hours(start + 5 * HOUR, 2));
    let both = format!("&start={}&end={}&limit=2", start, start + 9 * HOUR);
    assert_eq!(page(&both).await, hours(start + 9 * HOUR, 2));
    assert_eq!(page("&start=9999&limit=1").await, [start]);
    assert_eq!(page(&format!("&end={}", start - 1)).await, [] as [i64; 0]);
}

/// Both exchanges show one path, each in its own words.
#[tokio::test]
async fn the_path_is_that_of_the_first_exchange() {
    let shared = seeded("2026-04-30T04:00:00Z");
    let (first, second) = (Vendor::new(Service::Binance, &shared), Vendor::new(Service::Bybit, &shared));
    for (theirs, ours) in [("1h", "60"), ("4h", "240"), ("1d", "D"), ("1w", "W"), ("1M", "M")] {
        let uri = format!("/api/v3/klines?symbol=ETHUSDT&interval={theirs}&limit=50");
        let known = first.get(&uri).await.json();
        let uri = format!("/v5/market/kline?category=spot&symbol=ETHUSDT&interval={ours}&limit=50");
        let answer = second.get(&uri).await.json();
        let rows = answer["result"]["list"].as_array().unwrap();
        assert_eq!(rows.len(), known.as_array().unwrap().len());
        for (row, known) in rows.iter().rev().zip(known.as_array().unwrap()) {
            let number = |value: &Value| value.as_str().unwrap().parse::<f64>().unwrap();
            let own: Vec<f64> = row.as_array().unwrap()[1..].iter().map(number).collect();
            let theirs: Vec<f64> = [1, 2, 3, 4, 5, 7].map(|i| number(&known[i])).to_vec();
            assert_eq!(own, theirs, "{ours}");
            assert_eq!(row[0].as_str().unwrap(), known[0].to_string());
        }
    }
}

#[tokio::test]
async fn errors_come_with_200() {
    let exchange = Vendor::new(Service::Bybit, &seeded("2022-01-10T05:30:00Z"));
    for (path, text) in [
        ("kline?category=spot&symbol=NOPEUSDT&interval=60", "Not supported symbols"),
        ("kline?category=spot&symbol=BTCUSDT&interval=1h", "Invalid period!"),
        ("kline?category=other&symbol=BTCUSDT&interval=60", "Illegal category"),
        ("kline?category=spot&symbol=BTCUSDT&interval=60&start=x", "params error: start invalid"),
    ] {
        let answer = exchange.get(&format!("/v5/market/{path}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["retCode"]), (200, &json!(10_001)), "{path}");
        assert_eq!(answer.json()["retMsg"], text);
    }
    // a client that forgets the category is given contracts
    let other = exchange.get("/v5/market/kline?symbol=BTCUSDT&interval=60").await.json();
    assert_eq!(other["result"]["category"], "linear");
}

#[tokio::test]
async fn what_does_not_trade_is_not_listed() {
    let exchange = Vendor::new(Service::Bybit, &seeded("2026-04-30T04:00:00Z"));
    let listed = async |symbol: &str| {
        let uri = format!("/v5/market/instruments-info?category=spot{symbol}");
        exchange.get(&uri).await.json()["result"]["list"].as_array().unwrap().clone()
    };
    assert_eq!(listed("").await.len(), 8);
    assert!(listed("&symbol=LUNAUSDT").await.is_empty() && listed("&symbol=NOPEUSDT").await.is_empty());
    let bitcoin = listed("&symbol=BTCUSDT").await.remove(0);
    assert_eq!(bitcoin["priceFilter"]["tickSize"], "0.01");
    assert_eq!(bitcoin["lotSizeFilter"]["basePrecision"], "0.00001");
}

#[tokio::test]
async fn faults_are_in_the_exchanges_words() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let exchange = Vendor::new(Service::Bybit, &shared);
    for (fault, status, code) in [
        (Fault::TooManyRequests { retry_after_s: 1 }, 200, json!(10_006)),
        (Fault::ServerError(500), 500, json!(10_016)),
        (Fault::EmptyArray, 200, json!(0)),
    ] {
        shared.faults.inject(Rule::next(Service::Bybit, fault));
        let answer = exchange.get("/v5/market/time").await;
        assert_eq!((answer.status.as_u16(), &answer.json()["retCode"]), (status, &code));
    }
    for (fault, text) in
        [(Fault::Banned { retry_after_s: 1 }, "access too frequent"), (Fault::Restricted, "CloudFront")]
    {
        shared.faults.inject(Rule::next(Service::Bybit, fault));
        let answer = exchange.get("/v5/market/time").await;
        assert_eq!(answer.status, 403);
        assert!(String::from_utf8(answer.body).unwrap().contains(text));
    }
}

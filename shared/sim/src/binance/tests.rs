use serde_json::{Value, json};

use crate::testbed::{Vendor, at, recorded, recording, seeded};
use crate::{Fault, Rule, Service};

const HOUR: i64 = 3_600_000;

fn opens(rows: &Value) -> Vec<i64> {
    rows.as_array().unwrap().iter().map(|row| row[0].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn pages_run_as_the_documentation_says() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let exchange = Vendor::new(Service::Binance, &shared);
    let page = async |query: &str| {
        let answer = exchange.get(&format!("/api/v3/klines?symbol=BTCUSDT&interval=1h{query}")).await;
        assert_eq!(answer.status, 200);
        opens(&answer.json())
    };
    let start = at("2021-05-01T00:00:00Z").as_millisecond();
    let last = at("2022-01-10T04:00:00Z").as_millisecond();
    let hours = |from: i64, count: i64| (0..count).map(|n| from + n * HOUR).collect::<Vec<_>>();
    // none: the most recent 500; more than 1000 is 1000
    assert_eq!(page("").await, hours(last - 499 * HOUR, 500));
    assert_eq!(page("&limit=5000").await, hours(last - 999 * HOUR, 1_000));
    // from a start: the oldest from it, an open within counting
    assert_eq!(page("&startTime=0&limit=3").await, hours(start, 3));
    assert_eq!(page(&format!("&startTime={}&limit=2", start + 1)).await, hours(start + HOUR, 2));
    // up to an end: the most recent up to it
    assert_eq!(page(&format!("&endTime={}&limit=2", start + 5 * HOUR)).await, hours(start + 4 * HOUR, 2));
    assert_eq!(page(&format!("&endTime={}&limit=2", start + 5 * HOUR - 1)).await, hours(start + 3 * HOUR, 2));
    // both: from the start, not beyond the end
    let both = format!("&startTime={}&endTime={}&limit=9", start + HOUR, start + 3 * HOUR);
    assert_eq!(page(&both).await, hours(start + HOUR, 3));
    assert_eq!(page(&format!("&startTime={}", last + HOUR)).await, [] as [i64; 0]);
    assert_eq!(page(&format!("&endTime={}", start - 1)).await, [] as [i64; 0]);
}

#[tokio::test]
async fn a_row_has_the_twelve_fields_of_the_exchange() {
    let test = "a_row_has_the_twelve_fields_of_the_exchange";
    let (Some(dir), Some(fixtures)) =
        (recorded("data/binance_spot", test), recorded("fixtures/binance", test))
    else {
        return;
    };
    let exchange = Vendor::new(Service::Binance, &recording(dir, "2026-04-30T04:00:00Z"));
    for (file, query) in [
        ("klines_BTCUSDT_1w_2010-01-01.json", "symbol=BTCUSDT&interval=1w&startTime=1262304000000&limit=100"),
        ("klines_BTCUSDT_1M_2010-01-01.json", "symbol=BTCUSDT&interval=1M&startTime=1262304000000&limit=60"),
        ("klines_ETHUSDT_1h_2026-03-01.json", "symbol=ETHUSDT&interval=1h&startTime=1772323200000&limit=400"),
    ] {
        let wanted: Vec<Value> =
            serde_json::from_slice(&std::fs::read(fixtures.join(file)).unwrap()).unwrap();
        let answer = exchange.get(&format!("/api/v3/klines?{query}")).await.json();
        let served = answer.as_array().unwrap();
        let shared = served.len().min(wanted.len());
        assert!(shared >= 50, "{file}: {shared}");
        for (served, wanted) in served.iter().zip(&wanted) {
            // the last field is documented as unused
            assert_eq!(served.as_array().unwrap()[..11], wanted.as_array().unwrap()[..11], "{file}");
            assert_eq!(served.as_array().unwrap().len(), 12);
        }
    }
}

#[tokio::test]
async fn errors_have_the_exchange_s_codes() {
    let exchange = Vendor::new(Service::Binance, &seeded("2022-01-10T05:30:00Z"));
    for (path, code) in [
        ("klines?symbol=NOPEUSDT&interval=1h", -1121),
        ("klines?symbol=btcusdt&interval=1h", -1100),
        ("klines?symbol=BTCUSDT&interval=1W", -1120),
        ("klines?symbol=BTCUSDT", -1102),
        ("klines?interval=1h", -1102),
        ("klines?symbol=&interval=1h", -1102),
        ("klines?symbol=BTCUSDT&interval=1h&startTime=abc", -1100),
        ("klines?symbol=BTCUSDT&interval=1h&timeZone=8", -1130),
        ("exchangeInfo?symbol=NOPEUSDT", -1121),
        ("exchangeInfo?symbols=BTCUSDT", -1100),
        ("exchangeInfo?symbol=BTCUSDT&symbols=%5B%22ETHUSDT%22%5D", -1128),
        ("ticker/24hr?symbol=NOPEUSDT", -1121),
    ] {
        let answer = exchange.get(&format!("/api/v3/{path}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!(code)), "{path}");
        assert!(answer.json()["msg"].is_string());
    }
}

#[tokio::test]
async fn exchange_info_names_steps_status_and_limits() {
    let exchange = Vendor::new(Service::Binance, &seeded("2022-01-10T05:30:00Z"));
    let all = exchange.get("/api/v3/exchangeInfo").await.json();
    assert_eq!(all["symbols"].as_array().unwrap().len(), 9);
    assert_eq!(all["serverTime"], json!(at("2022-01-10T05:30:00Z").as_millisecond()));
    assert_eq!(all["rateLimits"][0]["limit"], json!(6_000));
    let some = exchange.get("/api/v3/exchangeInfo?symbols=%5B%22LUNAUSDT%22,%22%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT%22%5D").await;
    let some = some.json();
    assert_eq!(
        (&some["symbols"][0]["status"], &some["symbols"][1]["baseAsset"]),
        (&json!("HALT"), &json!("币安人生"))
    );
    let one = exchange.get("/api/v3/exchangeInfo?symbol=BTCUSDT").await.json();
    let filters = one["symbols"][0]["filters"].as_array().unwrap().clone();
    let filter =
        |kind: &str, key: &str| filters.iter().find(|f| f["filterType"] == kind).unwrap()[key].clone();
    assert_eq!(filter("PRICE_FILTER", "tickSize"), "0.01000000");
    assert_eq!(filter("LOT_SIZE", "stepSize"), "0.00001000");
    assert_eq!(filter("NOTIONAL", "minNotional"), "5.00000000");
}

#[tokio::test]
async fn tickers_and_the_book_stand_on_the_last_closed_hour() {
    let exchange = Vendor::new(Service::Binance, &seeded("2022-01-10T05:30:00Z"));
    let rows = exchange.get("/api/v3/klines?symbol=ETHUSDT&interval=1h&limit=24").await.json();
    let rows = rows.as_array().unwrap();
    let (first, last) = (&rows[0], &rows[23]);
    let day = exchange.get("/api/v3/ticker/24hr?symbol=ETHUSDT").await.json();
    assert_eq!((&day["openPrice"], &day["lastPrice"]), (&first[1], &last[4]));
    assert_eq!((&day["openTime"], &day["closeTime"]), (&first[0], &last[6]));
    let price = exchange.get("/api/v3/ticker/price?symbol=ETHUSDT").await.json();
    assert_eq!(price["price"], last[4]);
    let book = exchange.get("/api/v3/depth?symbol=ETHUSDT&limit=5").await.json();
    assert_eq!((&book["bids"][0][0], book["asks"].as_array().unwrap().len()), (&last[4], 5));
    // 币安人生USDT is not listed yet
    assert_eq!(exchange.get("/api/v3/ticker/price").await.json().as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn weight_is_counted_and_limited() {
    let exchange = Vendor::new(Service::Binance, &seeded("2022-01-10T05:30:00Z"));
    let weight =
        |answer: &crate::testbed::Answer| answer.headers["x-mbx-used-weight-1m"].to_str().unwrap().to_owned();
    assert_eq!(weight(&exchange.get("/api/v3/ping").await), "1");
    assert_eq!(weight(&exchange.get("/api/v3/klines?symbol=BTCUSDT&interval=1M").await), "3");
    assert_eq!(weight(&exchange.get("/api/v3/exchangeInfo?symbol=BTCUSDT").await), "23");
    for _ in 0..74 {
        exchange.get("/api/v3/ticker/24hr").await;
    }
    // 23 + 74 x 80 = 5943
    assert_eq!(weight(&exchange.get("/api/v3/depth?symbol=BTCUSDT&limit=1000").await), "5993");
    let over = exchange.get("/api/v3/exchangeInfo").await;
    assert_eq!((over.status.as_u16(), over.json()["code"].as_i64()), (429, Some(-1003)));
    let wait: u32 = over.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}

#[tokio::test]
async fn scripted_faults_speak_the_exchange_s_words() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let exchange = Vendor::new(Service::Binance, &shared);
    let meet = async |fault: Fault| {
        shared.faults.inject(Rule::next(Service::Binance, fault).on("/klines"));
        exchange.get("/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=2").await
    };
    let banned = meet(Fault::Banned { retry_after_s: 120 }).await;
    assert_eq!((banned.status.as_u16(), banned.headers["retry-after"].to_str().unwrap()), (418, "120"));
    assert_eq!(meet(Fault::Restricted).await.status, 451);
    let firewall = meet(Fault::Firewall).await;
    assert_eq!(
        (firewall.status.as_u16(), &firewall.headers["content-type"]),
        (403, &"text/html".parse().unwrap())
    );
    assert_eq!(meet(Fault::EmptyArray).await.body, b"[]");
    let moved = meet(Fault::Redirect("http://127.0.0.1:1/x".to_owned())).await;
    assert_eq!(
        (moved.status.as_u16(), moved.headers["location"].to_str().unwrap()),
        (307, "http://127.0.0.1:1/x")
    );
    let whole = exchange.get("/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=2").await.body;
    assert_eq!(meet(Fault::Truncated { keep: 40 }).await.body, whole[..40]);
    let statuses: Vec<_> = shared.recorder.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [418, 451, 403, 200, 307, 200, 200].map(Some));
}

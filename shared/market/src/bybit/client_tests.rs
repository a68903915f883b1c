use std::io::Write;
use std::net::TcpListener;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::scripted::{Exchange, answer, http};

fn client(base_url: &str) -> Client {
    Client::with_limits(
        http(),
        format!("{base_url}/"),
        Limits { backoff: Duration::ZERO, ..Limits::PUBLISHED },
    )
}

fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// 2026-04-30T04:00:48Z, the clock of every answer here.
const CLOCK: i64 = 1_777_521_648_000;

/// Candles that open at these times, newest first, as the exchange lists them.
fn listed(opens: &[&str]) -> Vec<u8> {
    let row = |open: &&str| format!(r#"["{}","2","3","1","2","5","10"]"#, at(open).as_millisecond());
    let rows: Vec<_> = opens.iter().rev().map(row).collect();
    let rows = rows.join(",");
    ok(&format!(r#"{{"symbol":"BTCUSDT","category":"spot","list":[{rows}]}}"#))
}

fn ok(result: &str) -> Vec<u8> {
    answer("200 OK", "", body(0, "OK", result))
}

fn refused(code: i64, text: &str) -> Vec<u8> {
    answer("200 OK", "", body(code, text, "{}"))
}

fn body(code: i64, text: &str, result: &str) -> String {
    format!(r#"{{"retCode":{code},"retMsg":"{text}","result":{result},"retExtInfo":{{}},"time":{CLOCK}}}"#)
}

async fn newest(client: &Client) -> Result<Vec<Candle>, MarketError> {
    client.klines(&btc(), Timeframe::Hour, None, None, 5000).await
}

fn opens(candles: &[Candle]) -> Vec<Timestamp> {
    candles.iter().map(|candle| candle.open_time).collect()
}

#[tokio::test]
async fn the_newest_page_is_asked_for_as_documented() {
    let exchange = Exchange::answering(vec![listed(&["2026-04-30T03:00:00Z", "2026-04-30T04:00:00Z"])]);
    let candles = newest(&client(&exchange.base_url)).await.unwrap();
    assert_eq!(opens(&candles), [at("2026-04-30T03:00:00Z"), at("2026-04-30T04:00:00Z")]);
    let line = "GET /v5/market/kline?category=spot&symbol=BTCUSDT&interval=60&limit=1000 HTTP/1.1";
    assert_eq!(exchange.seen(), [line]);
}

#[tokio::test]
async fn intervals_have_the_exchanges_names() {
    let exchange = Exchange::answering(vec![listed(&[]); 5]);
    let client = client(&exchange.base_url);
    for timeframe in Timeframe::ALL {
        let _ = client.klines(&btc(), timeframe, None, None, 1).await.unwrap();
    }
    let asked = exchange.seen();
    for (line, name) in asked.iter().zip(["M", "W", "D", "240", "60"]) {
        assert!(line.contains(&format!("&interval={name}&limit=1 ")), "{line}");
    }
}

/// The exchange gives the newest of a stretch: it is never asked for more than one page holds.
#[tokio::test]
async fn history_is_asked_for_by_stretches_of_a_page_from_the_first_month_with_bars() {
    let exchange = Exchange::answering(vec![
        listed(&[]),
        listed(&["2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"]),
        listed(&["2026-03-12T08:00:00Z", "2026-03-12T09:00:00Z"]),
        listed(&["2026-04-30T03:00:00Z", "2026-04-30T04:00:00Z"]),
    ]);
    let client = client(&exchange.base_url);
    let found =
        client.klines(&btc(), Timeframe::Hour, Some(Timestamp::UNIX_EPOCH), None, 1000).await.unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].open_time, at("2026-03-12T08:00:00Z"));
    let asked: Vec<_> =
        exchange.seen().iter().map(|line| line.split("symbol=BTCUSDT&").nth(1).unwrap().to_owned()).collect();
    let ms = |text: &str| at(text).as_millisecond();
    // a thousand hours are 41 days and 16 hours
    let stretch = |interval: &str, from: i64, to: i64| {
        format!("interval={interval}&limit=1000&start={from}&end={to} HTTP/1.1")
    };
    assert_eq!(
        asked,
        [
            stretch("60", 0, 999 * 3_600_000),
            stretch("M", ms("1970-02-01T00:00:00Z"), CLOCK),
            stretch("60", ms("2026-03-01T00:00:00Z"), ms("2026-04-11T15:00:00Z")),
            stretch("60", ms("2026-04-11T16:00:00Z"), ms("2026-05-23T07:00:00Z")),
        ]
    );
}

#[tokio::test]
async fn a_symbol_that_stopped_has_an_end() {
    let exchange = Exchange::answering(vec![listed(&[]), listed(&[])]);
    let start = Some(at("2022-05-13T00:00:00Z"));
    let found = client(&exchange.base_url).klines(&btc(), Timeframe::Hour, start, None, 1000).await;
    assert_eq!((found, exchange.seen().len()), (Ok(vec![]), 2));
}

#[tokio::test]
async fn a_span_is_read_to_its_end_and_not_beyond() {
    let exchange = Exchange::answering(vec![listed(&["2026-04-30T01:00:00Z", "2026-04-30T02:00:00Z"])]);
    let client = client(&exchange.base_url);
    let (start, end) = (Some(at("2026-04-30T00:30:00Z")), Some(at("2026-04-30T02:00:00Z")));
    let found = client.klines(&btc(), Timeframe::Hour, start, end, 1).await.unwrap();
    assert_eq!(opens(&found), [at("2026-04-30T01:00:00Z")], "the oldest of the span, as many as asked for");
    let (start, end) = (Some(at("2026-04-30T00:30:00Z")), Some(at("2026-04-30T00:40:00Z")));
    assert_eq!(client.klines(&btc(), Timeframe::Hour, start, end, 1).await, Ok(vec![]), "no bar opens in it");
    assert_eq!(exchange.seen().len(), 1);
}

#[tokio::test]
async fn bars_that_were_not_asked_for_are_refused() {
    for strange in [listed(&["2026-04-30T00:30:00Z"]), listed(&["2020-01-01T00:00:00Z"])] {
        let exchange = Exchange::answering(vec![strange]);
        let start = Some(at("2026-04-30T00:00:00Z"));
        let found = client(&exchange.base_url).klines(&btc(), Timeframe::Hour, start, None, 10).await;
        assert!(matches!(found, Err(MarketError::Unexpected { .. })), "{found:?}");
    }
}

#[tokio::test]
async fn the_clock_and_an_unlisted_symbol_are_told() {
    let time = r#"{"timeSecond":"1777521600","timeNano":"1777521600000000000"}"#;
    let exchange = Exchange::answering(vec![
        ok(time),
        ok(r#"{"category":"spot","list":[]}"#),
        refused(10_001, "Not supported symbols"),
        refused(10_001, "Illegal category"),
    ]);
    let client = client(&exchange.base_url);
    assert_eq!(client.server_time().await, Ok(at("2026-04-30T04:00:00Z")));
    let symbol: Symbol = "币安人生USDT".parse().unwrap();
    let unknown = MarketError::UnknownSymbol { symbol: symbol.clone() };
    assert_eq!(client.instrument(&symbol).await, Err(unknown));
    assert_eq!(newest(&client).await, Err(MarketError::UnknownSymbol { symbol: btc() }));
    let said = "code 10001: Illegal category".to_owned();
    assert_eq!(newest(&client).await, Err(MarketError::Unexpected { said }));
    let asked = "GET /v5/market/instruments-info?category=spot&symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT HTTP/1.1";
    assert_eq!(exchange.seen()[1], asked);
}

#[tokio::test]
async fn a_refused_region_is_not_asked_again() {
    let page = "<html><head><title>403</title></head><body>The Amazon CloudFront distribution is configured to \
                block access from your country.</body></html>";
    for refusal in [
        answer("403 Forbidden", "", page),
        answer("451 Unavailable For Legal Reasons", "", "{}"),
        refused(10_009, "Service Restricted"),
        refused(10_024, "Compliance rules triggered"),
    ] {
        let exchange = Exchange::answering(vec![refusal]);
        let error = newest(&client(&exchange.base_url)).await.unwrap_err();
        assert!(matches!(error, MarketError::Restricted { .. }), "{error}");
        assert!(!error.to_string().contains('<'), "{error}");
        assert_eq!(exchange.seen().len(), 1);
    }
}

/// The exchange names no time: its documentation says ten minutes.
#[tokio::test]
async fn too_many_requests_of_an_address_silence_all_clones() {
    let ban = answer("403 Forbidden", "", "access too frequent");
    let exchange = Exchange::answering(vec![ban, listed(&[])]);
    let client = client(&exchange.base_url);
    // ten minutes after the Date of the answer
    let end = Some(at("2026-04-30T04:10:48Z"));
    for client in [&client, &client.clone()] {
        let Err(MarketError::RateLimited { until, wait }) = newest(client).await else {
            panic!("not limited")
        };
        assert_eq!(until, end);
        assert!(wait <= Duration::from_secs(600) && wait > Duration::from_secs(500), "{wait:?}");
    }
    assert_eq!(exchange.seen().len(), 1);
}

/// Within a 200, and by the second: it is sat out.
#[tokio::test]
async fn a_limit_within_a_200_is_sat_out_until_the_exchange_counts_anew() {
    let reset = format!("X-Bapi-Limit-Status: 0\r\nX-Bapi-Limit-Reset-Timestamp: {}\r\n", CLOCK + 40);
    let limited = answer("200 OK", &reset, body(10_006, "Too many visits!", "{}"));
    let exchange = Exchange::answering(vec![limited.clone(), limited, listed(&["2026-04-30T04:00:00Z"])]);
    let client = client(&exchange.base_url);
    let begun = Instant::now();
    assert_eq!(newest(&client).await.map(|candles| candles.len()), Ok(1));
    // twice what the header says
    assert!(begun.elapsed() >= Duration::from_millis(80), "{:?}", begun.elapsed());
    assert_eq!(exchange.seen().len(), 3);
}

/// An answer that leaves nothing of the limit is the last one before it is counted anew.
#[tokio::test]
async fn a_spent_limit_is_waited_for_before_it_is_exceeded() {
    let spent = format!("X-Bapi-Limit-Status: 0\r\nX-Bapi-Limit-Reset-Timestamp: {}\r\n", CLOCK + 80);
    let first = answer("200 OK", &spent, body(0, "OK", r#"{"category":"spot","list":[]}"#));
    let exchange = Exchange::answering(vec![first, listed(&[])]);
    let client = client(&exchange.base_url);
    let begun = Instant::now();
    assert_eq!(newest(&client).await, Ok(vec![]));
    assert_eq!(newest(&client).await, Ok(vec![]));
    assert!(begun.elapsed() >= Duration::from_millis(80), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn trouble_that_passes_is_sat_out() {
    let html = "<html>maintenance</html>";
    let cut_off = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\n{\"ret".to_vec();
    for trouble in [
        answer("503 Service Unavailable", "", html),
        answer("200 OK", "Content-Type: text/html\r\n", html),
        answer("429 Too Many Requests", "Retry-After: 0\r\n", "System level frequency protection"),
        refused(10_000, "Server Timeout"),
        refused(10_016, "Server error."),
        cut_off,
    ] {
        let answers = vec![trouble.clone(), trouble, listed(&["2026-04-30T04:00:00Z"])];
        let exchange = Exchange::answering(answers);
        assert_eq!(newest(&client(&exchange.base_url)).await.map(|candles| candles.len()), Ok(1));
        assert_eq!(exchange.seen().len(), 3);
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    let down = answer("502 Bad Gateway", "", "<html>Bad gateway</html>");
    let exchange = Exchange::answering(vec![down; 4]);
    let said = "HTTP 502: Bad gateway".to_owned();
    assert_eq!(newest(&client(&exchange.base_url)).await, Err(MarketError::Unavailable { said }));
    assert_eq!(exchange.seen().len(), 3);
}

#[tokio::test]
async fn a_bomb_is_cut_off() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 9 << 20]).unwrap();
    let packed = bomb.finish().unwrap();
    let exchange = Exchange::answering(vec![answer("200 OK", "Content-Encoding: gzip\r\n", packed)]);
    let error = newest(&client(&exchange.base_url)).await.unwrap_err();
    assert_eq!(error, MarketError::Unexpected { said: "a body over 8 MiB".to_owned() });
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Exchange::answering(vec![listed(&[])]);
    let to = format!("Location: {}/v5/market/kline\r\n", elsewhere.base_url);
    let exchange = Exchange::answering(vec![answer("307 Temporary Redirect", &to, "")]);
    let mut strict = client(&exchange.base_url);
    strict.http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    assert!(matches!(newest(&strict).await, Err(MarketError::Unexpected { .. })));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_failed_connection_does_not_print_the_address() {
    // a port that was free a moment ago
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = newest(&client(&format!("http://127.0.0.1:{port}"))).await.unwrap_err();
    assert!(matches!(error, MarketError::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains(&port.to_string()), "{error}");
}

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

async fn page(client: &Client) -> Result<Vec<Candle>, MarketError> {
    client.klines(&btc(), Timeframe::Month, None, None, 1000).await
}

const ROWS: &str =
    r#"[[1772323200000,"66.00","70.00","65.00","68284.48","1.0",1775001599999,"1.0",9,"1.0","1.0","0"]]"#;

#[tokio::test]
async fn a_page_is_asked_for_as_documented() {
    let exchange = Exchange::answering(vec![answer("200 OK", "X-MBX-USED-WEIGHT-1M: 7\r\n", ROWS)]);
    let start = "2026-03-01T00:00:00Z".parse().unwrap();
    let end = "2026-03-31T23:59:59.999Z".parse().unwrap();
    let client = client(&exchange.base_url);
    let candles = client.klines(&btc(), Timeframe::Month, Some(start), Some(end), 5000).await.unwrap();
    assert_eq!(candles[0].close.to_string(), "68284.48");
    let line = "GET /api/v3/klines?symbol=BTCUSDT&interval=1M&limit=1000&startTime=1772323200000&endTime=1775001599999 HTTP/1.1";
    assert_eq!(exchange.seen(), [line]);
}

#[tokio::test]
async fn the_exchanges_clock_and_an_unlisted_symbol_are_told() {
    let unlisted = r#"{"code":-1121,"msg":"Invalid symbol."}"#;
    let exchange = Exchange::answering(vec![
        answer("200 OK", "", r#"{"serverTime":1777521600000}"#),
        answer("400 Bad Request", "", unlisted),
        answer("200 OK", "", "[]"),
    ]);
    let client = client(&exchange.base_url);
    assert_eq!(client.server_time().await, Ok("2026-04-30T04:00:00Z".parse().unwrap()));
    let symbol: Symbol = "币安人生USDT".parse().unwrap();
    let error = client.instrument(&symbol).await.unwrap_err();
    assert_eq!(error, MarketError::UnknownSymbol { symbol });
    assert_eq!(page(&client).await, Ok(vec![]));
    let asked = "GET /api/v3/exchangeInfo?symbol=%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT HTTP/1.1";
    assert_eq!(exchange.seen()[1], asked);
}

#[tokio::test]
async fn a_refused_region_is_not_asked_again() {
    let text =
        r#"{"code":0,"msg":"Service unavailable from a restricted location according to 'b. Eligibility'"}"#;
    let page_403 = "<html><head><title>403</title></head><body>Forbidden</body></html>";
    for (status, body) in [("451 Unavailable For Legal Reasons", text), ("403 Forbidden", page_403)] {
        let exchange = Exchange::answering(vec![answer(status, "", body)]);
        let error = page(&client(&exchange.base_url)).await.unwrap_err();
        assert!(matches!(error, MarketError::Restricted { .. }), "{error}");
        assert!(error.to_string().contains("base URL") && !error.to_string().contains('<'), "{error}");
    }
}

#[tokio::test]
async fn trouble_that_passes_is_sat_out() {
    let html = "<html>maintenance</html>";
    let cut_off = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\nConnection: close\r\n\r\n[[17".to_vec();
    for trouble in [
        answer("503 Service Unavailable", "", html),
        answer("200 OK", "Content-Type: text/html\r\n", html),
        answer("429 Too Many Requests", "Retry-After: 0\r\n", r#"{"code":-1003,"msg":"Too many requests."}"#),
        answer("400 Bad Request", "", r#"{"code":-1008,"msg":"Server is currently overloaded."}"#),
        cut_off,
    ] {
        let exchange = Exchange::answering(vec![trouble.clone(), trouble, answer("200 OK", "", ROWS)]);
        assert_eq!(page(&client(&exchange.base_url)).await.map(|candles| candles.len()), Ok(1));
        assert_eq!(exchange.seen().len(), 3);
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    let down = answer("502 Bad Gateway", "", "<html>Bad gateway</html>");
    let exchange = Exchange::answering(vec![down; 4]);
    let said = "HTTP 502: Bad gateway".to_owned();
    assert_eq!(page(&client(&exchange.base_url)).await, Err(MarketError::Unavailable { said }));
    assert_eq!(exchange.seen().len(), 3);
}

#[tokio::test]
async fn a_ban_silences_all_clones() {
    let ban = answer(
        "418 I'm a teapot",
        "Retry-After: 300\r\n",
        r#"{"code":-1003,"msg":"IP banned until 1777521948000"}"#,
    );
    let exchange = Exchange::answering(vec![ban, answer("200 OK", "", ROWS)]);
    let client = client(&exchange.base_url);
    let Err(MarketError::RateLimited { until, .. }) = page(&client).await else { panic!("not limited") };
    // five minutes after the Date of the answer
    assert_eq!(until, Some("2026-04-30T04:05:48Z".parse().unwrap()));
    let Err(MarketError::RateLimited { until: still, wait }) = page(&client.clone()).await else {
        panic!("not silent")
    };
    assert_eq!(still, until);
    assert!(wait <= Duration::from_secs(300));
    assert_eq!(exchange.seen().len(), 1);
}

#[tokio::test]
async fn a_bomb_is_cut_off() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 9 << 20]).unwrap();
    let body = bomb.finish().unwrap();
    assert!(body.len() < 100_000);
    let exchange = Exchange::answering(vec![answer("200 OK", "Content-Encoding: gzip\r\n", body)]);
    let error = page(&client(&exchange.base_url)).await.unwrap_err();
    assert_eq!(error, MarketError::Unexpected { said: "a body over 8 MiB".to_owned() });
}

#[tokio::test]
async fn a_failed_connection_does_not_print_the_address() {
    // a port that was free a moment ago
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = page(&client(&format!("http://127.0.0.1:{port}"))).await.unwrap_err();
    assert!(matches!(error, MarketError::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn an_exchange_that_does_not_answer_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = client(&format!("http://{}", listener.local_addr().unwrap()));
    client.limits.deadline = Duration::from_millis(20);
    let error = page(&client).await.unwrap_err();
    assert!(matches!(error, MarketError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn a_dropped_call_gives_its_weight_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = client(&format!("http://{}", listener.local_addr().unwrap()));
    let call = tokio::time::timeout(Duration::from_millis(20), page(&client)).await;
    assert!(call.is_err());
    let turn = client.account().reserve(u32::MAX, Instant::now());
    // its two count as used, and nothing is in flight
    assert!(matches!(turn, Turn::MinuteTurns(_)));
    assert_eq!(client.account().reserve(5998, Instant::now()), Turn::Go);
}

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::Fault;
use crate::testbed::at;

async fn fetch(base: &str, path: &str) -> (String, std::io::Result<usize>) {
    let address = base.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nx-canary: c1\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    (String::from_utf8_lossy(&answer).into_owned(), read)
}

#[tokio::test]
async fn services_answer_on_their_own_ports_until_the_world_stops() {
    let clock = SimClock::fixed(at("2022-01-10T05:30:00Z"));
    let world = World::start(WorldConfig::seeded(7, clock)).await.unwrap();
    assert!(world.openai_url().ends_with("/v1") && world.source_hash().is_none());
    let (answer, _) = fetch(&world.binance_url(), "/api/v3/time").await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with(r#"{"serverTime":1641792600000}"#),
        "{answer}"
    );
    world.clock().set(at("2022-01-10T05:30:01Z"));
    let (answer, _) = fetch(&world.binance_url(), "/api/v3/time?x=1").await;
    assert!(answer.ends_with("{\"serverTime\":1641792601000}"));
    let models = world.openai_url().trim_end_matches("/v1").to_owned();
    assert!(fetch(&models, "/v1/models").await.0.contains("rule-analyst"));
    let requests = world.requests();
    let seen: Vec<_> =
        requests.iter().map(|r| (r.seq, r.service, r.path.as_str(), r.query.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (0, Service::Binance, "/api/v3/time", None),
            (1, Service::Binance, "/api/v3/time", Some("x=1")),
            (2, Service::OpenAi, "/v1/models", None)
        ]
    );
    assert_eq!((requests[0].header("x-canary"), requests[0].status), (Some("c1"), Some(200)));
    assert_eq!((world.count(Service::Binance), world.count(Service::ChartImg)), (2, 0));
    let address = world.binance_url().trim_start_matches("http://").to_owned();
    world.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_answer_can_be_cut_off_after_its_first_bytes() {
    let clock = SimClock::fixed(at("2022-01-10T05:30:00Z"));
    let world = World::start(WorldConfig::seeded(7, clock)).await.unwrap();
    world.faults().inject(Rule::next(Service::Binance, Fault::Cut { after: 10 }));
    let (answer, _) = fetch(&world.binance_url(), "/api/v3/klines?symbol=BTCUSDT&interval=1M").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(promised.parse::<usize>().unwrap() > 500);
    assert_eq!(body, "[[16198272");
}

#[tokio::test]
async fn an_answer_can_come_a_byte_at_a_time() {
    let clock = SimClock::fixed(at("2022-01-10T05:30:00Z"));
    let world = World::start(WorldConfig::seeded(7, clock)).await.unwrap();
    let every = Duration::from_millis(2);
    world.faults().inject(Rule::next(Service::Binance, Fault::Trickle { every }));
    let start = tokio::time::Instant::now();
    let (answer, _) = fetch(&world.binance_url(), "/api/v3/time").await;
    // twenty-eight bytes, and so twenty-seven waits
    assert!(answer.ends_with(r#"{"serverTime":1641792600000}"#) && start.elapsed() >= every * 27);
}

#[tokio::test]
async fn recorded_candles_that_are_none_are_named() {
    let empty = tempfile::tempdir().unwrap();
    let start = async || {
        let clock = SimClock::fixed(at("2022-01-10T05:30:00Z"));
        World::start(WorldConfig::recorded(empty.path(), clock)).await.map(drop).unwrap_err().to_string()
    };
    assert!(start().await.contains("holds no {SYMBOL}-1h.csv.gz"));
    std::fs::write(empty.path().join("BTCUSDT-1h.csv.gz"), b"open,high\n").unwrap();
    assert!(start().await.contains("BTCUSDT-1h.csv.gz, line 1"));
}

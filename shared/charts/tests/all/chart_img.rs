//! The Chart-IMG client against a socket that answers as written down.

use charts::chart_img::{ChartImgError, Client, Image, Request};
use charts::{Template, render_png};
use domain::{Timeframe, Venue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::synthetic::{series, template};

const KEY: &str = "k-very-secret";

struct Answer {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    /// Bytes promised beyond those sent.
    missing: usize,
}

fn told(status: u16, message: &str) -> Answer {
    let body = serde_json::json!({ "message": message }).to_string().into_bytes();
    Answer { status, kind: "application/json", body, missing: 0 }
}

fn picture(width: u32, height: u32) -> Answer {
    let doc = series(Timeframe::Week, 10, true);
    let body = render_png(&doc, &template("trend"), Some(width), Some(height)).unwrap();
    Answer { status: 200, kind: "image/png", body, missing: 0 }
}

/// Serves `answers` in turn, a connection each; returns the requests seen.
async fn serve(answers: Vec<Answer>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            seen.push(read(&mut socket).await);
            let head = format!(
                "HTTP/1.1 {} X\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                answer.status,
                answer.kind,
                answer.body.len() + answer.missing
            );
            // the client may hang up in the middle of a body it finds too long
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(&answer.body).await;
        }
        seen
    });
    (base, task)
}

async fn read(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        let mut part = [0; 4096];
        let count = socket.read(&mut part).await.unwrap();
        assert!(count > 0, "the request ended early: {text}");
        bytes.extend_from_slice(&part[..count]);
    }
}

fn client(base: &str) -> Client {
    // a loopback address needs no certificate, and reqwest builds no client without a TLS provider
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Client::new(http, base, KEY.to_owned().into())
}

fn request(template: &Template) -> Request {
    Request::new(Venue::Binance, &"BTCUSDT".parse().unwrap(), Timeframe::Week, template)
}

fn run(answers: Vec<Answer>) -> (Result<Image, ChartImgError>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (base, seen) = serve(answers).await;
        let got = client(&base).render(&request(&template("trend"))).await;
        (got, seen.await.unwrap())
    })
}

fn body(request: &str) -> serde_json::Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_picture_comes_back_as_it_was_sent() {
    let expected = picture(1280, 720).body;
    let (got, seen) = run(vec![picture(1280, 720)]);
    let image = got.unwrap();
    assert_eq!((image.width, image.height, image.studies.len()), (1280, 720, 7));
    assert!(image.bytes == expected);
    assert!(seen[0].starts_with("POST /v2/tradingview/advanced-chart HTTP/1.1\r\n"), "{}", seen[0]);
    assert!(seen[0].contains(&format!("x-api-key: {KEY}\r\n")), "{}", seen[0]);
    assert_eq!(body(&seen[0])["interval"], "1W");
}

#[test]
fn each_limit_of_the_plan_shrinks_the_request_once() {
    let limits = || {
        vec![
            told(403, "Exceed Max Usage Resolution Limit (800x600)"),
            told(403, "Exceed Max Usage Parameter Limit (3)"),
        ]
    };
    let (got, seen) = run(limits().into_iter().chain([picture(800, 600)]).collect());
    let image = got.unwrap();
    assert_eq!((image.width, image.height), (800, 600));
    assert_eq!(image.studies, ["Volume", "Relative Strength Index", "MACD"]);
    let sent: Vec<_> = seen.iter().map(|request| body(request)["width"].clone()).collect();
    assert_eq!(sent, [1280, 800, 800]);

    let again = told(403, "Exceed Max Usage Resolution Limit (640x480)");
    let (got, _) = run(limits().into_iter().chain([again]).collect());
    assert_eq!(got, Err(ChartImgError::TooLarge { max: (640, 480) }));
}

#[test]
fn a_limit_is_met_once_a_client() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let limit = told(403, "Exceed Max Usage Parameter Limit (5)");
        let (base, seen) = serve(vec![limit, picture(1280, 720), picture(1280, 720)]).await;
        let client = client(&base);
        for _ in 0..2 {
            assert_eq!(client.render(&request(&template("trend"))).await.unwrap().studies.len(), 5);
        }
        let counts: Vec<_> =
            seen.await.unwrap().iter().map(|r| body(r)["studies"].as_array().unwrap().len()).collect();
        assert_eq!(counts, [7, 5, 5]);
    });
}

#[test]
fn every_refusal_is_a_decision_and_is_asked_once() {
    assert_eq!(run(vec![told(429, "Too Many Requests")]).0, Err(ChartImgError::RateLimited));
    assert_eq!(run(vec![told(429, "Limit Exceeded")]).0, Err(ChartImgError::QuotaExhausted));
    assert!(matches!(run(vec![told(422, "must be a supported name")]).0, Err(ChartImgError::Refused { .. })));
    assert!(matches!(run(vec![told(500, "oops")]).0, Err(ChartImgError::Unavailable { .. })));
}

#[test]
fn what_is_no_whole_picture_is_never_returned() {
    let not = |answer| matches!(run(vec![answer]).0, Err(ChartImgError::NotAnImage { .. }));
    assert!(not(picture(800, 600)), "another size than asked for");
    assert!(not(Answer { kind: "text/html", ..picture(1280, 720) }));
    let mut cut = picture(1280, 720);
    cut.body.truncate(5_000);
    assert!(not(cut));
    assert!(not(Answer { status: 200, kind: "image/png", body: vec![0x89; 9 << 20], missing: 0 }));
    let broken_off = Answer { missing: 10, ..picture(1280, 720) };
    assert!(matches!(run(vec![broken_off]).0, Err(ChartImgError::Unavailable { .. })));
}

#[test]
fn the_key_is_in_no_error() {
    let (got, _) = run(vec![told(403, &format!("the key {KEY} is blocked"))]);
    let error = got.unwrap_err();
    assert!(matches!(error, ChartImgError::Forbidden { .. }));
    assert!(!format!("{error} {error:?}").contains(KEY), "{error}");
    assert!(!format!("{:?}", client("http://127.0.0.1:1")).contains(KEY));
}

#[test]
fn nobody_there_is_unavailable_without_an_address() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = client(&base).render(&request(&template("trend"))).await.unwrap_err();
        assert!(matches!(error, ChartImgError::Unavailable { .. }));
        assert!(!error.to_string().contains("127.0.0.1"), "{error}");
    });
}

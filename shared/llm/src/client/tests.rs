use std::io::{Read, Write};
use std::net::TcpListener;

use super::*;

/// A server that answers one connection with `answer` and gives back what it was sent.
fn serve(answer: Vec<u8>) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut got = Vec::new();
        let mut buffer = [0; 4096];
        while !complete(&got) {
            let n = stream.read(&mut buffer).unwrap();
            got.extend_from_slice(&buffer[..n]);
        }
        // a client that gives up half way closes the connection
        let _ = stream.write_all(&answer);
        String::from_utf8(got).unwrap()
    });
    (base, server)
}

fn complete(got: &[u8]) -> bool {
    let text = String::from_utf8_lossy(got).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |n| n.parse().unwrap())
}

/// All servers here speak plain http on loopback, so no certificate is trusted.
fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let roots = rustls::RootCertStore::empty();
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap()
}

fn client(base: &str, key: Option<&str>) -> ModelClient {
    ModelClient::new(http(), base, key.map(|k| SecretString::from(k.to_owned()))).unwrap()
}

#[tokio::test]
async fn the_bytes_given_are_the_bytes_sent() {
    let (base, server) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec());
    // an order of keys and a number that a map or a float would change
    let request = br#"{"z":1.50,"a":{"c":1,"b":12345678901234567890}}"#;
    let answer = client(&base, Some("k-canary")).call(request).await.unwrap();
    assert_eq!(answer, RawAnswer { status: 200, retry_after: None, body: "{}".into() });
    let sent = server.join().unwrap();
    assert!(sent.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{sent}");
    assert!(sent.ends_with(std::str::from_utf8(request).unwrap()), "{sent}");
    assert!(sent.contains("authorization: Bearer k-canary"));
}

#[tokio::test]
async fn without_a_key_no_header_is_sent() {
    let (base, server) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec());
    client(&base, None).call(b"{}").await.unwrap();
    assert!(!server.join().unwrap().to_lowercase().contains("authorization"));
}

#[tokio::test]
async fn a_status_and_its_wait_survive_a_body_of_html() {
    let page = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 13\r\n\r\n<html></html>";
    let (base, server) = serve(page.as_bytes().to_vec());
    let answer = client(&base, None).call(b"{}").await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (429, Some(7)));
    assert_eq!(answer.body, "<html></html>");
    server.join().unwrap();
}

#[tokio::test]
async fn a_date_is_read_against_the_servers_clock() {
    let head = "HTTP/1.1 503 Unavailable\r\ndate: Thu, 30 Apr 2026 04:00:00 GMT\r\n\
        retry-after: Thu, 30 Apr 2026 04:01:30 GMT\r\ncontent-length: 0\r\n\r\n";
    let (base, server) = serve(head.as_bytes().to_vec());
    assert_eq!(client(&base, None).call(b"{}").await.unwrap().retry_after, Some(90));
    server.join().unwrap();
}

#[tokio::test]
async fn a_body_over_the_cap_is_dropped() {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", LARGEST + 1).into_bytes();
    answer.resize(answer.len() + LARGEST + 1, b' ');
    let (base, server) = serve(answer);
    assert!(matches!(client(&base, None).call(b"{}").await, Err(CallError::TooLarge)));
    server.join().unwrap();
}

#[tokio::test]
async fn a_server_that_stalls_meets_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let client = client(&base, None).with_timeout(Duration::from_millis(200));
    assert!(matches!(client.call(b"{}").await, Err(CallError::Timeout)));
}

/// Only what was never sent costs nothing for sure.
#[tokio::test]
async fn a_connection_that_breaks_is_not_one_that_never_was() {
    let (base, server) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}".to_vec());
    let broken = client(&base, None).call(b"{}").await;
    assert!(matches!(broken, Err(CallError::Unreachable(_))), "{broken:?}");
    server.join().unwrap();
    let (base, server) = serve(Vec::new());
    let cut = client(&base, None).call(b"{}").await;
    assert!(matches!(cut, Err(CallError::Unreachable(_))), "{cut:?}");
    server.join().unwrap();
    let none = client(&base, None).call(b"{}").await;
    assert!(matches!(none, Err(CallError::NotSent(_))), "{none:?}");
}

#[tokio::test]
async fn an_error_names_neither_address_nor_key() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client(&format!("http://{address}/secret-path"), Some("k-canary"));
    let error = client.call(b"{}").await.unwrap_err();
    assert!(matches!(error, CallError::NotSent(_)), "{error:?}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret-path") && !shown.contains("canary"), "{shown}");
}

#[test]
fn a_raw_answer_can_be_stored_and_replayed() {
    let answer = RawAnswer { status: 429, retry_after: Some(7), body: "\u{fffd}{\"a\":1}".into() };
    let stored = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<RawAnswer>(&stored).unwrap(), answer);
}

use std::time::Duration;

use jiff::Timestamp;
use rustls::RootCertStore;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::message::Trouble;
use crate::testbed::{http, server};
use crate::{About, DeliveryError, sample, sample_plan};

const SECRET: &str = "a secret of a test";

fn now() -> Timestamp {
    "2026-04-30T04:00:00Z".parse().unwrap()
}

fn client(base: &str) -> Client {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let address = Address::parse(&format!("{base}/hook?token=canary").into()).unwrap();
    let egress = egress::Client::beside(tls, address.local_server().unwrap()).unwrap();
    Client::new(egress, address, SecretString::from(SECRET))
}

/// What is sent of a notice: the headers of its own, and the body.
async fn sent(about: About<'_>) -> (Vec<(String, String)>, Value, String) {
    let (base, task) = server(vec![http("204 No Content", "")]).await;
    let run_id = "r-7f3k9q".parse().unwrap();
    client(&base).send(&sample::notice(about, &run_id), now()).await.unwrap();
    let request = task.await.unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /hook?token=canary HTTP/1.1\r\n"), "{head}");
    let own = ["content-type", "idempotency-key", "x-signature", "x-timestamp"];
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    headers.retain(|(name, _)| own.contains(&name.as_str()));
    headers.sort();
    (headers, serde_json::from_str(body).unwrap(), body.to_owned())
}

#[tokio::test]
async fn a_report_is_a_signed_document() {
    let mut document = sample::weekly();
    document.report.summary = "A rebound inside a decline. More.".into();
    document.checks.items.clear();
    let (headers, body, raw) = sent(About::Report(&document)).await;
    let signed = signature(&SECRET.into(), 1_777_521_600, raw.as_bytes());
    let expected = [
        ("content-type", "application/json"),
        ("idempotency-key", "r-7f3k9q-notification"),
        ("x-signature", &signed),
        ("x-timestamp", "1777521600"),
    ];
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(
        body,
        json!({
            "schema": "topdown.notice/1",
            "key": "r-7f3k9q-notification",
            "kind": "report",
            "run": { "run_id": "r-7f3k9q", "flow": 1 },
            "symbol": "BTCUSDT",
            "source": document.source.to_string(),
            "timeframe": "1w",
            "as_of": "2026-04-30T04:00:00Z",
            "language": "en",
            "headline": "BTCUSDT 1w Neutral, up 42, down 32",
            "text": "BTCUSDT 1w Neutral, up 42, down 32\nA rebound inside a decline. Ends over 89,256.69, under \
                     53,485.93.\nRule-based analyst. 26 of 26 numbers verified.",
            "silent": true,
            "report": {
                "report_id": document.report_id.as_str(),
                "outcome": "report",
                "bias": "neutral",
                "p_up": 42,
                "p_neither": 26,
                "p_down": 32,
                "summary": "A rebound inside a decline. More.",
                "trust": "ok",
            },
            "page": {
                "url": "https://storage.example.org/pages/r.html?a=1&b=2",
                "expires_at": "2026-04-30T16:00:00Z",
            },
        })
    );
}

#[tokio::test]
async fn a_plan_is_told_without_the_account() {
    let document = sample_plan::short();
    let (_, body, raw) = sent(About::Recommendation(&document)).await;
    assert_eq!((&body["kind"], &body["silent"]), (&json!("recommendation"), &json!(false)));
    assert_eq!(body["headline"], "BTCUSDT ▼ Short 74 · uncalibrated");
    let told = &body["recommendation"];
    assert_eq!(told["direction"], "short");
    assert_eq!((&told["signal_strength"], &told["is_valid_plan"]), (&json!(74), &json!(true)));
    assert_eq!(told["plan"]["entry_low"], "74050");
    assert_eq!(told["plan"]["targets"].as_array().unwrap().len(), 2);
    // a size would tell of the account
    assert!(!raw.contains("0.03011"), "{raw}");

    let invalid = sample_plan::invalid();
    let (_, body, _) = sent(About::Recommendation(&invalid)).await;
    let told = &body["recommendation"];
    assert_eq!((&told["signal_strength"], &told["is_valid_plan"]), (&Value::Null, &json!(false)));
    assert!(told.get("plan").is_none() && body["silent"] == true, "{body}");
}

#[tokio::test]
async fn a_missing_report_is_told_with_its_command() {
    let symbol = "BTCUSDT".parse().unwrap();
    let trouble = Trouble {
        symbol: &symbol,
        timeframe: domain::Timeframe::Week,
        reason: "the model\r\n refused\u{202e}\u{1b}[31m",
        next_try: None,
        command: "topdown resume r-7f3k9q",
        last_report: Some(now()),
        language: "ru",
    };
    let (_, body, _) = sent(About::Trouble(&trouble, now())).await;
    assert_eq!(
        (&body["kind"], &body["silent"], &body["language"]),
        (&json!("trouble"), &json!(false), &json!("ru"))
    );
    assert!(body["headline"].as_str().unwrap().starts_with("BTCUSDT 1w не прочитан: "), "{body}");
    assert_eq!(body["trouble"]["command"], "topdown resume r-7f3k9q");
    let reason = body["trouble"]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("the model refused") && !reason.contains(['\n', '\u{202e}', '\u{1b}']),
        "{reason:?}"
    );
}

/// How a delivery ends, by the answer.
async fn answered(answer: &str) -> Result<(), DeliveryError> {
    let (base, task) = server(vec![answer.to_owned()]).await;
    let (document, run_id) = (sample::weekly(), "r-7f3k9q".parse().unwrap());
    let told = client(&base).send(&sample::notice(About::Report(&document), &run_id), now()).await;
    task.await.unwrap();
    if let Err(error) = &told {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("canary") && !shown.contains(SECRET), "{shown}");
    }
    told
}

#[tokio::test]
async fn each_answer_has_its_end() {
    for status in ["200 OK", "201 Created", "202 Accepted", "204 No Content"] {
        assert_eq!(answered(&http(status, "")).await, Ok(()), "{status}");
    }
    for status in ["408 x", "425 x", "429 x", "500 x", "502 x", "503 x", "504 x"] {
        let told = answered(&http(status, "canary")).await;
        assert!(matches!(told, Err(DeliveryError::Later { wait: None, .. })), "{status}: {told:?}");
    }
    let busy = "HTTP/1.1 429 x\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let told = answered(busy).await;
    assert!(
        matches!(told, Err(DeliveryError::Later { wait: Some(wait), .. }) if wait == Duration::from_secs(7))
    );
    // the key makes it safe to send what may have arrived
    assert!(matches!(answered("").await, Err(DeliveryError::Later { .. })));
    for status in ["400 x", "401 x", "403 x", "404 x", "410 x", "422 x"] {
        let told = answered(&http(status, "canary")).await;
        assert!(matches!(told, Err(DeliveryError::Refused { .. })), "{status}: {told:?}");
    }
    for status in ["301 x", "302 x", "307 x", "308 x"] {
        let on = format!(
            "HTTP/1.1 {status}\r\nLocation: /canary\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        let told = answered(&on).await.unwrap_err().to_string();
        assert!(told.contains(&status[..3]) && told.contains("is not followed"), "{told}");
    }
}

#[test]
fn a_local_server_is_one_of_this_machine_by_its_literal_address() {
    let local = |text: &str| Address::parse(&text.into()).unwrap().local_server();
    assert_eq!(local("http://127.0.0.1:5678/webhook/x"), Some("127.0.0.1:5678".parse().unwrap()));
    assert_eq!(local("http://[::1]/x"), Some("[::1]:80".parse().unwrap()));
    for elsewhere in [
        "https://127.0.0.1:5678/",
        "http://localhost:5678/",
        "http://10.0.0.1/",
        "https://example.org/",
        "data:x",
    ] {
        assert_eq!(local(elsewhere), None, "{elsewhere}");
    }
    assert_eq!(Address::parse(&"a canary".into()).unwrap_err(), AddressError);
    assert!(!format!("{:?}", Address::parse(&"https://a/canary".into())).contains("canary"));
}

use std::time::Duration;

use domain::report::{Analyst, Bias, CheckItem, CheckStatus, Outcome};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::sample;

const TOKEN: &str = "123456:canary-ABCDEFGHIJKLMNOPQRSTUVWXYZ-01";

/// A server that gives each request the next of `answers` and returns the requests.
async fn server(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            requests.push(request(&mut stream).await);
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
        requests
    });
    (base, task)
}

async fn request(stream: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the request broke off");
        bytes.extend_from_slice(&buffer[..count]);
    }
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn client(base: &str) -> Client {
    // refused if another test was first, and set either way
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap();
    Client::new(http, base, SecretString::from(TOKEN))
}

const SENT: &str = r#"{"ok":true,"result":{"message_id":42}}"#;

#[tokio::test]
async fn a_message_goes_out_without_preview_and_sound() {
    let (base, task) = server(vec![http("200 OK", SENT)]).await;
    let message = Message { html: "<b>BTCUSDT</b> &lt;1w&gt;", silent: true };
    assert_eq!(client(&base).send_message("-100", &message).await, Ok(Sent { message_id: 42 }));
    let request = task.await.unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with(&format!("POST /bot{TOKEN}/sendMessage HTTP/1.1")));
    assert_eq!(
        body,
        r#"{"chat_id":"-100","text":"<b>BTCUSDT</b> &lt;1w&gt;","parse_mode":"HTML","link_preview_options":{"is_disabled":true},"disable_notification":true}"#
    );
}

#[tokio::test]
async fn unreadable_markup_is_sent_again_as_plain_text() {
    let refusal = r#"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unsupported start tag"}"#;
    let (base, task) = server(vec![http("400 Bad Request", refusal), http("200 OK", SENT)]).await;
    let message = Message { html: "<b>A</b> &amp; &lt;B&gt;", silent: false };
    assert_eq!(client(&base).send_message("7", &message).await, Ok(Sent { message_id: 42 }));
    let second = task.await.unwrap().remove(1);
    assert!(second.contains(r#""text":"A & <B>","link_preview_options""#), "{second}");
}

#[tokio::test]
async fn a_document_carries_its_caption() {
    let (base, task) = server(vec![http("200 OK", SENT)]).await;
    let document = Document {
        file_name: "BTCUSDT-1w.html",
        media_type: "text/html",
        bytes: b"<!doctype html>",
        caption_html: "<b>A</b>",
        silent: true,
    };
    assert_eq!(client(&base).send_document("7", &document).await, Ok(Sent { message_id: 42 }));
    let request = task.await.unwrap().remove(0);
    assert!(request.starts_with(&format!("POST /bot{TOKEN}/sendDocument ")));
    for part in [
        "name=\"chat_id\"\r\n\r\n7\r\n",
        "name=\"caption\"\r\n\r\n<b>A</b>\r\n",
        "name=\"parse_mode\"\r\n\r\nHTML\r\n",
        "name=\"disable_notification\"\r\n\r\ntrue\r\n",
        "filename=\"BTCUSDT-1w.html\"\r\nContent-Type: text/html\r\n\r\n<!doctype html>\r\n",
    ] {
        assert!(request.contains(part), "{part} is missing in {request}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_not_sent() {
    let client = client("http://127.0.0.1:1");
    let html = format!("<b>{}</b>", "a".repeat(4097));
    let error = client.send_message("7", &Message { html: &html, silent: true }).await;
    assert_eq!(error, Err(TelegramError::TooLong { length: 4097, limit: 4096 }));
}

#[tokio::test]
async fn the_token_is_in_no_error_and_no_debug() {
    // nothing listens: the port was free a moment ago
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&base);
    let error = client.send_message("7", &Message { html: "a", silent: true }).await.unwrap_err();
    assert!(matches!(error, TelegramError::Unavailable { may_have_arrived: false, .. }), "{error}");

    // an answer that breaks off
    let (base, task) = server(vec!["HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_owned()]).await;
    let broken =
        self::client(&base).send_message("7", &Message { html: "a", silent: true }).await.unwrap_err();
    task.await.unwrap();
    assert!(matches!(broken, TelegramError::Unavailable { may_have_arrived: true, .. }), "{broken}");

    for shown in [format!("{error} {error:?}"), format!("{broken} {broken:?}"), format!("{client:?}")] {
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains("/bot"), "{shown}");
    }
}

fn link() -> Link<'static> {
    Link {
        url: "https://example.org/r.html?a=1&b=\"2\"",
        opens_until: "2026-04-30T16:00:00Z".parse().unwrap(),
    }
}

#[test]
fn a_report_reads_as_the_style_guide_prints_it() {
    let mut document = sample::weekly();
    document.report.summary = "A rebound inside a decline. More.".into();
    document.checks.items.clear();
    assert_eq!(
        report_message(&document, Some(&link())).unwrap(),
        "<b>BTCUSDT 1w Neutral</b>, up 42, down 32\n\
         A rebound inside a decline. Ends over <code>89,256.69</code>, under <code>53,485.93</code>.\n\
         <i>Rule-based analyst. 26 of 26 numbers verified.</i>\n\
         <a href=\"https://example.org/r.html?a=1&amp;b=&quot;2&quot;\">Report</a> · opens until 16:00 UTC"
    );
}

#[test]
fn a_report_in_russian_with_one_side_and_no_link() {
    let mut document = sample::doubted();
    document.language = "ru".into();
    document.report.bias = Bias::Bearish;
    document.report.invalidation.below = None;
    assert_eq!(
        report_message(&document, None).unwrap(),
        "<b>BTCUSDT 1w ▼ Вниз</b>, вверх 42, вниз 32\n\
         EMA200 stands at <s>2,649.7</s>\u{a0}? (в данных 2,549.7). Граница выше <code>89,256.69</code>.\n\
         <i>Модель «gpt-5.2». Сверено чисел: 2 из 3, не подтверждено: 1.</i>"
    );
}

#[test]
fn no_view_is_said_in_the_first_line() {
    let mut document = sample::weekly();
    document.report.outcome = Outcome::BadData;
    document.report.summary = String::new();
    let message = report_message(&document, None).unwrap();
    assert!(message.starts_with("<b>BTCUSDT 1w No view</b>: the data cannot be trusted\n<i>"), "{message}");
}

#[test]
fn what_is_not_confirmed_is_marked_wherever_it_stands() {
    let mut document = sample::weekly();
    document.report.scenarios.p_up = 52;
    for item in &mut document.checks.items {
        match item.path.as_str() {
            "scenarios" => item.status = CheckStatus::Unverified,
            "invalidation.above" => {
                (item.status, item.expected) = (CheckStatus::Unverified, "90000".to_owned());
            }
            _ => {}
        }
    }
    document.checks.unverified = 2;
    document.checks.verified = 24;
    assert_eq!(
        report_message(&document, None).unwrap(),
        "<b>BTCUSDT 1w Neutral</b>, up 52, down 32\u{a0}? (they do not add up)\n\
         Rebound in a decline, under EMA50. Ends over <s>89,256.69</s>\u{a0}? (in the data 90,000), under \
         <code>53,485.93</code>.\n\
         <i>Rule-based analyst. 24 of 26 numbers verified, 2 not confirmed.</i>"
    );
}

#[test]
fn no_model_can_call_itself_the_rules() {
    let mut document = sample::weekly();
    document.analyst = Analyst::Model;
    document.llm_model = "x”. Rule-based analyst. 99 of 99 numbers verified".into();
    let message = report_message(&document, None).unwrap();
    let third = message.lines().last().unwrap();
    assert!(
        third.starts_with("<i>Model “x. Rule-based analyst. 99 of 99 numbers verified”. 26 of 26 "),
        "{third}"
    );
}

#[test]
fn no_number_is_cut() {
    let mut document = sample::weekly();
    let summary = format!("{} 78,657.55 ends it.", "long ".repeat(58).trim_end());
    document.report.summary = summary.clone();
    document.checks.items = vec![CheckItem {
        status: CheckStatus::Unverified,
        expected: String::new(),
        ..sample::said("summary", &summary, "78,657.55", "")
    }];
    let message = report_message(&document, None).unwrap();
    // 290 characters of words and 9 of the number, which cannot stand without its mark
    assert!(!message.contains("78,6") && message.contains("long …"), "{message}");
}

#[test]
fn a_hostile_model_writes_no_markup() {
    let mut document = sample::weekly();
    document.checks.items.clear();
    document.analyst = Analyst::Model;
    document.report.summary = format!("<a href=\"x\">\u{202e}tap</a> & {}", "long ".repeat(400));
    document.llm_model = "<b>".repeat(300);
    let script = Link { url: "javascript:alert(1)", ..link() };
    let message = report_message(&document, Some(&script)).unwrap();
    assert!(message.contains("&lt;a href=&quot;x&quot;&gt;tap&lt;/a&gt; &amp; long"), "{message}");
    assert!(!message.contains("javascript") && !message.contains('\u{202e}'));
    let tags: Vec<&str> = message.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect();
    assert_eq!(tags, ["b", "/b", "code", "/code", "code", "/code", "i", "/i"]);
    assert!(without_markup(&message).encode_utf16().count() <= CAPTION_LIMIT);
}

#[test]
fn a_failed_report_says_when_it_is_tried_again() {
    let at = |text: &str| text.parse().unwrap();
    let mut trouble = Trouble {
        symbol: &"BTCUSDT".parse().unwrap(),
        timeframe: domain::Timeframe::Week,
        reason: "1w-report: the model <refused>\u{202e}; ask again",
        next_try: Some(at("2026-05-04T05:00:00Z")),
        command: "topdown show r-7f3k9q2c",
        last_report: Some(at("2026-04-27T00:31:00Z")),
        language: "en",
    };
    let now = at("2026-05-04T04:00:00Z");
    assert_eq!(
        trouble_message(&trouble, now).unwrap(),
        "<b>BTCUSDT 1w not read</b>: 1w-report: the model &lt;refused&gt;; ask again\n\
         Next try 05:00 UTC. The report of 27 Apr is the last one.\n<code>topdown show r-7f3k9q2c</code>"
    );
    trouble = Trouble { next_try: None, last_report: None, language: "ru", ..trouble };
    let left = trouble_message(&trouble, now).unwrap();
    assert!(left.starts_with("<b>BTCUSDT 1w не прочитан</b>: ") && left.contains("Две попытки"), "{left}");
}

use secrecy::SecretString;
use tokio::net::TcpListener;

use super::*;
use crate::testbed::{http, plain_client, server};

const TOKEN: &str = "123456:canary-ABCDEFGHIJKLMNOPQRSTUVWXYZ-01";

fn client(base: &str) -> Client {
    let http = plain_client();
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

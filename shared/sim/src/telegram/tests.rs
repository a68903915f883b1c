use serde_json::json;

use crate::testbed::{Vendor, seeded};
use crate::{Fault, Rule, Service};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn a_message_is_taken_and_kept() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let telegram = Vendor::new(Service::Telegram, &shared);
    let body = json!({
        "chat_id": -100_123, "text": "<b>BTCUSDT</b> &amp; more", "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    let answer = telegram.post("/bot42:AbC-d_e/sendMessage", &JSON, body.to_string()).await;
    assert_eq!(answer.status, 200);
    let result = &answer.json()["result"];
    assert_eq!(
        (&result["message_id"], &result["chat"]["id"], &result["text"]),
        (&json!(1), &json!(-100_123), &json!("BTCUSDT & more"))
    );
    let kept = shared.messages.all();
    assert_eq!((kept.len(), kept[0].shown.as_str(), kept[0].preview), (1, "BTCUSDT & more", false));
    assert_eq!(telegram.get("/bot42:AbC-d_e/getMe").await.json()["result"]["id"], json!(42));
}

#[tokio::test]
async fn a_document_comes_as_multipart() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let telegram = Vendor::new(Service::Telegram, &shared);
    let body = "--x\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n--x\r\nContent-Disposition: form-data; \
        name=\"document\"; filename=\"report.html\"\r\nContent-Type: text/html\r\n\r\n<p>1</p>\r\n--x--\r\n";
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let answer = telegram.post("/bot42:k/sendDocument", &headers, body).await;
    assert_eq!(answer.json()["result"]["document"]["file_name"], "report.html");
    assert_eq!(answer.json()["result"]["document"]["mime_type"], "text/html");
    assert!(answer.json()["result"]["document"]["file_unique_id"].is_string());
    assert_eq!(shared.messages.all()[0].file.as_ref().unwrap().bytes, b"<p>1</p>");
    let missing = telegram.post("/bot42:k/sendPhoto", &headers, body).await;
    assert_eq!(missing.json()["description"], "Bad Request: there is no photo in the request");
}

#[tokio::test]
async fn parameters_come_in_the_body_and_in_the_query() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let telegram = Vendor::new(Service::Telegram, &shared);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let path = "/bot42:k/sendMessage?parse_mode=HTML";
    let answer = telegram.post(path, &form, "chat_id=7&text=%3Cb%3EBTC%3C%2Fb%3E+1%2B1").await.json();
    assert_eq!(answer["result"]["text"], "BTC 1+1");
    assert_eq!(answer["result"]["entities"][0]["type"], "bold");
}

#[tokio::test]
async fn what_the_messenger_refuses() {
    let shared = seeded("2022-01-10T05:30:00Z");
    let telegram = Vendor::new(Service::Telegram, &shared);
    let send = async |text: &str| {
        let body = json!({ "chat_id": "1", "text": text, "parse_mode": "HTML" }).to_string();
        telegram.post("/bot42:k/sendMessage", &JSON, body).await
    };
    let tag = send("<h1>x</h1>").await;
    assert_eq!(tag.status, 400);
    assert!(tag.json()["description"].as_str().unwrap().starts_with("Bad Request: can't parse entities"));
    assert_eq!(send(&"x".repeat(4_097)).await.json()["description"], "Bad Request: message is too long");
    assert_eq!(send(&format!("<b>{}</b>", "&lt;".repeat(4_096))).await.status, 200);
    assert_eq!(send(" ").await.json()["description"], "Bad Request: message text is empty");
    assert_eq!(telegram.post("/botnonsense/sendMessage", &JSON, "{}").await.status, 401);
    assert_eq!(telegram.post("/bot42:k/deleteWorld", &JSON, r#"{"chat_id":"1"}"#).await.status, 404);
    shared.faults.inject(Rule::next(Service::Telegram, Fault::TooManyRequests { retry_after_s: 7 }));
    let limited = send("x").await;
    assert_eq!((limited.status.as_u16(), &limited.json()["parameters"]["retry_after"]), (429, &json!(7)));
    assert_eq!(shared.messages.all().len(), 1);
}

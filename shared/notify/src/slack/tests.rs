use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::message::Trouble;
use crate::testbed::{http, plain_client, server};
use crate::{About, DeliveryError, Notice, sample, sample_plan};

fn client(base: &str) -> Client {
    let address = Address::parse(&format!("{base}/services/T0/B0/canary").into(), base).unwrap();
    Client::new(plain_client(), address)
}

async fn sent(notice: &Notice<'_>) -> Value {
    let (base, task) = server(vec![http("200 OK", "ok")]).await;
    client(&base).send(notice).await.unwrap();
    let request = task.await.unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /services/T0/B0/canary HTTP/1.1\r\n"), "{head}");
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn a_report_is_a_message_that_fetches_nothing() {
    let mut document = sample::weekly();
    document.report.summary = "A rebound inside a decline. More.".into();
    document.checks.items.clear();
    let run_id = "r-7f3k9q".parse().unwrap();
    let section = |text: &str| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } });
    assert_eq!(
        sent(&sample::notice(About::Report(&document), &run_id)).await,
        json!({
            "text": "*BTCUSDT 1w Neutral*, up 42, down 32",
            "blocks": [
                section(
                    "*BTCUSDT 1w Neutral*, up 42, down 32\nA rebound inside a decline. Ends over `89,256.69`, under \
                     `53,485.93`.\n_Rule-based analyst. 26 of 26 numbers verified._"
                ),
                section(
                    "<https://storage.example.org/pages/r.html?a=1&amp;b=2|Report> · opens until 16:00 UTC"
                ),
            ],
            "unfurl_links": false,
            "unfurl_media": false,
        })
    );
}

#[tokio::test]
async fn a_hostile_model_writes_no_markup() {
    let mut document = sample_plan::aside();
    document.recommendation.summary =
        "<!channel> <https://evil.example|Plan> *x* _y_ ~z~ `q` & \u{202e}https://evil.example".into();
    document.llm_model = "<@U1>*".repeat(300);
    document.language = "ru".into();
    let run_id = "r-7f3k9q".parse().unwrap();
    let mut notice = sample::notice(About::Recommendation(&document), &run_id);
    // an address of ours that would close its link
    notice.page.as_mut().unwrap().link.as_mut().unwrap().url = "https://a.example/>*|_`";
    let body = sent(&notice).await;
    let texts: Vec<&str> = body["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| block["text"]["text"].as_str().unwrap())
        .collect();
    let [message, link] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(
        message.contains("&lt;!channel&gt; &lt;https://evil.example|Plan&gt; ∗x∗ ˍyˍ ∼z∼ ˋqˋ &amp;"),
        "{message}"
    );
    assert!(!message.contains(['<', '>', '~', '\u{202e}']), "{message}");
    // our own marks alone: a bold verdict, an italic line of the analyst
    assert_eq!((message.matches('*').count(), message.matches('_').count()), (2, 2), "{message}");
    assert!(message.starts_with("*BTCUSDT Вне рынка*"), "{message}");
    assert_eq!(link.matches(['<', '>']).count(), 2, "{link}");
    assert!(texts.iter().all(|text| text.chars().count() <= TEXT_LIMIT));
}

#[tokio::test]
async fn a_text_that_is_too_long_is_its_first_line() {
    let (symbol, run_id) = ("BTCUSDT".parse().unwrap(), "r-7f3k9q".parse().unwrap());
    let long = "&".repeat(300);
    let trouble = Trouble {
        symbol: &symbol,
        timeframe: domain::Timeframe::Week,
        reason: &long,
        next_try: None,
        command: &long,
        last_report: None,
        language: "en",
    };
    let about = About::Trouble(&trouble, "2026-05-04T04:00:00Z".parse().unwrap());
    let body = sent(&Notice { page: None, ..sample::notice(about, &run_id) }).await;
    let blocks = body["blocks"].as_array().unwrap();
    assert_eq!((blocks.len(), &blocks[0]["text"]["text"]), (1, &body["text"]));
    let text = body["text"].as_str().unwrap();
    assert!(text.starts_with("*BTCUSDT 1w not read*: &amp;&amp;") && text.len() <= TEXT_LIMIT, "{text}");
}

#[tokio::test]
async fn a_link_that_is_none_is_left_out() {
    let (document, run_id) = (sample_plan::aside(), "r-7f3k9q".parse().unwrap());
    let mut notice = sample::notice(About::Recommendation(&document), &run_id);
    let long = format!("https://a.example/{}", "x".repeat(4000));
    for url in [long.as_str(), "javascript:alert(1)"] {
        notice.page.as_mut().unwrap().link.as_mut().unwrap().url = url;
        assert_eq!(sent(&notice).await["blocks"].as_array().unwrap().len(), 1, "{url}");
    }
}

async fn answered(answer: &str) -> Result<(), DeliveryError> {
    let (base, task) = server(vec![answer.to_owned()]).await;
    let (document, run_id) = (sample::weekly(), "r-7f3k9q".parse().unwrap());
    let told = client(&base).send(&sample::notice(About::Report(&document), &run_id)).await;
    task.await.unwrap();
    if let Err(error) = &told {
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
    told
}

/// The words are those of Slack's page of changes to incoming webhooks.
#[tokio::test]
async fn each_answer_has_its_end() {
    for (status, word) in [
        ("400 x", "invalid_payload"),
        ("400 x", "no_text"),
        ("403 x", "action_prohibited"),
        ("403 x", "invalid_token"),
        ("404 x", "no_service"),
        ("410 x", "channel_is_archived"),
        ("302 x", ""),
    ] {
        let told = answered(&http(status, word)).await;
        let Err(DeliveryError::Refused { why }) = &told else { panic!("{status}: {told:?}") };
        assert!(why.contains(&status[..3]) && why.contains(word), "{why}");
    }
    let busy = "HTTP/1.1 429 x\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let told = answered(busy).await;
    assert!(
        matches!(told, Err(DeliveryError::Later { wait: Some(wait), .. }) if wait == Duration::from_secs(7))
    );
    assert!(matches!(answered(&http("500 x", "rollup_error")).await, Err(DeliveryError::Later { .. })));
    // a page, or nothing: it may have arrived
    for unclear in [&http("200 OK", "<html>"), ""] {
        assert!(matches!(answered(unclear).await, Err(DeliveryError::Unknown { .. })), "{unclear}");
    }
    let told =
        answered(&http("403 x", "bad /services/T0/B0/canary\u{1b}[31m")).await.unwrap_err().to_string();
    assert!(told.contains("bad [webhook][31m"), "{told}");
}

#[test]
fn an_address_is_bound_to_its_host() {
    let base = "https://hooks.slack.com";
    assert!(Address::parse(&"https://hooks.slack.com/services/T0/B0/x".into(), base).is_ok());
    for elsewhere in [
        "https://hooks.slack.com.evil.example/services/T0/B0/x",
        "https://hooks.slack.com@evil.example/services/T0/B0/x",
        "http://hooks.slack.com/services/T0/B0/x",
        "https://hooks.slack.com:8443/services/T0/B0/x",
        "https://evil.example/https://hooks.slack.com",
    ] {
        let error = Address::parse(&elsewhere.into(), base).unwrap_err();
        assert_eq!(error, AddressError::Elsewhere { base: base.to_owned() }, "{elsewhere}");
    }
    assert_eq!(Address::parse(&"T0/B0/x".into(), base).unwrap_err(), AddressError::Unreadable);
}

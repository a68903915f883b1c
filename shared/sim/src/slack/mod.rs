//! Slack's incoming webhooks: any address of the right shape belongs to a channel.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::post;
use jiff::Timestamp;
use serde_json::Value;

use crate::faults::answer::plain;
use crate::world::Shared;

/// Most characters of one block's text.
const LONGEST_TEXT: usize = 3_000;
/// Most blocks of a message.
const MOST_BLOCKS: usize = 50;

/// A message that Slack took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackMessage {
    /// The world's clock when it came.
    pub at: Timestamp,
    /// The webhook's path.
    pub path: String,
    /// As it was sent.
    pub payload: Value,
}

/// All messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct SlackMessages(Mutex<Vec<SlackMessage>>);

impl SlackMessages {
    pub(crate) fn all(&self) -> Vec<SlackMessage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/services/{team}/{app}/{secret}", post(receive))
        .fallback(async || said(404, "no_service"))
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

fn said(status: u16, word: &'static str) -> Response {
    plain(status, "text/plain", word.into())
}

async fn receive(State(shared): State<Arc<Shared>>, uri: axum::http::Uri, body: Bytes) -> Response {
    let Ok(payload) = serde_json::from_slice::<Value>(&body) else { return said(400, "invalid_payload") };
    if let Err(word) = check(&payload) {
        return said(400, word);
    }
    let message = SlackMessage { at: shared.clock.now(), path: uri.path().to_owned(), payload };
    shared.slack.0.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    said(200, "ok")
}

fn check(payload: &Value) -> Result<(), &'static str> {
    let is_empty = payload["text"].as_str().is_none_or(str::is_empty);
    let blocks = match &payload["blocks"] {
        Value::Null => &Vec::new(),
        Value::Array(blocks) => blocks,
        _ => return Err("invalid_blocks"),
    };
    if is_empty && blocks.is_empty() {
        return Err("no_text");
    }
    let fits = |block: &Value| {
        let text = block["text"]["text"].as_str().unwrap_or_default();
        let is_section = block["type"] == "section" && block["text"]["type"] == "mrkdwn";
        is_section && !text.is_empty() && text.chars().count() <= LONGEST_TEXT
    };
    if blocks.len() <= MOST_BLOCKS && blocks.iter().all(fits) { Ok(()) } else { Err("invalid_blocks") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Service;
    use crate::testbed::{Vendor, seeded};

    #[tokio::test]
    async fn a_message_is_taken_where_slack_would_take_it() {
        let shared = seeded("2026-04-30T04:00:00Z");
        let slack = Vendor::new(Service::Slack, &shared);
        let section = |text: &str| json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } });
        let hook = "/services/T0/B0/x";
        for (path, body, status, word) in [
            (hook, json!({ "text": "a" }).to_string(), 200, "ok"),
            (hook, json!({ "text": "a", "blocks": [section("b")] }).to_string(), 200, "ok"),
            (
                hook,
                json!({ "text": "a", "blocks": [section(&"b".repeat(3001))] }).to_string(),
                400,
                "invalid_blocks",
            ),
            (hook, json!({ "text": "" }).to_string(), 400, "no_text"),
            (hook, "text=a".to_owned(), 400, "invalid_payload"),
            ("/services/T0/B0", json!({ "text": "a" }).to_string(), 404, "no_service"),
        ] {
            let answer = slack.post(path, &[], body.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body.as_slice()),
                (status, word.as_bytes()),
                "{path} {body}"
            );
        }
        assert_eq!(shared.slack.all().len(), 2);
    }
}

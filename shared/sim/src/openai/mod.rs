//! The model: chat completions in OpenAI's wire shape, answered by the rule analyst. Any bearer is let in but one
//! that begins with `invalid`, and so is a request without one; a stream is not offered.

mod image;
pub(crate) mod ordered;
mod request;
mod schema;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use domain::hash::short_id;
use serde_json::{Value, json};

use crate::analyst::{self, Mode, Reply};
use crate::faults::Fault;
use crate::faults::answer::{json_answer, openai_error, plain};
use crate::recorder::Service;
use crate::world::Shared;
pub(crate) use image::png_size;
use request::Chat;

/// The name the model answers by, whatever its mode.
const MODEL: &str = "rule-analyst";

#[derive(Clone)]
struct Desk {
    shared: Arc<Shared>,
    answers: Arc<AtomicU64>,
}

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/v1/models", get(models))
        .fallback(async || openai_error(404, "Unknown request URL.", "invalid_request_error", "unknown_url"))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(admit))
        .with_state(Desk { shared, answers: Arc::default() })
}

/// Turns a key away that is said to be invalid.
async fn admit(request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if sent.is_some_and(|sent| sent.starts_with("Bearer invalid")) {
        let text =
            "Incorrect API key provided: invalid***. You can find your API key in your account settings.";
        return openai_error(401, text, "invalid_request_error", "invalid_api_key");
    }
    next.run(request).await
}

async fn models(State(desk): State<Desk>) -> Response {
    let created = desk.shared.clock.now().as_second();
    let model = json!({ "id": MODEL, "object": "model", "created": created, "owned_by": "topdown" });
    json_answer(200, &json!({ "object": "list", "data": [model] }))
}

async fn chat(State(desk): State<Desk>, body: Bytes) -> Response {
    let chat = match Chat::read(&body) {
        Ok(chat) => chat,
        Err(invalid) => return invalid.response(),
    };
    let failing = match chat.prompt.mode {
        Mode::Limited => Some(Fault::TooManyRequests { retry_after_s: 1 }),
        Mode::Broken => Some(Fault::ServerError(500)),
        _ => None,
    };
    if let Some(answer) = failing.and_then(|fault| fault.instead(Service::OpenAi)) {
        return answer;
    }
    if chat.prompt.mode == Mode::Html {
        return plain(502, "text/html", b"<html><body><h1>502 Bad Gateway</h1></body></html>\n".to_vec());
    }
    if chat.prompt.mode == Mode::Slow {
        tokio::time::sleep(desk.shared.slow_model).await;
    }
    let reply = analyst::answer(&chat.prompt);
    let number = desk.answers.fetch_add(1, Ordering::Relaxed);
    let id = short_id(&format!("{number} {}", domain::Sha256Hex::of(&body)), 24);
    json_answer(200, &completion(&chat, reply, &id, desk.shared.clock.now().as_second()))
}

fn completion(chat: &Chat, reply: Reply, id: &str, created: i64) -> Value {
    let mut written = 0;
    let (message, finish) = match reply {
        Reply::Text(text) => {
            let (text, whole) = within(text, chat.max_tokens);
            written = tokens(&text);
            (
                json!({ "role": "assistant", "content": text, "refusal": null }),
                if whole { "stop" } else { "length" },
            )
        }
        Reply::CutOff(text) => {
            written = tokens(&text);
            (json!({ "role": "assistant", "content": text, "refusal": null }), "length")
        }
        Reply::Refusal(text) => (json!({ "role": "assistant", "content": null, "refusal": text }), "stop"),
        Reply::ToolCalls(calls) => {
            let call = |(index, (name, arguments)): (usize, (String, String))| {
                let function = json!({ "name": name, "arguments": arguments });
                json!({ "id": format!("call_{id}_{index}"), "type": "function", "function": function })
            };
            let calls: Vec<Value> = calls.into_iter().enumerate().map(call).collect();
            (
                json!({ "role": "assistant", "content": null, "refusal": null, "tool_calls": calls }),
                "tool_calls",
            )
        }
    };
    let (text, images) = chat.tokens;
    json!({
        "id": format!("chatcmpl-{id}"),
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish }],
        "usage": {
            "prompt_tokens": text + images,
            "completion_tokens": written,
            "total_tokens": text + images + written,
            "prompt_tokens_details": {
                "cached_tokens": 0, "cache_write_tokens": 0, "image_tokens": images, "text_tokens": text, "audio_tokens": 0,
            },
            "completion_tokens_details": {
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_rules",
    })
}

/// Four characters a token, rounded up: an estimate that is the same for the same text.
fn tokens(text: &str) -> u64 {
    (text.chars().count() as u64).div_ceil(4)
}

/// The text as far as its tokens are allowed, and whether that is all of it.
fn within(text: String, most: Option<u64>) -> (String, bool) {
    match most {
        Some(most) if tokens(&text) > most => {
            let characters = usize::try_from(most.saturating_mul(4)).unwrap_or(usize::MAX);
            (text.chars().take(characters).collect(), false)
        }
        _ => (text, true),
    }
}

#[cfg(test)]
mod tests;

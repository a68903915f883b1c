//! The messenger: the Bot API's methods that send text and files. Any token of the right shape is a bot.

mod form;
mod html;
mod messages;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::{Value, json};

use crate::faults::answer::json_answer;
use crate::world::Shared;
use form::Form;
pub(crate) use messages::Messages;
pub use messages::{SentFile, SentMessage};

pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{bot}/{method}", any(call))
        .fallback(async || refused(404, "Not Found"))
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

fn refused(code: u16, description: &str) -> Response {
    json_answer(code, &json!({ "ok": false, "error_code": code, "description": description }))
}

fn done(result: &Value) -> Response {
    json_answer(200, &json!({ "ok": true, "result": result }))
}

/// `botNUMBER:SECRET`; its number.
fn bot_id(segment: &str) -> Option<u64> {
    let (id, secret) = segment.strip_prefix("bot")?.split_once(':')?;
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if secret.is_empty() || !secret.chars().all(letters) {
        return None;
    }
    id.parse().ok()
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(id) = bot_id(&bot) else { return refused(401, "Unauthorized") };
    if method == "getMe" {
        return done(&bot_user(id));
    }
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = Form::read(content_type, &body);
    let asked = Form::urlencoded(query.as_deref().unwrap_or_default());
    let (Some(form), Some(asked)) = (sent, asked) else {
        return refused(400, "Bad Request: can't parse the request body");
    };
    let form = form.and(asked);
    match send(&shared, &method, &form) {
        Ok((message, entities)) => {
            done(&shared.messages.keep(message, &entities, &bot_user(id), shared.clock.now()))
        }
        Err(Refusal(code, description)) => refused(code, &description),
    }
}

fn bot_user(id: u64) -> Value {
    json!({
        "id": id, "is_bot": true, "first_name": "Topdown", "username": "topdown_sim_bot",
        "can_join_groups": true, "can_read_all_group_messages": false, "supports_inline_queries": false,
    })
}

struct Refusal(u16, String);

/// Characters after entities are parsed, counted as the vendor does, in UTF-16 units.
const LONGEST_TEXT: usize = 4_096;
const LONGEST_CAPTION: usize = 1_024;
const LARGEST_PHOTO: usize = 10 << 20;
const LARGEST_DOCUMENT: usize = 50 << 20;

fn send(shared: &Shared, method: &str, form: &Form) -> Result<(SentMessage, Vec<Value>), Refusal> {
    let bad = |what: &str| Refusal(400, format!("Bad Request: {what}"));
    let (text_field, longest, file_field, largest) = match method {
        "sendMessage" => ("text", LONGEST_TEXT, None, 0),
        "sendPhoto" => ("caption", LONGEST_CAPTION, Some("photo"), LARGEST_PHOTO),
        "sendDocument" => ("caption", LONGEST_CAPTION, Some("document"), LARGEST_DOCUMENT),
        _ => return Err(Refusal(404, "Not Found".to_owned())),
    };
    let chat_id = form.text("chat_id").filter(|id| !id.is_empty()).ok_or_else(|| bad("chat_id is empty"))?;
    let source = form.text(text_field).unwrap_or_default();
    let parse_mode = form.text("parse_mode");
    let plain = |text: &str| html::Shown { text: text.to_owned(), entities: Vec::new() };
    let html::Shown { text: shown, entities } = match parse_mode.as_deref() {
        Some(mode) if mode.eq_ignore_ascii_case("html") => {
            html::shown(&source).map_err(|error| bad(&error))?
        }
        Some(mode) if mode.to_ascii_lowercase().starts_with("markdown") => plain(&source),
        Some(_) => return Err(bad("unsupported parse_mode")),
        None => plain(&source),
    };
    let length = shown.encode_utf16().count();
    if method == "sendMessage" && shown.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    if length > longest {
        let what = if text_field == "text" { "message is too long" } else { "message caption is too long" };
        return Err(bad(what));
    }
    let file = match file_field {
        None => None,
        Some(field) => {
            let file = form.file(field).ok_or_else(|| bad(&format!("there is no {field} in the request")))?;
            if file.bytes.len() > largest {
                return Err(Refusal(413, "Request Entity Too Large".to_owned()));
            }
            Some(file)
        }
    };
    let silent = form.text("disable_notification").as_deref() == Some("true");
    let preview =
        form.text("link_preview_options").is_none_or(|options| !options.contains("\"is_disabled\":true"));
    let at = shared.clock.now();
    let message = SentMessage {
        message_id: 0,
        at,
        method: method.to_owned(),
        chat_id,
        source,
        shown,
        parse_mode,
        file,
        silent,
        preview,
    };
    Ok((message, entities))
}

#[cfg(test)]
mod tests;

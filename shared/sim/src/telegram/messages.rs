use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::openai::png_size;

/// A message the messenger took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Its number, from 1.
    pub message_id: u64,
    /// The world's clock when it came.
    pub at: Timestamp,
    /// `sendMessage`, `sendDocument` or `sendPhoto`.
    pub method: String,
    /// The chat, as written.
    pub chat_id: String,
    /// Text or caption as sent, with its markup.
    pub source: String,
    /// Text or caption as a reader sees it.
    pub shown: String,
    /// `HTML` or none.
    pub parse_mode: Option<String>,
    /// The file.
    pub file: Option<SentFile>,
    /// Whether it came without a sound.
    pub silent: bool,
    /// Whether links are fetched for a preview.
    pub preview: bool,
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Its name.
    pub name: String,
    /// Its type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// All messages, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Messages(Mutex<Vec<SentMessage>>);

impl Messages {
    /// Keeps the message and gives it as the vendor's `Message`.
    pub(crate) fn keep(
        &self,
        mut message: SentMessage,
        entities: &[Value],
        from: &Value,
        now: Timestamp,
    ) -> Value {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        message.message_id = kept.len() as u64 + 1;
        let chat = message.chat_id.parse::<i64>().map_or_else(|_| json!(message.chat_id), Value::from);
        let mut answer = json!({
            "message_id": message.message_id,
            "from": from,
            "chat": { "id": chat, "type": "private" },
            "date": now.as_second(),
        });
        let (text, marks) = match message.file {
            Some(_) => ("caption", "caption_entities"),
            None => ("text", "entities"),
        };
        if message.file.is_none() || !message.shown.is_empty() {
            answer[text] = json!(message.shown);
        }
        if !entities.is_empty() {
            answer[marks] = json!(entities);
        }
        if let Some(file) = &message.file {
            let (kind, described) = described(file, &message.method, message.message_id);
            answer[kind] = described;
        }
        kept.push(message);
        answer
    }

    pub(crate) fn all(&self) -> Vec<SentMessage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The vendor's `Document`, or its list of `PhotoSize`.
fn described(file: &SentFile, method: &str, number: u64) -> (&'static str, Value) {
    let mut described = json!({
        "file_id": format!("f{number}"), "file_unique_id": format!("u{number}"), "file_size": file.bytes.len(),
    });
    if method == "sendPhoto" {
        let (width, height) = png_size(&file.bytes).unwrap_or((1, 1));
        described["width"] = json!(width);
        described["height"] = json!(height);
        return ("photo", json!([described]));
    }
    described["file_name"] = json!(file.name);
    described["mime_type"] = json!(file.content_type);
    ("document", described)
}

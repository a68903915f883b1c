use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

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
    pub(crate) fn keep(&self, mut message: SentMessage, from: &Value, now: Timestamp) -> Value {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        message.message_id = kept.len() as u64 + 1;
        let chat = message.chat_id.parse::<i64>().map_or_else(|_| json!(message.chat_id), Value::from);
        let mut answer = json!({
            "message_id": message.message_id,
            "from": from,
            "chat": { "id": chat, "type": "private" },
            "date": now.as_second(),
        });
        let text_field = if message.file.is_some() { "caption" } else { "text" };
        answer[text_field] = json!(message.shown);
        if let Some(file) = &message.file {
            answer["document"] = json!({ "file_id": format!("f{}", message.message_id), "file_name": file.name, "file_size": file.bytes.len() });
        }
        kept.push(message);
        answer
    }

    pub(crate) fn all(&self) -> Vec<SentMessage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

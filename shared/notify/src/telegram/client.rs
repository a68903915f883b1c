use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};

use super::multipart::Form;
use super::wire::{LinkPreview, SendMessage};
use super::{CAPTION_LIMIT, MESSAGE_LIMIT, TelegramError, parse, without_markup};

/// Bytes of an answer that are read.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A notice is not worth waiting for longer than this.
const DEADLINE: Duration = Duration::from_secs(30);

/// A bot.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: SecretString,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).finish_non_exhaustive()
    }
}

/// A text in HTML parse mode.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// At most [`MESSAGE_LIMIT`] characters after its markup is read.
    pub html: &'a str,
    /// Delivered without a sound.
    pub silent: bool,
}

/// A file with a caption in HTML parse mode.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its name; letters, digits, `-`, `_` and dots are kept.
    pub file_name: &'a str,
    /// Such as `text/html`.
    pub media_type: &'a str,
    /// Its content, 50 MB at most.
    pub bytes: &'a [u8],
    /// At most [`CAPTION_LIMIT`] characters after its markup is read.
    pub caption_html: &'a str,
    /// Delivered without a sound.
    pub silent: bool,
}

/// A delivered message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its id within the chat.
    pub message_id: i64,
}

impl Client {
    /// The bot with `token` at `base_url` (its scheme and host, and a port in tests).
    pub fn new(http: reqwest::Client, base_url: &str, token: SecretString) -> Self {
        Self { http, base: base_url.trim_end_matches('/').to_owned(), token }
    }

    /// Sends a message to `chat` (an id, or `@name` of a channel). Links are not previewed. A text whose markup
    /// Telegram cannot read is sent once more as plain text.
    ///
    /// # Errors
    ///
    /// [`TelegramError`]; its variants say what to do.
    pub async fn send_message(&self, chat: &str, message: &Message<'_>) -> Result<Sent, TelegramError> {
        let text = without_markup(message.html);
        check_length(&text, MESSAGE_LIMIT)?;
        let request = |text, parse_mode| SendMessage {
            chat_id: chat,
            text,
            parse_mode,
            link_preview_options: LinkPreview { is_disabled: true },
            disable_notification: message.silent,
        };
        let first = self.send(self.post("sendMessage").json(&request(message.html, Some("HTML")))).await;
        match first {
            Err(error) if is_markup(&error) => {
                self.send(self.post("sendMessage").json(&request(text.as_str(), None))).await
            }
            other => other,
        }
    }

    /// Sends a file to `chat`, with a caption that is sent once more as plain text if its markup is unreadable.
    ///
    /// # Errors
    ///
    /// [`TelegramError`]; its variants say what to do.
    pub async fn send_document(&self, chat: &str, document: &Document<'_>) -> Result<Sent, TelegramError> {
        let caption = without_markup(document.caption_html);
        check_length(&caption, CAPTION_LIMIT)?;
        let first = self.send_form(chat, document, document.caption_html, true).await;
        match first {
            Err(error) if is_markup(&error) => self.send_form(chat, document, &caption, false).await,
            other => other,
        }
    }

    async fn send_form(
        &self,
        chat: &str,
        document: &Document<'_>,
        caption: &str,
        markup: bool,
    ) -> Result<Sent, TelegramError> {
        let mut form =
            Form::around(document.bytes, &[chat, caption]).text("chat_id", chat).text("caption", caption);
        if markup {
            form = form.text("parse_mode", "HTML");
        }
        let form = form.text("disable_notification", if document.silent { "true" } else { "false" }).file(
            "document",
            document.file_name,
            document.media_type,
            document.bytes,
        );
        let (content_type, body) = form.finish();
        self.send(self.post("sendDocument").header(CONTENT_TYPE, content_type).body(body)).await
    }

    fn post(&self, method: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/bot{}/{method}", self.base, self.token.expose_secret());
        self.http.post(url).timeout(DEADLINE)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Sent, TelegramError> {
        let mut response = request.send().await.map_err(unavailable)?;
        let status = response.status().as_u16();
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
            let room = ANSWER_LIMIT.saturating_sub(body.len());
            if chunk.len() > room {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        // an answer may repeat the token, and its words are shown
        let body = String::from_utf8_lossy(&body).replace(self.token.expose_secret(), "[token]");
        parse::answer(status, retry_after.as_deref(), body.as_bytes())
    }
}

/// The error without its address, which holds the token.
fn unavailable(error: reqwest::Error) -> TelegramError {
    let may_have_arrived = !error.is_connect() && !error.is_builder();
    let error = error.without_url();
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        why.push_str(": ");
        why.push_str(&inner.to_string());
        source = inner.source();
    }
    TelegramError::Unavailable { why, may_have_arrived }
}

fn is_markup(error: &TelegramError) -> bool {
    matches!(error, TelegramError::Rejected { code: 400, description } if description.contains("can't parse entities"))
}

fn check_length(text: &str, limit: usize) -> Result<(), TelegramError> {
    let length = text.encode_utf16().count();
    if length > limit { Err(TelegramError::TooLong { length, limit }) } else { Ok(()) }
}

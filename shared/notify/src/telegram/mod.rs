//! Telegram's Bot API: messages and documents to one chat.
//!
//! The address of every call holds the bot's token: it never reaches an error, a log or `Debug`.

mod client;
mod multipart;
mod parse;
mod wire;

use std::time::Duration;

pub use client::{Client, Document, Message, Sent};

/// Most characters of a message, after its markup is read (Bot API, sendMessage).
pub const MESSAGE_LIMIT: usize = 4096;
/// Most characters of a document's caption, after its markup is read (Bot API, sendDocument).
pub const CAPTION_LIMIT: usize = 1024;

/// Why a notice was not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelegramError {
    /// Too many messages: wait, then send again.
    #[error("Telegram takes no message for {} s; the report's page is there all the same", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The token is not known: tell the user, and do not retry.
    #[error("Telegram does not know this bot's token; set the token that @BotFather shows")]
    Unauthorized,
    /// The bot may not write to the chat: tell the user, and stop using it.
    #[error("Telegram refuses this chat: {description}; let the bot in again or name another chat")]
    Forbidden {
        /// Telegram's words.
        description: String,
    },
    /// The chat became a supergroup: store its new id and send again.
    #[error("the chat has moved to {chat}; set the new chat id in TELEGRAM_CHAT_ID")]
    Migrated {
        /// The new id.
        chat: i64,
    },
    /// No answer, or a broken one: send again, unless it may have arrived.
    #[error("Telegram is unavailable: {why}; the report's page is there all the same")]
    Unavailable {
        /// What happened, without the address.
        why: String,
        /// Whether the notice may have been delivered all the same: a retry may then double it.
        may_have_arrived: bool,
    },
    /// The request is wrong: a retry fails alike.
    #[error("Telegram rejected the notice ({code}): {description}; check the chat id")]
    Rejected {
        /// Telegram's code, that of HTTP.
        code: u16,
        /// Telegram's words.
        description: String,
    },
    /// The text is over the limit: shorten it.
    #[error("the text has {length} characters, Telegram takes {limit}; shorten it")]
    TooLong {
        /// Its length after the markup is read, UTF-16 code units.
        length: usize,
        /// [`MESSAGE_LIMIT`] or [`CAPTION_LIMIT`].
        limit: usize,
    },
}

/// The text of a message in HTML parse mode, without its markup.
pub(crate) fn without_markup(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut within = false;
    for c in html.chars() {
        match c {
            '<' => within = true,
            '>' if within => within = false,
            _ if within => {}
            _ => out.push(c),
        }
    }
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests;

//! The chat that reports go to, and what a refusal leads to.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use notify::Notice;
use notify::message::Markup;
use notify::telegram::{self, Document, Message, TelegramError};
use secrecy::SecretString;
use storage::Delivery;
use tracing::info;

use crate::messenger::fate;
use crate::patience::{self, TRIES};

/// Where messages go.
#[derive(Clone)]
pub struct Telegram {
    /// The bot.
    pub client: telegram::Client,
    /// The chat, an id or `@name`.
    pub chat: String,
}

impl Telegram {
    /// The bot with `token` at `base_url`, writing to `chat`.
    pub fn new(http: reqwest::Client, base_url: &str, token: SecretString, chat: String) -> Self {
        Self { client: telegram::Client::new(http, base_url, token), chat }
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
enum Parcel<'a> {
    /// A page with its caption.
    Page(Document<'a>),
    /// A text.
    Text(Message<'a>),
}

impl Parcel<'_> {
    /// The first line alone of what it says.
    fn shorten(&mut self) {
        let text = match self {
            Self::Page(document) => &mut document.caption_html,
            Self::Text(message) => &mut message.html,
        };
        *text = text.lines().next().unwrap_or_default();
    }
}

/// How long a chat is left alone that lets nothing in.
const REST: SignedDuration = SignedDuration::from_hours(1);

/// The chat as this process knows it.
pub(crate) struct Chat {
    telegram: Telegram,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Where the chat has moved to.
    moved: Option<i64>,
    /// Until when nothing is sent, and why.
    rests: Option<(Timestamp, String)>,
}

/// What a refusal leads to.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Send it again after this.
    Again(Duration),
    /// Send it to the chat's new id.
    Move(i64),
    /// Send it with its first line alone.
    Shorten,
    /// It is not sent, and nothing else for a while.
    Rest,
    /// It is not sent.
    Drop,
}

/// What comes after `error`, with `tries` made and `waited` before them.
fn next(error: &TelegramError, tries: u32, waited: Duration) -> Next {
    let again = |asked| patience::wait(tries, waited, asked).map_or(Next::Drop, Next::Again);
    match error {
        TelegramError::RateLimited { retry_after } => again(Some(*retry_after)),
        // what may have arrived is not sent twice
        TelegramError::Unavailable { may_have_arrived: true, .. } => Next::Drop,
        TelegramError::Unavailable { .. } => again(None),
        TelegramError::Migrated { chat } if tries < TRIES => Next::Move(*chat),
        TelegramError::TooLong { .. } if tries < TRIES => Next::Shorten,
        TelegramError::Unauthorized | TelegramError::Forbidden { .. } => Next::Rest,
        TelegramError::Migrated { .. } | TelegramError::TooLong { .. } | TelegramError::Rejected { .. } => {
            Next::Drop
        }
    }
}

impl Chat {
    /// The chat, of which nothing is known yet.
    pub(crate) fn new(telegram: Telegram) -> Self {
        Self { telegram, state: Mutex::default() }
    }

    /// Sends `notice` at `now`, with its page: a local server's link opens on no phone.
    pub(crate) async fn tell(&self, notice: &Notice<'_>, now: Timestamp) -> Delivery {
        let (tries, told) = match notice.message(Markup::HTML) {
            Ok(html) => {
                let silent = notice.is_silent();
                let parcel = match notice.page {
                    Some(page) => Parcel::Page(Document {
                        file_name: page.file_name,
                        media_type: "text/html",
                        bytes: page.html.as_bytes(),
                        caption_html: &html,
                        silent,
                    }),
                    None => Parcel::Text(Message { html: &html, silent }),
                };
                self.deliver(parcel, now).await
            }
            Err(error) => (0, Err(error.to_string())),
        };
        fate("telegram", tries, told)
    }

    /// Sends the parcel, again where that is worth it: how often, and why it was not delivered, or what the user should
    /// know of one that was.
    async fn deliver(&self, mut notice: Parcel<'_>, now: Timestamp) -> (u32, Result<Option<String>, String>) {
        if let Some((until, why)) = self.with(|state| state.rests.clone()).filter(|(until, _)| now < *until) {
            return (0, Err(format!("{why}; nothing is sent there before {}", until.strftime("%H:%M UTC"))));
        }
        let (mut tries, mut sendings, mut waited, mut note) = (0, 0, Duration::ZERO, None);
        loop {
            let moved = self.with(|state| state.moved);
            let chat = moved.map_or_else(|| self.telegram.chat.clone(), |chat| chat.to_string());
            let client = &self.telegram.client;
            let sent = match &notice {
                Parcel::Page(document) => client.send_document(&chat, document).await,
                Parcel::Text(message) => client.send_message(&chat, message).await,
            };
            sendings += 1;
            let Err(error) = sent else { return (sendings, Ok(note)) };
            tries += 1;
            match next(&error, tries, waited) {
                Next::Again(wait) => {
                    info!(%error, seconds = wait.as_secs(), "the notice is sent again");
                    tokio::time::sleep(wait).await;
                    waited += wait;
                }
                Next::Move(chat) => {
                    self.with(|state| state.moved = Some(chat));
                    note = Some(error.to_string());
                }
                Next::Shorten => {
                    notice.shorten();
                    tries = TRIES;
                    note = Some(error.to_string());
                }
                Next::Rest => {
                    self.with(|state| state.rests = Some((now + REST, error.to_string())));
                    return (sendings, Err(error.to_string()));
                }
                Next::Drop => return (sendings, Err(error.to_string())),
            }
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(seconds: u64) -> TelegramError {
        TelegramError::RateLimited { retry_after: Duration::from_secs(seconds) }
    }

    fn unavailable(may_have_arrived: bool) -> TelegramError {
        TelegramError::Unavailable { why: "cut".into(), may_have_arrived }
    }

    #[test]
    fn each_refusal_has_its_answer() {
        let none = Duration::ZERO;
        let again = |seconds| Next::Again(Duration::from_secs(seconds));
        assert_eq!(next(&limited(17), 1, none), again(17));
        assert_eq!(next(&limited(0), 1, none), again(1));
        // over the patience, by itself or together, or asked too often
        assert_eq!(next(&limited(91), 1, none), Next::Drop);
        assert_eq!(next(&limited(60), 2, Duration::from_secs(31)), Next::Drop);
        assert_eq!(next(&limited(1), 4, none), Next::Drop);
        assert_eq!(next(&unavailable(false), 1, none), again(2));
        assert_eq!(next(&unavailable(false), 3, none), again(8));
        assert_eq!(next(&unavailable(true), 1, none), Next::Drop);
        assert_eq!(next(&TelegramError::Migrated { chat: -5 }, 1, none), Next::Move(-5));
        assert_eq!(next(&TelegramError::Migrated { chat: -5 }, 4, none), Next::Drop);
        assert_eq!(next(&TelegramError::TooLong { length: 2000, limit: 1024 }, 1, none), Next::Shorten);
        let description = String::new();
        assert_eq!(next(&TelegramError::Forbidden { description: description.clone() }, 1, none), Next::Rest);
        assert_eq!(next(&TelegramError::Unauthorized, 1, none), Next::Rest);
        assert_eq!(next(&TelegramError::Rejected { code: 400, description }, 1, none), Next::Drop);
    }
}

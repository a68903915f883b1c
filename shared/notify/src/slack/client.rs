use std::fmt;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::wire::Payload;
use crate::delivery::{DeliveryError, later, retry_after, unanswered};
use crate::notice::Notice;
use crate::text::{capped, plain};

const DEADLINE: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read: it is a word.
const ANSWER_LIMIT: usize = 1024;

/// The address of an incoming webhook, which is a secret.
#[derive(Clone)]
pub struct Address(Url);

/// The text is no address of a webhook. It is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It cannot be read.
    #[error("the address of Slack's webhook cannot be read; copy it from the app's page Incoming Webhooks")]
    Unreadable,
    /// It is another host's: the secret would go there.
    #[error(
        "the address of Slack's webhook is not one of {base}; copy it from the app's page Incoming Webhooks"
    )]
    Elsewhere {
        /// Where all of them are.
        base: String,
    },
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").finish_non_exhaustive()
    }
}

impl Address {
    /// The webhook that `text` is, which must be one of the server at `base_url`.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &SecretString, base_url: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text.expose_secret()).map_err(|_| AddressError::Unreadable)?;
        let base = Url::parse(base_url).map_err(|_| AddressError::Unreadable)?;
        let has_user = !url.username().is_empty() || url.password().is_some();
        if url.origin() != base.origin() || has_user || !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Elsewhere { base: base_url.to_owned() });
        }
        Ok(Self(url))
    }
}

/// An incoming webhook.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
}

impl Client {
    /// The webhook at `address`, by a client that follows no redirect.
    pub fn new(http: reqwest::Client, address: Address) -> Self {
        Self { http, address }
    }

    /// Sends the notice.
    ///
    /// # Errors
    ///
    /// [`DeliveryError`]; its variants say what to do. Slack knows no message by a key, so one that may have arrived is
    /// not to be sent again.
    pub async fn send(&self, notice: &Notice<'_>) -> Result<(), DeliveryError> {
        let payload = Payload::of(notice)?;
        let request = self.http.post(self.address.0.clone()).json(&payload).timeout(DEADLINE);
        let mut response = request.send().await.map_err(|error| unanswered("Slack", error))?;
        let (status, wait) = (response.status().as_u16(), retry_after(response.headers()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unanswered("Slack", error))? {
            let room = ANSWER_LIMIT.saturating_sub(body.len());
            body.extend_from_slice(chunk.get(..chunk.len().min(room)).unwrap_or_default());
            if room == 0 {
                break;
            }
        }
        // an answer may repeat the address, and its words are shown
        let word = String::from_utf8_lossy(&body).replace(self.address.0.path(), "[webhook]");
        answer(status, wait, &capped(plain(&word).trim(), 100))
    }
}

/// What an answer means: `ok`, or a word for what is wrong.
pub(super) fn answer(status: u16, wait: Option<Duration>, word: &str) -> Result<(), DeliveryError> {
    let refused = |what: &str| Err(DeliveryError::Refused { why: format!("{what} ({status}: {word})") });
    match (status, word) {
        (200, "ok") => Ok(()),
        // a page of something in between
        (200..300, _) => {
            Err(DeliveryError::Unknown { why: format!("the answer is not Slack's (HTTP status {status})") })
        }
        (429, _) => Err(later("Slack takes no message for now".to_owned(), wait)),
        (500.., _) => Err(later(format!("Slack is unavailable ({status}: {word})"), wait)),
        (403 | 404 | 410, _) => {
            refused("Slack refuses the webhook; make a new one and set SLACK_WEBHOOK_URL")
        }
        _ => refused("Slack rejects the message"),
    }
}

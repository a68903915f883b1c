use std::error::Error;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::LanguageError;

/// Why a notice was not delivered by a channel that has no refusals of its own, in words that name no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Not now: send it again, after `wait` where the other side names a time.
    #[error("{why}")]
    Later {
        /// What happened.
        why: String,
        /// How long it asks to wait.
        wait: Option<Duration>,
    },
    /// No answer to what had been sent: it may have been delivered, and a second time may double it.
    #[error("{why}; it may have arrived all the same")]
    Unknown {
        /// What happened.
        why: String,
    },
    /// Never: a retry fails alike, a person mends what is named.
    #[error("{why}")]
    Refused {
        /// What is wrong, and what to do.
        why: String,
    },
    /// The words could not be read.
    #[error(transparent)]
    Language(#[from] LanguageError),
}

/// Not now.
pub(crate) fn later(why: String, wait: Option<Duration>) -> DeliveryError {
    DeliveryError::Later { why, wait }
}

/// Seconds that an answer asks to wait.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u32 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// What a vendor's client failed with, without the address, which may hold a secret.
pub(crate) fn unanswered(vendor: &str, error: reqwest::Error) -> DeliveryError {
    let is_unsent = error.is_connect() || error.is_builder();
    let error = error.without_url();
    let mut why = format!("{vendor} is unavailable: {error}");
    let mut source = error.source();
    while let Some(inner) = source {
        why.push_str(": ");
        why.push_str(&inner.to_string());
        source = inner.source();
    }
    if is_unsent { later(why, None) } else { DeliveryError::Unknown { why } }
}

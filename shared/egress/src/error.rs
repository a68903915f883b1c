use std::error::Error;
use std::time::Duration;

use crate::names::LeadsInside;

/// Why there is no answer. No variant holds the address: a webhook's is a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// It is not asked, now or later: whoever named the address names another.
    #[error("the address is not asked: {why}")]
    Refused {
        /// What is wrong with it.
        why: &'static str,
    },
    /// It led on to an address that is not asked: nothing was sent there.
    #[error("it leads to an address that is not asked: {why}")]
    LedInside {
        /// What is wrong with that one.
        why: &'static str,
    },
    /// It led on more often than is followed.
    #[error("it leads on more than {0} times")]
    LedOn(u32),
    /// No answer, or a broken one: ask again, unless a second request does harm.
    #[error("no answer: {why}")]
    Unavailable {
        /// What happened.
        why: String,
        /// Whether the request may have arrived all the same.
        may_have_arrived: bool,
    },
    /// The answer is longer than is read.
    #[error("the answer has more than {0} bytes")]
    TooLong(usize),
    /// The answer took longer than is waited: it may have arrived all the same.
    #[error("no whole answer within {} s", .0.as_secs_f32())]
    Late(Duration),
}

impl From<reqwest::Error> for EgressError {
    fn from(error: reqwest::Error) -> Self {
        let may_have_arrived = !error.is_connect() && !error.is_builder();
        // the address may hold a secret
        let error = error.without_url();
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            if inner.is::<LeadsInside>() {
                return Self::Refused { why: "its name has no address of the public internet" };
            }
            why.push_str(": ");
            why.push_str(&inner.to_string());
            source = inner.source();
        }
        Self::Unavailable { why, may_have_arrived }
    }
}

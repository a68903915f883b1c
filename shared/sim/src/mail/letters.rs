use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// A letter that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// The world's clock when it came.
    pub at: Timestamp,
    /// Who had logged in.
    pub user: Option<String>,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's receivers.
    pub to: Vec<String>,
    /// Headers and body as they were sent, without the dots of SMTP.
    pub raw: String,
}

/// Bytes of letters that are kept.
const ROOM: usize = 16 << 20;

/// Letters, oldest first; of very many only the newest.
#[derive(Debug, Default)]
pub(crate) struct Letters(Mutex<VecDeque<SentMail>>);

impl Letters {
    pub(crate) fn keep(&self, letter: SentMail) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(letter);
        let mut bytes: usize = kept.iter().map(|letter| letter.raw.len()).sum();
        while bytes > ROOM && kept.len() > 1 {
            bytes -= kept.pop_front().map_or(0, |letter| letter.raw.len());
        }
    }

    pub(crate) fn all(&self) -> Vec<SentMail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

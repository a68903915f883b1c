//! The account of requests, and of bans. Pure: the monotonic time is passed in.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::exchange::silence::Silence;

/// The window that the exchange counts an address's requests in.
/// Source: <https://bybit-exchange.github.io/docs/v5/rate-limit>.
const WINDOW: Duration = Duration::from_secs(5);

/// Requests of the last window, whatever came of them.
#[derive(Debug)]
pub(super) struct Pace {
    limit: usize,
    sent: VecDeque<Instant>,
    pub(super) silence: Silence,
}

impl Pace {
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit: usize::try_from(limit.max(1)).unwrap_or(1),
            sent: VecDeque::new(),
            silence: Silence::default(),
        }
    }

    /// Counts a request that is sent now, or says when the window has room for one.
    pub(super) fn reserve(&mut self, now: Instant) -> Result<(), Instant> {
        while self.sent.front().is_some_and(|first| now.saturating_duration_since(*first) >= WINDOW) {
            self.sent.pop_front();
        }
        match self.sent.front() {
            Some(first) if self.sent.len() >= self.limit => Err(*first + WINDOW),
            _ => {
                self.sent.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_of_five_seconds_holds_more_than_the_limit() {
        let start = Instant::now();
        let mut pace = Pace::new(3);
        let at = |ms: u64| start + Duration::from_millis(ms);
        let asked: Vec<_> = [0, 2000, 4000, 4999, 5000, 5001, 7000].map(|ms| pace.reserve(at(ms))).to_vec();
        let (later, last) = (Err(at(5000)), Err(at(7000)));
        assert_eq!(asked, [Ok(()), Ok(()), Ok(()), later, Ok(()), last, Ok(())]);
    }
}

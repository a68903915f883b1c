use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Requests that an address may send within the window.
/// Source: <https://bybit-exchange.github.io/docs/v5/rate-limit>.
const LIMIT: usize = 600;
const WINDOW: Duration = Duration::from_secs(5);
/// How long one is refused that sent more.
const BAN: Duration = Duration::from_secs(600);

/// The requests of the last window, by the machine's clock: a world whose own clock stands still grants a new one.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    sent: VecDeque<Instant>,
    banned_until: Option<Instant>,
}

impl Pace {
    pub(crate) fn admits(&self) -> bool {
        self.admits_at(Instant::now())
    }

    fn admits_at(&self, now: Instant) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.banned_until.is_some_and(|until| now < until) {
            return false;
        }
        while held.sent.front().is_some_and(|first| now.saturating_duration_since(*first) >= WINDOW) {
            held.sent.pop_front();
        }
        held.sent.push_back(now);
        held.banned_until = (held.sent.len() > LIMIT).then_some(now + BAN);
        held.banned_until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_too_many_is_a_ban_of_ten_minutes() {
        let (pace, start) = (Pace::default(), Instant::now());
        assert!((0..600).all(|_| pace.admits_at(start)));
        assert!(!pace.admits_at(start + Duration::from_secs(4)));
        assert!(!pace.admits_at(start + Duration::from_secs(600)));
        assert!(pace.admits_at(start + Duration::from_secs(604)));
    }
}

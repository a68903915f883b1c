use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Weight an address may use in a minute.
const LIMIT: u32 = 6_000;
const MINUTE: Duration = Duration::from_secs(60);

/// The weight used in the current minute of the machine's clock: a world whose own clock stands still still
/// grants a new minute.
#[derive(Debug, Default)]
pub(crate) struct Weights(Mutex<Option<Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Instant,
    used: u32,
}

/// What a request found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Used {
    /// Weight used, this request's included.
    pub(crate) total: u32,
    /// Seconds to wait, if that is over the limit.
    pub(crate) retry_after_s: Option<u32>,
}

impl Weights {
    pub(crate) fn spend(&self, weight: u32) -> Used {
        self.spend_at(Instant::now(), weight)
    }

    fn spend_at(&self, now: Instant, weight: u32) -> Used {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = held.filter(|window| now.saturating_duration_since(window.since) < MINUTE);
        let window = running.unwrap_or(Window { since: now, used: 0 });
        let total = window.used + weight;
        *held = Some(Window { used: total, ..window });
        let left = MINUTE.saturating_sub(now.saturating_duration_since(window.since));
        let seconds = u32::try_from(left.as_secs()).unwrap_or(60) + 1;
        Used { total, retry_after_s: (total > LIMIT).then_some(seconds) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_six_thousand_a_minute() {
        let weights = Weights::default();
        let start = Instant::now();
        assert_eq!(weights.spend_at(start, 5_998), Used { total: 5_998, retry_after_s: None });
        assert_eq!(weights.spend_at(start, 2), Used { total: 6_000, retry_after_s: None });
        let later = start + Duration::from_secs(20);
        assert_eq!(weights.spend_at(later, 2), Used { total: 6_002, retry_after_s: Some(41) });
        let next = start + MINUTE;
        assert_eq!(weights.spend_at(next, 20), Used { total: 20, retry_after_s: None });
    }
}

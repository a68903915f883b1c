use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The clock of a simulated world, UTC. Clones show the same time.
///
/// It never reads the machine's date: it stands at an instant, or runs on from one with the monotonic clock.
#[derive(Debug, Clone)]
pub struct SimClock(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    at: Timestamp,
    since: Option<Instant>,
}

impl SimClock {
    /// A clock that stands at `at` until it is moved.
    pub fn fixed(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Reading { at, since: None })))
    }

    /// A clock that shows `at` now and runs on from there.
    pub fn running_from(at: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Reading { at, since: Some(Instant::now()) })))
    }

    /// The time it shows.
    pub fn now(&self) -> Timestamp {
        let reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = reading.since.map_or(SignedDuration::ZERO, |since| {
            SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX)
        });
        reading.at.checked_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// The time it shows, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Moves the clock to `at`, forwards or back; a running clock runs on from there.
    pub fn set(&self, at: Timestamp) {
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.at = at;
        reading.since = reading.since.map(|_| Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_it_is_set() {
        let noon: Timestamp = "2026-04-30T12:00:00Z".parse().unwrap();
        let clock = SimClock::fixed(noon);
        assert_eq!(clock.now(), noon);
        let later: Timestamp = "2026-05-01T00:00:00Z".parse().unwrap();
        clock.clone().set(later);
        assert_eq!(clock.now_ms(), 1_777_593_600_000);
    }

    #[test]
    fn a_running_clock_never_runs_backwards() {
        let clock = SimClock::running_from(Timestamp::UNIX_EPOCH);
        let first = clock.now();
        assert!(clock.now() >= first && first >= Timestamp::UNIX_EPOCH);
    }
}

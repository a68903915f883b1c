use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Longest silence believed: more than the three days of the longest ban of any exchange.
pub(crate) const LONGEST_BAN: Duration = Duration::from_secs(7 * 24 * 3600);

/// An exchange's order to be silent, with its end by the exchange's clock. Pure: the monotonic time is passed in.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Silence(Option<(Instant, Option<Timestamp>)>);

impl Silence {
    /// Enters an order; the longest holds.
    pub(crate) fn enter(&mut self, wait: Duration, clock: Option<Timestamp>, now: Instant) {
        let until = now + wait;
        if self.0.is_none_or(|(known, _)| known < until) {
            self.0 = Some((until, clock));
        }
    }

    /// Until when there is silence, if there is.
    pub(crate) fn until(&self, now: Instant) -> Option<(Instant, Option<Timestamp>)> {
        self.0.filter(|(until, _)| now < *until)
    }

    /// What is left of it.
    pub(crate) fn left(&self, now: Instant) -> Option<(Duration, Option<Timestamp>)> {
        self.until(now).map(|(until, clock)| (until.saturating_duration_since(now), clock))
    }
}

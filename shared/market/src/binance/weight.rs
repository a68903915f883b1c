//! The account of the request weight, and of bans. Pure: the monotonic time is passed in.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::exchange::answer::Answer;
use crate::exchange::silence::Silence;

const MINUTE: Duration = Duration::from_secs(60);

/// What a call has to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing: its weight is reserved, and [`Account::settle`] must follow.
    Go,
    /// The minute turns then; ask again.
    MinuteTurns(Instant),
    /// The exchange wants silence until then.
    Silence(Instant, Option<Timestamp>),
}

/// What an answer says of the account.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Report {
    /// `X-MBX-USED-WEIGHT-1M`.
    pub(super) used: Option<u32>,
    /// The exchange's clock, `Date`.
    pub(super) date: Option<Timestamp>,
}

impl Report {
    pub(super) fn of(answer: &Answer) -> Self {
        Self { used: answer.number("x-mbx-used-weight-1m"), date: answer.date() }
    }
}

/// Weight used in the exchange's current minute, as far as is known.
#[derive(Debug)]
pub(super) struct Account {
    limit: u32,
    used: u32,
    in_flight: u32,
    /// The exchange's minute that `used` belongs to, if it told its time.
    minute: Option<i64>,
    /// No later than this the minute is over.
    turns_at: Option<Instant>,
    silence: Silence,
}

impl Account {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, used: 0, in_flight: 0, minute: None, turns_at: None, silence: Silence::default() }
    }

    /// Reserves `weight`, or says what to wait for. A call heavier than the limit goes alone.
    pub(super) fn reserve(&mut self, weight: u32, now: Instant) -> Turn {
        if let Some((until, clock)) = self.silence.until(now) {
            return Turn::Silence(until, clock);
        }
        if self.turns_at.is_some_and(|turns_at| turns_at <= now) {
            (self.used, self.turns_at) = (0, None);
        }
        let taken = self.used.saturating_add(self.in_flight);
        if taken > 0 && taken.saturating_add(weight) > self.limit {
            // calls in flight start a minute of their own until an answer tells more
            return Turn::MinuteTurns(*self.turns_at.get_or_insert(now + MINUTE));
        }
        self.in_flight = self.in_flight.saturating_add(weight);
        Turn::Go
    }

    /// Enters what the answer to a reserved call said; without an answer the weight counts as used.
    pub(super) fn settle(&mut self, weight: u32, report: Report, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(weight);
        let minute = report.date.map(|date| date.as_second().div_euclid(60));
        let is_next = minute.is_some() && minute > self.minute;
        let is_past = minute.is_some() && minute < self.minute;
        if is_next {
            (self.minute, self.used, self.turns_at) = (minute, 0, None);
        }
        if !is_past {
            let known = self.used.saturating_add(weight);
            self.used = report.used.map_or(known, |used| used.max(self.used));
        }
        // Date has whole seconds: the true time is up to one later, so this never ends too early
        let rest = report.date.map_or(60, |date| 60 - date.as_second().rem_euclid(60));
        let turns_at = now + Duration::from_secs(rest.unsigned_abs());
        if !is_past && (self.turns_at.is_none() || is_next) {
            self.turns_at = Some(turns_at);
        }
    }

    /// Enters an order to be silent, with its end by the exchange's clock.
    pub(super) fn silence(&mut self, wait: Duration, clock: Option<Timestamp>, now: Instant) {
        self.silence.enter(wait, clock, now);
    }

    /// What is left of the silence.
    pub(super) fn silence_left(&self, now: Instant) -> Option<(Duration, Option<Timestamp>)> {
        self.silence.left(now)
    }

    /// How long to be silent when the exchange did not say: until its minute turns.
    pub(super) fn rest_of_minute(&self, now: Instant) -> Duration {
        let rest = self.turns_at.map(|turns_at| turns_at.saturating_duration_since(now));
        rest.unwrap_or(MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(used: u32, date: &str) -> Report {
        Report { used: Some(used), date: Some(date.parse().unwrap()) }
    }

    #[test]
    fn a_call_that_would_exceed_the_limit_waits_until_the_minute_turns() {
        let now = Instant::now();
        let mut account = Account::new(100);
        assert_eq!(account.reserve(2, now), Turn::Go);
        // others behind the same address have used 97
        account.settle(2, report(99, "2026-04-30T04:00:48Z"), now);
        let turns_at = now + Duration::from_secs(12);
        assert_eq!(account.reserve(2, now), Turn::MinuteTurns(turns_at));
        assert_eq!(account.reserve(1, now), Turn::Go);
        assert_eq!(account.reserve(2, turns_at), Turn::Go);
    }

    #[test]
    fn calls_in_flight_count() {
        let now = Instant::now();
        let mut account = Account::new(5);
        assert_eq!(account.reserve(2, now), Turn::Go);
        assert_eq!(account.reserve(2, now), Turn::Go);
        assert_eq!(account.reserve(2, now), Turn::MinuteTurns(now + MINUTE));
        // the header already holds both
        account.settle(2, report(4, "2026-04-30T04:00:10Z"), now);
        account.settle(2, report(4, "2026-04-30T04:00:10Z"), now);
        assert_eq!(account.reserve(1, now), Turn::Go);
        assert!(matches!(account.reserve(1, now), Turn::MinuteTurns(_)));
    }

    #[test]
    fn the_exchanges_clock_turns_the_minute() {
        let now = Instant::now();
        let mut account = Account::new(10);
        account.reserve(2, now);
        account.settle(2, report(10, "2026-04-30T04:00:59Z"), now);
        account.reserve(1, now + Duration::from_secs(1));
        account.settle(1, report(1, "2026-04-30T04:01:00Z"), now + Duration::from_secs(1));
        assert_eq!(account.reserve(9, now + Duration::from_secs(1)), Turn::Go);
        // a late answer of the minute before changes nothing
        account.settle(9, report(10, "2026-04-30T04:00:59Z"), now + Duration::from_secs(1));
        assert_eq!(account.reserve(9, now + Duration::from_secs(1)), Turn::Go);
    }

    #[test]
    fn an_answer_without_headers_counts_its_weight() {
        let now = Instant::now();
        let mut account = Account::new(4);
        for _ in 0..2 {
            assert_eq!(account.reserve(2, now), Turn::Go);
            account.settle(2, Report::default(), now);
        }
        assert_eq!(account.reserve(2, now), Turn::MinuteTurns(now + MINUTE));
    }

    #[test]
    fn a_ban_is_kept_and_only_lengthened() {
        let now = Instant::now();
        let mut account = Account::new(10);
        let clock = Some("2026-04-30T04:02:00Z".parse().unwrap());
        account.silence(Duration::from_secs(120), clock, now);
        account.silence(Duration::from_secs(5), None, now);
        let until = now + Duration::from_secs(120);
        assert_eq!(account.silence_left(now), Some((Duration::from_secs(120), clock)));
        assert_eq!(account.silence_left(until), None);
        assert_eq!(account.reserve(1, now), Turn::Silence(until, clock));
        assert_eq!(account.reserve(1, until), Turn::Go);
    }

    #[test]
    fn a_call_heavier_than_the_limit_goes_alone() {
        assert_eq!(Account::new(10).reserve(20, Instant::now()), Turn::Go);
    }
}

//! How much each caller may ask for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::Api;
use super::problem::{Problem, TIMEOUT, TOO_MANY};

/// At most so many in any stretch of that length.
#[derive(Debug, Clone, Copy)]
struct Rate {
    most: usize,
    within: SignedDuration,
    what: &'static str,
}

const STARTS: [Rate; 2] = [
    Rate { most: 10, within: SignedDuration::from_mins(1), what: "starts a minute" },
    Rate { most: 200, within: SignedDuration::from_hours(24), what: "starts a day" },
];
const READS: [Rate; 1] =
    [Rate { most: 120, within: SignedDuration::from_mins(1), what: "requests a minute" }];

/// Runs that a caller may have in work.
pub(crate) const UNFINISHED: usize = 5;

/// Callers that are remembered; beyond that the one who was here longest ago is forgotten.
const CALLERS: usize = 1000;

/// What callers have asked for lately, in this process.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    starts: Mutex<BTreeMap<String, VecDeque<Timestamp>>>,
    reads: Mutex<BTreeMap<String, VecDeque<Timestamp>>>,
}

impl Pace {
    /// Counts a start, or says when the next one is let through.
    pub(crate) fn start(&self, caller: &str, now: Timestamp) -> Result<(), Problem> {
        count(&self.starts, &STARTS, caller, now)
    }

    /// Counts a request that starts nothing.
    pub(crate) fn read(&self, caller: &str, now: Timestamp) -> Result<(), Problem> {
        count(&self.reads, &READS, caller, now)
    }
}

/// A request is answered by then.
const PATIENCE: Duration = Duration::from_secs(30);

impl Api {
    /// Lets a caller in, within its rate, and waits no longer than it does.
    pub(crate) async fn let_in(
        &self,
        caller: &str,
        request: Request,
        next: Next,
    ) -> Result<Response, Problem> {
        self.pace.read(caller, self.services.clock.now())?;
        let answered = tokio::time::timeout(PATIENCE, next.run(request)).await;
        answered.map_err(|_| Problem::new(TIMEOUT, "30 s have passed"))
    }
}

fn count(
    all: &Mutex<BTreeMap<String, VecDeque<Timestamp>>>,
    rates: &[Rate],
    caller: &str,
    now: Timestamp,
) -> Result<(), Problem> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= CALLERS && !all.contains_key(caller) {
        let last = |times: &VecDeque<Timestamp>| times.back().copied();
        let oldest = all.iter().min_by_key(|(_, times)| last(times)).map(|(name, _)| name.clone());
        oldest.map(|name| all.remove(&name));
    }
    let times = all.entry(caller.to_owned()).or_default();
    let longest = rates.iter().map(|rate| rate.within).max().unwrap_or_default();
    while times.front().is_some_and(|time| *time + longest <= now) {
        times.pop_front();
    }
    for rate in rates {
        // the one that must have left the stretch before another is let in
        let Some(first) = times.len().checked_sub(rate.most).and_then(|at| times.get(at)) else { continue };
        let left = (*first + rate.within).duration_since(now);
        if left.is_positive() {
            let seconds = u64::try_from(left.as_millis()).unwrap_or_default().div_ceil(1000);
            let detail = format!("{} {} are let through; wait {seconds} s", rate.most, rate.what);
            return Err(Problem::new(TOO_MANY, detail).after(seconds));
        }
    }
    times.push_back(now);
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn wait(answer: Result<(), Problem>) -> Option<String> {
        let response = answer.err()?.into_response();
        assert_eq!(response.status(), 429);
        Some(response.headers()["retry-after"].to_str().unwrap().to_owned())
    }

    #[test]
    fn ten_starts_a_minute_and_two_hundred_a_day() {
        let pace = Pace::default();
        for second in 0..10 {
            assert_eq!(pace.start("a", at(second)), Ok(()), "{second}");
        }
        assert_eq!(wait(pace.start("a", at(10))).as_deref(), Some("50"));
        assert_eq!(pace.start("b", at(10)), Ok(()), "another caller's own");
        assert_eq!(pace.start("a", at(60)), Ok(()));
        assert_eq!(wait(pace.start("a", at(60))).as_deref(), Some("1"));
        for minute in 2..20 {
            assert!((0..10).all(|_| pace.start("a", at(minute * 60)).is_ok()), "{minute}");
        }
        // 11 and 180 and 9 are 200; the first of them leaves the day at 86,400 s
        assert!((0..9).all(|_| pace.start("a", at(3000)).is_ok()));
        assert_eq!(wait(pace.start("a", at(3600))).as_deref(), Some("82800"));
    }

    #[test]
    fn a_hundred_and_twenty_reads_a_minute() {
        let pace = Pace::default();
        assert!((0..120).all(|_| pace.read("a", at(0)).is_ok()));
        assert_eq!(wait(pace.read("a", at(59))).as_deref(), Some("1"));
        assert_eq!(pace.read("a", at(60)), Ok(()));
    }

    #[test]
    fn callers_without_number_are_not_all_remembered() {
        let pace = Pace::default();
        for caller in 0..3000 {
            assert_eq!(pace.read(&caller.to_string(), at(caller)), Ok(()));
        }
        assert_eq!(pace.reads.lock().unwrap().len(), CALLERS);
    }
}

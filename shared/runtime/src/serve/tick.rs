//! What a call of the schedule becomes.

use async_trait::async_trait;
use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};

use crate::Redeliver;

/// How far ahead of this machine's clock the schedule's may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// A call of the schedule, or of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The same for each retry of a scheduled call, and for no other call.
    pub key: String,
    /// The time it was scheduled for, or when it came.
    pub at: Timestamp,
}

/// What stands behind a path of the schedule.
#[async_trait]
pub trait OnTick: Send + Sync {
    /// Does what is due.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached: the schedule calls again.
    async fn tick(&self, tick: &Tick) -> Result<(), Redeliver>;
}

impl Tick {
    /// Cloud Scheduler names its job and the time of the schedule, which stays the same when it calls again. A run
    /// forced by hand may carry no time or that of the next run, which must not be taken for having been done.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let job = header("x-cloudscheduler-jobname").filter(|name| is_plain(name));
        let time = header("x-cloudscheduler-scheduletime").and_then(|text| text.parse::<Timestamp>().ok());
        match (job, time) {
            (Some(job), Some(at)) if at <= now + AHEAD => Self { key: format!("{job} {at}"), at },
            _ => Self { key: format!("by hand {now}"), at: now },
        }
    }
}

fn is_plain(name: &str) -> bool {
    name.len() <= 500 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(job: Option<&str>, time: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        let pairs = [("x-cloudscheduler-jobname", job), ("x-cloudscheduler-scheduletime", time)];
        for (name, value) in pairs.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            headers.insert(name, value.parse().unwrap());
        }
        Tick::of(&headers, "2026-05-04T00:30:02.5Z".parse().unwrap()).key
    }

    #[test]
    fn a_retry_has_the_key_of_its_call_and_a_manual_call_its_own() {
        let scheduled = "weekly 2026-05-04T00:30:00Z";
        assert_eq!(key(Some("weekly"), Some("2026-05-04T00:30:00Z")), scheduled);
        // the service's zone may be written another way
        assert_eq!(key(Some("weekly"), Some("2026-05-03T17:30:00-07:00")), scheduled);
        let by_hand = "by hand 2026-05-04T00:30:02.5Z";
        assert_eq!(key(None, None), by_hand);
        assert_eq!(key(Some("weekly"), None), by_hand);
        assert_eq!(key(Some("weekly"), Some("2026-05-11T00:30:00Z")), by_hand, "forced: the next run's time");
        assert_eq!(key(Some("a job/../of another form"), Some("soon")), by_hand);
    }
}

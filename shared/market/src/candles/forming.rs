use std::collections::BTreeMap;

use domain::{Candle, CandleRevision, Timeframe};
use jiff::{SignedDuration, Timestamp};

use super::aggregate;

/// The bar in progress, from the 1h bars since its open.
#[derive(Debug, Clone, PartialEq)]
pub struct FormingBar {
    /// The bar so far; its close time is the end of its interval.
    pub candle: Candle,
    /// Part of its interval that had passed at `as_of`, percent.
    pub elapsed_pct: f64,
    /// Seconds from the end of the newest 1h data in it to `as_of`.
    pub data_age_s: i64,
}

/// One version of each bar as it was known at `as_of`, oldest first: the newest revision of a closed bar, else
/// the newest snapshot taken by then. Bars that had not closed by `as_of` enter as such snapshots only.
pub fn newest(revisions: &[CandleRevision], as_of: Timestamp) -> Vec<&CandleRevision> {
    let mut by_open: BTreeMap<Timestamp, &CandleRevision> = BTreeMap::new();
    for revision in revisions.iter().filter(|r| was_known(r, as_of)) {
        let rank = |r: &CandleRevision| (r.is_closed(), r.revision, r.observed_at);
        let kept = by_open.entry(revision.candle.open_time).or_insert(revision);
        if rank(revision) > rank(kept) {
            *kept = revision;
        }
    }
    by_open.into_values().collect()
}

// A replay reads closed bars fetched after its `as_of`: what counts is that they had closed by then.
fn was_known(revision: &CandleRevision, as_of: Timestamp) -> bool {
    match revision.is_closed() {
        true => revision.candle.closed_at(as_of),
        false => revision.observed_at <= as_of,
    }
}

/// Last instant that a 1h revision tells of: its close, or the moment a snapshot was taken.
fn told_until(revision: &CandleRevision) -> Timestamp {
    if revision.is_closed() { revision.candle.close_time } else { revision.observed_at }
}

/// Seconds from the end of the newest 1h data to `as_of`; `None` without any.
pub(crate) fn data_age_s(hours: &[&CandleRevision], as_of: Timestamp) -> Option<i64> {
    let last = hours.last()?;
    Some(as_of.duration_since(told_until(last)).as_secs())
}

/// The bar of `timeframe` that holds `as_of`, from 1h bars as [`newest`] leaves them. `None` while none of them
/// opened within it. They must reach back to its open.
pub fn forming(hours: &[&CandleRevision], timeframe: Timeframe, as_of: Timestamp) -> Option<FormingBar> {
    let open = timeframe.open_of(as_of);
    let within: Vec<&CandleRevision> =
        hours.iter().copied().filter(|hour| hour.candle.open_time >= open).collect();
    let parts: Vec<Candle> = within.iter().map(|hour| hour.candle.clone()).collect();
    let mut candle = aggregate(&parts, timeframe).into_iter().next()?;
    candle.close_time = timeframe.close_of(open);
    let whole = timeframe.next_open(open).duration_since(open);
    let elapsed_pct = 100.0 * as_of.duration_since(open).as_secs_f64() / whole.as_secs_f64();
    Some(FormingBar { candle, elapsed_pct, data_age_s: data_age_s(&within, as_of)? })
}

/// Closed bars of `timeframe` after the one that opens at `last_open` (all of them if there is none) that the
/// 1h bars already hold whole, oldest first.
///
/// A bar is whole if the 1h bars reach from its open to its end; 1h bars missing between are an outage, as in
/// the exchange's own bar. Where they begin late the bar cannot be told from a part and is left out, except for
/// the very first of a series, which the listing cut.
pub fn uncollected(
    hours: &[&CandleRevision],
    timeframe: Timeframe,
    last_open: Option<Timestamp>,
    as_of: Timestamp,
) -> Vec<Candle> {
    let closed: Vec<&CandleRevision> = hours.iter().copied().filter(|hour| hour.is_closed()).collect();
    let (Some(first), Some(last)) = (closed.first(), closed.last()) else {
        return Vec::new();
    };
    let from = last_open.map(|open| timeframe.next_open(open));
    let reaches_from = first.candle.open_time;
    // the hour that holds the last instant told of is over: what follows was not told
    let reaches_to = Timeframe::Hour.next_open(last.candle.open_time);
    let current = timeframe.open_of(as_of);
    let parts: Vec<Candle> = closed
        .iter()
        .map(|hour| &hour.candle)
        .filter(|hour| from.is_none_or(|from| hour.open_time >= from))
        .cloned()
        .collect();
    let whole = |bar: &Candle| {
        let begins = last_open.is_none() || reaches_from <= bar.open_time;
        begins && bar.open_time < current && timeframe.next_open(bar.open_time) <= reaches_to
    };
    aggregate(&parts, timeframe).into_iter().filter(whole).collect()
}

/// Whether data this old says little of the present.
pub(crate) fn is_stale(age_s: i64) -> bool {
    age_s > SignedDuration::from_hours(2).as_secs()
}

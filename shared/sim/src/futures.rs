//! What the simulated exchanges tell of perpetual contracts: rows on a grid of times, none later than the clock, the same
//! for the same seed, symbol and time, whatever span they are asked for in.

use crate::binance::query::Parameters;
use crate::market::bar::ONE;
use crate::market::listing::Listing;
use crate::market::random::Random;
use crate::world::Shared;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// History that the first exchange keeps of what it counts itself.
pub(crate) const KEPT_MS: i64 = 30 * DAY;

/// Times of rows that are asked for, by the names that both exchanges use.
pub(crate) struct Span {
    start: Option<i64>,
    end: Option<i64>,
    limit: i64,
}

impl Span {
    /// Of a request whose `limit` is `usual` unless told and at most `most`; `None` if a number of it is none.
    pub(crate) fn of(sent: &Parameters, usual: i64, most: i64) -> Option<Self> {
        let number = |name: &'static str| sent.number(name).ok();
        let (start, end) = (number("startTime")?, number("endTime")?);
        Some(Self { start, end, limit: number("limit")?.unwrap_or(usual).clamp(1, most) })
    }

    /// The newest times on the grid of `step_ms`, oldest first, none before `first` or after the clock.
    pub(crate) fn times(&self, step_ms: i64, first: i64, now: i64) -> Vec<i64> {
        let end = self.end.map_or(now, |end| end.min(now)).div_euclid(step_ms);
        let start = self.start.map_or(first, |start| start.max(first));
        let oldest = -(-start).div_euclid(step_ms);
        (oldest.max(end - self.limit + 1)..=end).map(|step| step * step_ms).collect()
    }
}

/// The length of a period by the first exchange's name for it.
pub(crate) fn period(name: &str) -> Option<i64> {
    Some(match name {
        "5m" | "5min" => HOUR / 12,
        "15m" | "15min" => HOUR / 4,
        "30m" | "30min" => HOUR / 2,
        "1h" => HOUR,
        "2h" => 2 * HOUR,
        "4h" => 4 * HOUR,
        "6h" => 6 * HOUR,
        "12h" => 12 * HOUR,
        "1d" => DAY,
        _ => return None,
    })
}

/// Open interest in the base currency, hundred-millionths: two to four days of turnover, to the exchange's three
/// decimals.
pub(crate) fn open_interest(shared: &Shared, listing: &Listing, at: i64) -> i128 {
    let days = 2_000 + drift(shared, listing, "open interest", at);
    let turnover = i128::from(listing.turnover) * 24 * ONE * ONE / i128::from(listing.price.max(1));
    let amount = turnover * i128::from(days) / 1_000;
    amount / (ONE / 1_000) * (ONE / 1_000)
}

/// Accounts that are long, ten-thousandths of all: 3,500 to 6,500.
pub(crate) fn long_share(shared: &Shared, listing: &Listing, at: i64) -> i64 {
    3_500 + drift(shared, listing, "long share", at) * 3 / 2
}

/// 0 to 2000, near to what it was an hour before: between two days' draws it moves in a straight line, and an hour's own
/// draw shakes it.
fn drift(shared: &Shared, listing: &Listing, what: &str, at: i64) -> i64 {
    let draw = |time: i64, below: u32| {
        Random::new(shared.seed, &format!("{} {what} {time}", listing.symbol)).below(below)
    };
    let day = at.div_euclid(DAY);
    let (from, to) = (draw(day, 1_900), draw(day + 1, 1_900));
    from + (to - from) * at.rem_euclid(DAY) / DAY + draw(at.div_euclid(HOUR) * HOUR + 1, 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::seeded;

    #[test]
    fn a_row_is_the_same_in_every_span_and_none_is_later_than_the_clock() {
        let shared = seeded("2026-04-30T04:30:00Z");
        let now = shared.clock.now_ms();
        let all = Span { start: None, end: None, limit: 500 }.times(HOUR, now - KEPT_MS, now);
        assert_eq!(all.last(), Some(&(now - HOUR / 2)));
        assert_eq!(all.len(), 500);
        let few = Span { start: Some(now - 3 * HOUR), end: Some(now - HOUR), limit: 9 };
        assert_eq!(few.times(HOUR, 0, now), [now - 5 * HOUR / 2, now - 3 * HOUR / 2]);
        let later = Span { start: Some(now), end: Some(now + DAY), limit: 9 };
        assert!(later.times(HOUR, 0, now).is_empty());
        let listing = shared.market.listing("BTCUSDT").unwrap();
        for at in all {
            let share = long_share(&shared, listing, at);
            assert!((3_500..=6_500).contains(&share), "{share}");
            assert!(open_interest(&shared, listing, at) > 0);
        }
        let apart = |seed| {
            let mut other = crate::WorldConfig::seeded(seed, crate::SimClock::fixed(shared.clock.now()));
            other.seed = seed;
            let other = crate::world::Shared::new(other).unwrap();
            long_share(&other, listing, now)
        };
        assert_eq!(apart(7), long_share(&shared, listing, now));
        assert_ne!(apart(8), apart(7));
    }
}

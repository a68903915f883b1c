use domain::{Candle, Timeframe};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::Unfit;

/// How old the newest hour may be, from its end.
const FRESH: SignedDuration = SignedDuration::from_hours(2);

/// A longer time without a trade is a break: what is read across it is two markets.
const BREAK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Closed days that are looked through: as many as a report of the day is given.
const DAYS: usize = 120;

/// Powers of ten by which a unit may have changed.
const POWERS: u32 = 9;

/// How near a jump of the close has to come to a power of ten: 2 %.
const NEAR: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

/// By how many times the volume has to move the other way. A unit ten times smaller has volume ten times smaller too,
/// and days differ among themselves.
const INVERSELY: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// What is known of a symbol on its exchange.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Whether the exchange says that it is traded.
    pub is_trading: bool,
    /// When its newest hour ended; none without one.
    pub newest_hour_end: Option<Timestamp>,
    /// Its closed days, the oldest first.
    pub days: &'a [Candle],
}

/// What keeps the symbol from being judged as of an instant.
pub fn unfit(standing: &Standing<'_>, as_of: Timestamp) -> Option<Unfit> {
    if !standing.is_trading {
        return Some(Unfit::Halted);
    }
    if standing.newest_hour_end.is_none_or(|end| as_of.duration_since(end) > FRESH) {
        return Some(Unfit::Stale);
    }
    let from = standing.days.len().saturating_sub(DAYS);
    // an exchange may go on telling days of a market that stands still
    let traded = standing.days.iter().skip(from).filter(|day| day.is_traded());
    let pairs = traded.clone().zip(traded.skip(1));
    let found = pairs.filter_map(|(before, after)| between(before, after));
    found.max()
}

/// What happened between two days that were traded one after the other.
fn between(before: &Candle, after: &Candle) -> Option<Unfit> {
    let ended = Timeframe::Day.next_open(before.open_time);
    if has_other_unit(before, after) {
        return Some(Unfit::UnitChanged);
    }
    (after.open_time.duration_since(ended) > BREAK).then_some(Unfit::Returned)
}

/// Whether the close jumped to a power of ten of what it was, while the volume went the other way.
fn has_other_unit(before: &Candle, after: &Candle) -> bool {
    let is_times = |from: &Candle, to: &Candle, power: Decimal| {
        let Some(expected) = from.close.checked_mul(power) else { return false };
        let Some(margin) = expected.checked_mul(NEAR) else { return false };
        let is_near = (to.close - expected).abs() <= margin;
        is_near && to.volume.checked_mul(INVERSELY).is_some_and(|volume| volume <= from.volume)
    };
    let powers = (1..=POWERS).map(|power| Decimal::from(10_u64.pow(power)));
    powers.into_iter().any(|power| is_times(before, after, power) || is_times(after, before, power))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AS_OF: &str = "2026-04-30T04:00:00Z";

    fn as_of() -> Timestamp {
        AS_OF.parse().unwrap()
    }

    /// The closed day so many days before the last one, at a close and a volume.
    fn day(ago: i64, close: &str, volume: &str) -> Candle {
        let open_time = Timeframe::Day.previous_open(Timeframe::Day.open_of(as_of()));
        let open_time = open_time - SignedDuration::from_hours(24 * ago);
        let close: Decimal = close.parse().unwrap();
        let volume: Decimal = volume.parse().unwrap();
        Candle {
            open_time,
            close_time: Timeframe::Day.close_of(open_time),
            open: close,
            high: close,
            low: close,
            close,
            quote_volume: close * volume,
            trades: Some(u64::from(!volume.is_zero())),
            volume,
            taker_base: None,
            taker_quote: None,
        }
    }

    fn judged(days: &[Candle]) -> Option<Unfit> {
        let standing = Standing { is_trading: true, newest_hour_end: Some(as_of()), days };
        unfit(&standing, as_of())
    }

    #[test]
    fn a_market_that_is_traded_and_fresh_can_be_judged() {
        let days = [day(1, "100", "5000"), day(0, "110", "4000")];
        assert_eq!(judged(&days), None);
        assert_eq!(judged(&[]), None);
        let with = |is_trading, ago: i64| {
            let newest = as_of() - SignedDuration::from_mins(ago);
            unfit(&Standing { is_trading, newest_hour_end: Some(newest), days: &days }, as_of())
        };
        assert_eq!(with(true, 120), None);
        assert_eq!(with(true, 121), Some(Unfit::Stale));
        assert_eq!(with(false, 0), Some(Unfit::Halted));
        let never = Standing { is_trading: true, newest_hour_end: None, days: &days };
        assert_eq!(unfit(&never, as_of()), Some(Unfit::Stale));
    }

    /// Seven whole days between two are no break, eight are; days without a trade are days that are missing.
    #[test]
    fn a_symbol_that_came_back_after_more_than_a_week_is_not_judged() {
        assert_eq!(judged(&[day(8, "100", "5000"), day(0, "100", "5000")]), None);
        assert_eq!(judged(&[day(9, "100", "5000"), day(0, "100", "5000")]), Some(Unfit::Returned));
        let mut still: Vec<_> = (1..=8).rev().map(|ago| day(ago, "100", "0")).collect();
        still.insert(0, day(9, "100", "5000"));
        still.push(day(0, "100", "5000"));
        assert_eq!(judged(&still), Some(Unfit::Returned));
    }

    /// A break is forgotten once 120 closed days follow the one before it.
    #[test]
    fn a_break_counts_for_as_long_as_it_is_shown() {
        let after = |days: i64| {
            let mut all = vec![day(days + 20, "100", "5000")];
            all.extend((0..days).rev().map(|ago| day(ago, "100", "5000")));
            judged(&all)
        };
        assert_eq!(after(119), Some(Unfit::Returned));
        assert_eq!(after(120), None);
    }

    /// Close times a power of ten within 2 %, and a volume that went the other way: anything else is a market's move.
    #[test]
    fn a_changed_price_unit_is_found_either_way() {
        let changed = |close: &str, volume: &str| judged(&[day(1, "0.5", "600000"), day(0, close, volume)]);
        assert_eq!(changed("500", "600"), Some(Unfit::UnitChanged), "times 1000");
        assert_eq!(changed("0.0005", "600000000"), Some(Unfit::UnitChanged), "by 1000");
        assert_eq!(changed("5.09", "70000"), Some(Unfit::UnitChanged));
        assert_eq!(changed("5.11", "70000"), None, "2.2 % off");
        assert_eq!(changed("5", "600000"), None, "the volume stayed");
        assert_eq!(changed("0.55", "60000"), None);
    }

    /// Whatever the candles hold, they are judged: no price overflows.
    #[test]
    fn extreme_prices_are_judged() {
        for close in ["0", "0.0000000000000000000000000001", "79228162514264337593543950335"] {
            let extreme = Candle { close: close.parse().unwrap(), ..day(1, "1", "1") };
            assert!(judged(&[extreme.clone(), day(0, "1", "1")]).is_none());
            assert!(
                judged(&[day(1, "1", "1"), Candle { open_time: day(0, "1", "1").open_time, ..extreme }])
                    .is_none()
            );
        }
    }
}

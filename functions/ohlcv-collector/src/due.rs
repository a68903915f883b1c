use domain::{Sha256Hex, Symbol, Timeframe};
use jiff::{SignedDuration, Timestamp};

/// Whether a series is to be refreshed: a third of its bar after the last time. Symbols are spread over that
/// third by their name, so that a thousand of them do not ask at one instant.
pub fn is_due(symbol: &Symbol, timeframe: Timeframe, last: Option<Timestamp>, now: Timestamp) -> bool {
    let Some(last) = last else { return true };
    // a time ahead by more than a third comes from a clock that was set back
    last > now + timeframe.third() || slot(symbol, timeframe, now) > slot(symbol, timeframe, last)
}

/// The number of the third that `at` falls into, on the symbol's own clock.
fn slot(symbol: &Symbol, timeframe: Timeframe, at: Timestamp) -> i64 {
    let third = timeframe.third().as_secs();
    let digest = Sha256Hex::of(symbol.as_str().as_bytes());
    let spread = i64::from(u32::from_str_radix(digest.short(), 16).unwrap_or_default());
    // at most a tenth of the third, and never so late that a bar's close is missed by minutes
    let offset = SignedDuration::from_secs(spread % (third / 10).clamp(1, 120));
    (at - offset).as_second().div_euclid(third)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_series_rests_for_a_third_of_its_bar() {
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        assert!(is_due(&symbol, Timeframe::Hour, None, at("2026-04-30T04:00:00Z")));
        let last = Some(at("2026-04-30T04:05:00Z"));
        assert!(!is_due(&symbol, Timeframe::Hour, last, at("2026-04-30T04:15:00Z")));
        // the third ends at 04:20, and a symbol's own offset is at most two minutes
        assert!(is_due(&symbol, Timeframe::Hour, last, at("2026-04-30T04:22:00Z")));
        assert!(!is_due(&symbol, Timeframe::Day, last, at("2026-04-30T07:59:00Z")));
        assert!(is_due(&symbol, Timeframe::Day, last, at("2026-04-30T08:02:00Z")));
    }

    #[test]
    fn a_clock_set_back_does_not_stop_the_collector() {
        let symbol: Symbol = "BTCUSDT".parse().unwrap();
        let last = Some(at("2026-05-01T04:05:00Z"));
        assert!(is_due(&symbol, Timeframe::Hour, last, at("2026-04-30T04:05:00Z")));
        assert!(!is_due(&symbol, Timeframe::Hour, last, at("2026-05-01T04:00:00Z")));
    }

    #[test]
    fn ninety_three_refreshes_a_day() {
        // 72 of 1h, 18 of 4h, 3 of 1d: a minute's tick over one day
        let symbol: Symbol = "ETHUSDT".parse().unwrap();
        let mut count = 0;
        for timeframe in [Timeframe::Hour, Timeframe::Hour4, Timeframe::Day] {
            let mut last = at("2026-04-29T23:59:00Z");
            for minute in 0..1440 {
                let now = at("2026-04-30T00:00:00Z") + SignedDuration::from_mins(minute);
                if is_due(&symbol, timeframe, Some(last), now) {
                    last = now;
                    count += 1;
                }
            }
        }
        assert_eq!(count, 93);
    }
}

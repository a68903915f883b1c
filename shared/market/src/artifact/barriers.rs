use domain::number;
use domain::ohlcv::{Barriers, BaseRate};
use rust_decimal::Decimal;

use crate::indicators::Columns;

use super::format;
use super::history::History;

/// Distance of a barrier from the origin.
const DISTANCE_ATR: f64 = 1.5;
/// Bars passed over before the first origin, while ATR14 settles.
const SETTLING: usize = 30;

/// How often each barrier was first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counts {
    up: u32,
    down: u32,
    neither: u32,
}

/// The triple barrier (M. Lopez de Prado, Advances in Financial Machine Learning, 2018, section 3.4) around the
/// last price, and how often each side came first in the series' own past. `None` without ATR14.
pub(super) fn barriers(history: &History, last_price: Decimal, step: Decimal, bars: u32) -> Option<Barriers> {
    let distance = DISTANCE_ATR * history.last_atr()?;
    let origin = number::to_f64(last_price);
    let counts = count(&history.columns, &history.atr14, bars);
    let base_n = counts.up + counts.down + counts.neither;
    let share = |count: u32| format::percent(100.0 * f64::from(count) / f64::from(base_n));
    Some(Barriers {
        origin: format::price(last_price),
        up: format::stepped(origin + distance, step),
        down: format::stepped(origin - distance, step),
        bars,
        base_rate_pct: (base_n > 0).then(|| BaseRate {
            up: share(counts.up),
            down: share(counts.down),
            neither: share(counts.neither),
        }),
        base_n,
    })
}

/// First touches from the close of each bar after the 30th that has a whole window after it. A bar that touches
/// both counts as down.
fn count(columns: &Columns, atr14: &[Option<f64>], window: u32) -> Counts {
    let window = window as usize;
    let mut counts = Counts::default();
    for origin in SETTLING..columns.len().saturating_sub(window) {
        let Some(atr) = atr14.get(origin).copied().flatten() else {
            continue;
        };
        let up = columns.close[origin] + DISTANCE_ATR * atr;
        let down = columns.close[origin] - DISTANCE_ATR * atr;
        let ahead = origin + 1..=origin + window;
        let touched = ahead.into_iter().find_map(|bar| {
            let fell = columns.low[bar] <= down;
            (fell || columns.high[bar] >= up).then_some(fell)
        });
        match touched {
            Some(true) => counts.down += 1,
            Some(false) => counts.up += 1,
            None => counts.neither += 1,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    // 31 quiet bars at 100 and then four of interest; ATR 2 throughout, so the barriers lie 3 away
    fn series(ahead: &[(f64, f64, f64)]) -> (Columns, Vec<Option<f64>>) {
        let mut columns = Columns::default();
        for (high, low, close) in std::iter::repeat_n((100.5, 99.5, 100.0), 31).chain(ahead.iter().copied()) {
            columns.high.push(high);
            columns.low.push(low);
            columns.close.push(close);
        }
        let atr = vec![Some(2.0); columns.len()];
        (columns, atr)
    }

    #[test]
    fn the_first_touch_decides_and_both_in_one_bar_are_down() {
        let windows = [
            (vec![(102.9, 99.0, 100.0), (103.0, 99.0, 100.0)], Counts { up: 1, ..Counts::default() }),
            (vec![(101.0, 97.0, 100.0), (103.0, 99.0, 100.0)], Counts { down: 1, ..Counts::default() }),
            (vec![(103.0, 97.0, 100.0), (100.0, 99.0, 100.0)], Counts { down: 1, ..Counts::default() }),
            (vec![(102.9, 97.1, 100.0), (102.9, 97.1, 100.0)], Counts { neither: 1, ..Counts::default() }),
        ];
        for (ahead, expected) in windows {
            let (columns, atr) = series(&ahead);
            assert_eq!(count(&columns, &atr, 2), expected, "{ahead:?}");
        }
    }

    #[test]
    fn only_whole_windows_after_the_thirtieth_bar_count() {
        // 34 bars and windows of 2: origins 30 and 31 (counted from 0), the 31st and 32nd bar
        let (columns, atr) = series(&[(100.5, 99.5, 100.0); 3]);
        assert_eq!(count(&columns, &atr, 2), Counts { neither: 2, ..Counts::default() });
        let (columns, atr) = series(&[]);
        assert_eq!(count(&columns, &atr, 2), Counts::default());
    }
}

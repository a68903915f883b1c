//! Hours into longer bars. A bar in which nobody traded lends neither open nor extremes.

use super::bar::Bar;
use super::interval::Interval;

/// The bar of `interval` made of `hours`, all of which it holds; `None` without any.
pub(crate) fn merge(interval: Interval, hours: &[Bar]) -> Option<Bar> {
    let first = hours.first()?;
    let open_ms = interval.open_of(first.open_ms);
    let traded = || hours.iter().filter(|bar| bar.trades > 0);
    let opening = traded().next().unwrap_or(first);
    let mut merged = Bar {
        open_ms,
        close_ms: interval.next_open(open_ms) - 1,
        open: opening.open,
        high: opening.high,
        low: opening.low,
        close: traded().next_back().unwrap_or(first).close,
        ..EMPTY
    };
    for bar in traded() {
        merged.high = merged.high.max(bar.high);
        merged.low = merged.low.min(bar.low);
        merged.volume += bar.volume;
        merged.quote += bar.quote;
        merged.trades += bar.trades;
        merged.taker_base += bar.taker_base;
        merged.taker_quote += bar.taker_quote;
    }
    Some(merged)
}

const EMPTY: Bar = Bar {
    open_ms: 0,
    close_ms: 0,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
    quote: 0,
    trades: 0,
    taker_base: 0,
    taker_quote: 0,
};

/// Adds to `longer` the bars of `interval` that ended by `until` and begin after its last one.
pub(crate) fn extend(longer: &mut Vec<Bar>, interval: Interval, hours: &[Bar], until: i64) {
    let from = longer.last().map_or(i64::MIN, |bar| bar.close_ms);
    let mut rest = hours.get(hours.partition_point(|bar| bar.open_ms <= from)..).unwrap_or_default();
    while let Some(first) = rest.first() {
        let end = interval.next_open(first.open_ms);
        if end > until {
            return;
        }
        let (group, after) = rest.split_at(rest.partition_point(|bar| bar.open_ms < end));
        longer.extend(merge(interval, group));
        rest = after;
    }
}

/// The bar of `interval` in progress at `now`, of the hours that had closed by then.
pub(crate) fn forming(interval: Interval, hours: &[Bar], now: i64) -> Option<Bar> {
    let open = interval.open_of(now);
    let from = hours.partition_point(|bar| bar.open_ms < open);
    let to = hours.partition_point(|bar| bar.close_ms < now);
    hours.get(from..to).and_then(|group| merge(interval, group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(n: i64, open: i64, high: i64, low: i64, close: i64, trades: u64) -> Bar {
        let open_ms = n * 3_600_000;
        Bar { open_ms, close_ms: open_ms + 3_599_999, open, high, low, close, volume: 7, trades, ..EMPTY }
    }

    #[test]
    fn an_hour_without_trades_does_not_supply_the_open() {
        // the shape of BTCUSDT 2023-03-24 12:00: a flat hour at 28080, then the first trade at 28079.99
        let hours = [hour(0, 50, 50, 50, 50, 0), hour(1, 49, 60, 48, 55, 3), hour(2, 55, 58, 40, 41, 2)];
        let bar = merge(Interval::Hour4, &hours).unwrap();
        assert_eq!((bar.open, bar.high, bar.low, bar.close, bar.trades), (49, 60, 40, 41, 5));
        assert_eq!((bar.open_ms, bar.close_ms, bar.volume), (0, 14_399_999, 14));
    }

    #[test]
    fn hours_that_nobody_traded_make_a_flat_bar() {
        let bar = merge(Interval::Hour4, &[hour(0, 50, 50, 50, 50, 0)]).unwrap();
        assert_eq!((bar.open, bar.high, bar.low, bar.close, bar.trades), (50, 50, 50, 50, 0));
    }

    #[test]
    fn a_bar_joins_its_series_when_it_has_ended() {
        let hours: Vec<Bar> = (0..9).map(|n| hour(n, 1, 2, 1, 2, 1)).collect();
        let mut bars = Vec::new();
        extend(&mut bars, Interval::Hour4, &hours[..7], 7 * 3_600_000);
        assert_eq!(bars.len(), 1);
        extend(&mut bars, Interval::Hour4, &hours, 9 * 3_600_000);
        assert_eq!(bars.iter().map(|b| b.open_ms / 3_600_000).collect::<Vec<_>>(), [0, 4]);
        assert_eq!(forming(Interval::Hour4, &hours, 8 * 3_600_000 + 1_800_000), None);
    }
}

use std::collections::BTreeMap;

use domain::ohlcv::{Extreme, Extremes, Stats};
use domain::{CandleRevision, Timeframe, number};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::format;
use super::history::History;
use super::regime;
use super::swings::Zigzag;

/// Bars among which volatility is ranked, and the fewest that make a rank.
const RANKED: usize = 156;
const FEWEST_RANKED: usize = 52;

pub(super) fn stats(
    history: &History,
    zigzag: &Zigzag,
    returns: &[u32],
    last_price: Decimal,
    as_of: Timestamp,
) -> Stats {
    let (structure, points) = regime::structure(history, zigzag);
    let (regime, regime_points) = regime::regime(history, points);
    let close = history.columns.close.last().copied();
    let close = close.filter(|close| *close > 0.0);
    let atr14_pct = history.last_atr().zip(close).map(|(atr, close)| format::percent(100.0 * atr / close));
    Stats {
        last_price: format::price(last_price),
        close: history.last_bar().map(|bar| format::price(bar.close)),
        ret_pct: ret_pct(&history.columns.close, returns),
        atr14_pct,
        vol_pctile: vol_pctile(&history.atr14, &history.columns.close),
        structure: structure.to_owned(),
        regime: regime.to_owned(),
        regime_points,
        extremes: extremes(&history.days, last_price, as_of),
    }
}

/// Change of the last close over each number of bars, percent; numbers the history is too short for are left out.
fn ret_pct(close: &[f64], returns: &[u32]) -> BTreeMap<u32, f64> {
    let change = |bars: u32| {
        let last = close.len().checked_sub(1)?;
        let before = close.get(last.checked_sub(bars as usize)?).filter(|close| **close > 0.0)?;
        Some((bars, format::percent(100.0 * (close.get(last)? / before - 1.0))))
    };
    returns.iter().filter_map(|bars| change(*bars)).collect()
}

/// Share of the other bars, of the last 156 that have an ATR14, whose ATR14/close is below the last one's: 0 for
/// the quietest, 100 for the wildest. `None` under 52.
fn vol_pctile(atr14: &[Option<f64>], close: &[f64]) -> Option<f64> {
    let relative = atr14.iter().zip(close).rev().take(RANKED);
    let relative: Vec<f64> = relative.filter_map(|(atr, close)| atr.map(|atr| atr / close)).collect();
    if relative.len() < FEWEST_RANKED {
        return None;
    }
    let (last, others) = relative.split_first()?;
    let below = others.iter().filter(|other| *other < last).count();
    Some(format::percent(100.0 * below as f64 / others.len() as f64))
}

/// Highest and lowest prices of closed 1d bars; of equal ones the first.
fn extremes(days: &[CandleRevision], last_price: Decimal, as_of: Timestamp) -> Option<Extremes> {
    let last_price = Some(number::to_f64(last_price)).filter(|price| *price > 0.0)?;
    let year_from = Timeframe::Day.open_of(as_of) - SignedDuration::from_hours(52 * 7 * 24);
    let all = || days.iter();
    let year = || all().filter(|day| day.candle.open_time >= year_from);
    let extreme = |day: &CandleRevision, price: Decimal| Extreme {
        p: format::price(price),
        t: Timeframe::Day.label(day.candle.open_time),
        dist_pct: format::percent(100.0 * (number::to_f64(price) / last_price - 1.0)),
    };
    let high = |day: &CandleRevision| extreme(day, day.candle.high);
    let low = |day: &CandleRevision| extreme(day, day.candle.low);
    Some(Extremes {
        // max_by_key keeps the last of equals, so the order is turned round
        hi_52w: year().rev().max_by_key(|day| day.candle.high).map(high)?,
        lo_52w: year().min_by_key(|day| day.candle.low).map(low)?,
        hi_all: all().rev().max_by_key(|day| day.candle.high).map(high)?,
        lo_all: all().min_by_key(|day| day.candle.low).map(low)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volatility_is_ranked_among_the_other_bars() {
        let close = vec![100.0; 60];
        let mut atr: Vec<Option<f64>> = (0..60).map(|bar| Some(f64::from(bar))).collect();
        assert_eq!(vol_pctile(&atr, &close), Some(100.0));
        atr.reverse();
        assert_eq!(vol_pctile(&atr, &close), Some(0.0));
        // 51 bars with an ATR14 are one too few
        let early: Vec<_> = atr.iter().enumerate().map(|(i, atr)| atr.filter(|_| i >= 9)).collect();
        assert_eq!(vol_pctile(&early, &close), None);
    }

    #[test]
    fn returns_reach_as_far_as_the_history() {
        assert_eq!(ret_pct(&[100.0, 110.0, 99.0], &[1, 2, 3]), BTreeMap::from([(1, -10.0), (2, -1.0)]));
        assert_eq!(ret_pct(&[], &[1]), BTreeMap::new());
    }
}

use std::collections::BTreeMap;

use domain::ohlcv::{DataQuality, Flag, FlagKind, Gap};
use domain::{Candle, Timeframe};

use crate::candles::{MissingRun, Problem, check, is_stale, missing_between};
use crate::indicators::{Indicator, STANDARD, WarmUp};

use super::format;
use super::history::History;

/// What is wrong or thin about the data: gaps and flags of the `shown` bars, warm-up of the standard indicators.
pub(super) fn quality(history: &History, shown: usize) -> DataQuality {
    let (warming_pct, absent) = warm_up(history.bars.len());
    DataQuality {
        history_bars: u32::try_from(history.bars.len()).unwrap_or(u32::MAX),
        first_bar: history.label(0),
        gaps: gaps(history, shown),
        flags: flags(history, shown),
        warming_pct,
        absent,
    }
}

fn warm_up(bars: usize) -> (BTreeMap<String, f64>, Vec<String>) {
    let (mut warming, mut absent) = (BTreeMap::new(), Vec::new());
    for name in STANDARD {
        match name.parse::<Indicator>().map(|indicator| indicator.warm_up(bars)) {
            Ok(WarmUp::Warming(weight)) => {
                warming.insert(name.to_owned(), format::percent(100.0 * weight));
            }
            Ok(WarmUp::Ready) => {}
            Ok(WarmUp::Absent) | Err(_) => absent.push(name.to_owned()),
        }
    }
    (warming, absent)
}

/// Missing bars between those shown, and between the last of them and the one in progress.
fn gaps(history: &History, shown: usize) -> Vec<Gap> {
    let timeframe = history.timeframe;
    let (_, bars) = history.tail(shown);
    let opens: Vec<_> = bars
        .iter()
        .map(|bar| bar.candle.open_time)
        .chain(history.forming.as_ref().map(|bar| bar.candle.open_time))
        .collect();
    let printed = |run: MissingRun| Gap {
        from: timeframe.label(run.from),
        to: timeframe.label(run.to),
        bars: run.bars,
    };
    missing_between(timeframe, &opens).into_iter().map(printed).collect()
}

fn flags(history: &History, shown: usize) -> Vec<Flag> {
    // all bars are checked, since the ATR of the first one shown hangs on those before it
    let candles: Vec<Candle> = history.bars.iter().map(|bar| bar.candle.clone()).collect();
    let (from, tail) = history.tail(shown);
    let checked = check(history.timeframe, &candles).findings.into_iter();
    let mut found: Vec<(usize, FlagKind)> = checked
        .filter(|finding| finding.index >= from)
        .filter_map(|finding| Some((finding.index, kind(finding.problem)?)))
        .collect();
    let corrected = tail.iter().enumerate().filter(|(_, bar)| bar.revision > 1);
    found.extend(corrected.map(|(index, _)| (from + index, FlagKind::Corrected)));
    if from == 0 && is_partial_first(history) {
        found.push((0, FlagKind::PartialFirst));
    }
    found.sort();
    found.dedup();
    let printed = found.into_iter().map(|(index, kind)| Flag { t: history.label(index), kind });
    printed.chain(stale(history)).collect()
}

fn kind(problem: Problem) -> Option<FlagKind> {
    match problem {
        Problem::Truncated => Some(FlagKind::Truncated),
        Problem::ZeroTrades => Some(FlagKind::ZeroTrades),
        Problem::Spike => Some(FlagKind::Spike),
        Problem::Insane | Problem::Misaligned => Some(FlagKind::Insane),
        // bars are kept by their open, in its order
        Problem::OutOfOrder | Problem::Duplicate => None,
    }
}

/// The first bar is a part if the first shorter bar opens within it.
fn is_partial_first(history: &History) -> bool {
    let first = history.bars.first().map(|bar| &bar.candle);
    let within = first.zip(history.first_trade);
    within.is_some_and(|(first, trade)| first.open_time < trade && trade <= first.close_time)
}

fn stale(history: &History) -> Option<Flag> {
    match history.newest_hour {
        Some((_, age_s)) if !is_stale(age_s) => None,
        Some((open, _)) => Some(Flag { t: Timeframe::Hour.label(open), kind: FlagKind::Stale }),
        None => {
            let last = history.bars.len().saturating_sub(1);
            Some(Flag { t: history.label(last), kind: FlagKind::Stale })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_is_reported_in_percent() {
        // BTCUSDT 1M had 104 bars: (49/51)^54 is 11.5 %, EMA200 needs 200
        let (warming, absent) = warm_up(104);
        assert_eq!(warming.get("ema50"), Some(&11.5));
        assert_eq!(absent, vec!["ema200".to_owned()]);
    }
}

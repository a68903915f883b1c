use domain::{Candle, Timeframe};
use jiff::Timestamp;

use crate::indicators::{Columns, compute};

/// What was found in a series. Nothing is changed or filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// Runs of bars that are not there.
    pub gaps: Vec<MissingRun>,
    /// Bars to be read with care, in the order of the series.
    pub findings: Vec<Finding>,
}

/// Consecutive bars that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRun {
    /// Open of the first missing bar.
    pub from: Timestamp,
    /// Open of the last missing bar.
    pub to: Timestamp,
    /// How many.
    pub bars: u32,
}

/// A bar to be read with care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its place in the series.
    pub index: usize,
    /// Its open.
    pub open_time: Timestamp,
    /// What about it.
    pub problem: Problem,
}

/// What is wrong with a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// It opens before the bar in front of it.
    OutOfOrder,
    /// It opens with the bar in front of it.
    Duplicate,
    /// It opens where no bar of this timeframe can.
    Misaligned,
    /// High, low, open and close contradict each other, or a price is not above zero.
    Insane,
    /// It closes before the end of its interval: the exchange restarted.
    Truncated,
    /// Nobody traded.
    ZeroTrades,
    /// Its range is over 8 ATR14, the ATR of the bar before it.
    Spike,
}

/// Ranges beyond so many ATR14 are flagged.
const SPIKE_ATR: f64 = 8.0;

/// Looks a series over: order, duplicates, gaps by the calendar, bars cut short, bars without trades, prices
/// that contradict each other, and spikes.
pub fn check(timeframe: Timeframe, candles: &[Candle]) -> Checked {
    let columns = Columns::of(candles);
    // without ATR14 no bar is a spike; the name is a known one
    let atr14 = compute("atr14", &columns).unwrap_or_default();
    let mut findings = Vec::new();
    for (index, candle) in candles.iter().enumerate() {
        let before = index.checked_sub(1);
        let atr = before.and_then(|i| atr14.get(i).copied().flatten());
        let previous = before.and_then(|i| candles.get(i)).map(|bar| bar.open_time);
        let open_time = candle.open_time;
        let range = columns.range(index);
        let found = [
            (previous.is_some_and(|p| p > open_time), Problem::OutOfOrder),
            (previous == Some(open_time), Problem::Duplicate),
            (timeframe.open_of(open_time) != open_time, Problem::Misaligned),
            (!is_sane(candle), Problem::Insane),
            (candle.close_time < timeframe.close_of(open_time), Problem::Truncated),
            (!candle.is_traded(), Problem::ZeroTrades),
            (atr.is_some_and(|atr| range > SPIKE_ATR * atr), Problem::Spike),
        ];
        let problems = found.into_iter().filter(|(is, _)| *is).map(|(_, problem)| problem);
        findings.extend(problems.map(|problem| Finding { index, open_time, problem }));
    }
    Checked { gaps: gaps(timeframe, candles), findings }
}

/// Runs of missing bars between the bars of a series, by the calendar.
pub fn gaps(timeframe: Timeframe, candles: &[Candle]) -> Vec<MissingRun> {
    let opens: Vec<Timestamp> = candles.iter().map(|candle| candle.open_time).collect();
    missing_between(timeframe, &opens)
}

/// Runs of missing bars between opens, by the calendar.
pub(crate) fn missing_between(timeframe: Timeframe, opens: &[Timestamp]) -> Vec<MissingRun> {
    let pairs = opens.iter().zip(opens.iter().skip(1));
    pairs.filter_map(|(after, before)| missing(timeframe, *after, *before)).collect()
}

fn missing(timeframe: Timeframe, after: Timestamp, before: Timestamp) -> Option<MissingRun> {
    let from = timeframe.next_open(timeframe.open_of(after));
    let (mut open, mut to, mut bars) = (from, from, 0);
    while open < timeframe.open_of(before) {
        (to, open, bars) = (open, timeframe.next_open(open), bars + 1);
    }
    (bars > 0).then_some(MissingRun { from, to, bars })
}

fn is_sane(candle: &Candle) -> bool {
    let inside = |price| candle.low <= price && price <= candle.high;
    candle.low > rust_decimal::Decimal::ZERO && inside(candle.open) && inside(candle.close)
}

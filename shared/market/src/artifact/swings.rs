use domain::ohlcv::{PendingSwing, Swing, Swings};
use rust_decimal::Decimal;

use super::format;
use super::history::History;

/// A high or a low.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    High,
    Low,
}

/// A confirmed turning point, by the bars that made and confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) side: Side,
    pub(crate) bar: usize,
    pub(crate) confirmed: usize,
}

/// Turning points, oldest first, and the extreme since the last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Zigzag {
    pub(crate) turns: Vec<Turn>,
    pub(crate) pending: Option<(Side, usize)>,
}

/// Swings listed at most.
const LISTED: usize = 12;
/// A turn is confirmed by a move of so many ATR14.
const REVERSAL_ATR: f64 = 2.0;

/// The ATR zigzag: a high is confirmed by the first later bar whose low lies 2 ATR14 (of the bar before that one)
/// below it, a low by the mirrored rule. A bar that extends the extreme confirms nothing. Until the first turn
/// both extremes are followed.
pub(crate) fn zigzag(high: &[f64], low: &[f64], atr14: &[Option<f64>]) -> Zigzag {
    let mut turns: Vec<Turn> = Vec::new();
    let (mut top, mut bottom) = (0, 0);
    for bar in 1..high.len().min(low.len()) {
        let direction = turns.last().map(|turn| turn.side);
        let (seeks_high, seeks_low) = (direction != Some(Side::High), direction != Some(Side::Low));
        let (higher, lower) = (high[bar] > high[top], low[bar] < low[bottom]);
        if higher && seeks_high {
            top = bar;
        }
        if lower && seeks_low {
            bottom = bar;
        }
        let Some(atr) = atr14.get(bar - 1).copied().flatten() else {
            continue;
        };
        let reversal = REVERSAL_ATR * atr;
        if seeks_high && !higher && low[bar] <= high[top] - reversal {
            turns.push(Turn { side: Side::High, bar: top, confirmed: bar });
            bottom = first_extreme(top + 1..=bar, |a, b| low[a] < low[b]);
        } else if seeks_low && !lower && high[bar] >= low[bottom] + reversal {
            turns.push(Turn { side: Side::Low, bar: bottom, confirmed: bar });
            top = first_extreme(bottom + 1..=bar, |a, b| high[a] > high[b]);
        }
    }
    let pending = turns.last().map(|turn| match turn.side {
        Side::High => (Side::Low, bottom),
        Side::Low => (Side::High, top),
    });
    Zigzag { turns, pending }
}

fn first_extreme(bars: std::ops::RangeInclusive<usize>, beyond: impl Fn(usize, usize) -> bool) -> usize {
    let start = *bars.start();
    bars.fold(start, |best, bar| if beyond(bar, best) { bar } else { best })
}

impl Zigzag {
    pub(super) fn of(history: &History) -> Self {
        zigzag(&history.columns.high, &history.columns.low, &history.atr14)
    }

    /// As it is printed: the newest twelve, numbered from the newest.
    pub(super) fn printed(&self, history: &History) -> Swings {
        let newest = self.turns.iter().rev().take(LISTED).enumerate();
        let list = newest
            .map(|(index, turn)| Swing {
                id: format!("{}{}", turn.side.letter(), index + 1),
                t: history.label(turn.bar),
                p: format::price(extreme(history, turn.side, turn.bar)),
                confirmed: history.label(turn.confirmed),
            })
            .collect();
        let pending = self.pending.map(|(side, bar)| PendingSwing {
            kind: side.letter().to_owned(),
            t: history.label(bar),
            p: format::price(extreme(history, side, bar)),
        });
        Swings { list, pending }
    }

    /// The last two confirmed extremes of a side, the newest first.
    pub(super) fn last_two(&self, side: Side, values: &[f64]) -> Option<(f64, f64)> {
        let mut newest = self.turns.iter().rev().filter(|turn| turn.side == side);
        let mut value = || newest.next().and_then(|turn| values.get(turn.bar)).copied();
        Some((value()?, value()?))
    }
}

impl Side {
    pub(crate) fn letter(self) -> &'static str {
        match self {
            Self::High => "H",
            Self::Low => "L",
        }
    }
}

/// The price a bar turned at.
pub(super) fn extreme(history: &History, side: Side, bar: usize) -> Decimal {
    let candle = history.bars.get(bar).map(|bar| &bar.candle);
    candle.map_or(Decimal::ZERO, |candle| match side {
        Side::High => candle.high,
        Side::Low => candle.low,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(side: Side, bar: usize, confirmed: usize) -> Turn {
        Turn { side, bar, confirmed }
    }

    // ATR 1 throughout, so a reversal is 2; worked out by hand
    fn of(bars: &[(f64, f64)]) -> Zigzag {
        let (high, low): (Vec<f64>, Vec<f64>) = bars.iter().copied().unzip();
        zigzag(&high, &low, &vec![Some(1.0); bars.len()])
    }

    #[test]
    fn a_high_waits_for_a_fall_of_two_atr() {
        // low 10 at bar 0, confirmed by 12 at bar 1; that high: bar 2 falls to 10.1 (1.9), bar 3 to 10.0 (2.0)
        let found = of(&[(10.5, 10.0), (12.0, 10.4), (11.9, 10.1), (11.0, 10.0)]);
        assert_eq!(found.turns, vec![turn(Side::Low, 0, 1), turn(Side::High, 1, 3)]);
        assert_eq!(found.pending, Some((Side::Low, 3)));
    }

    #[test]
    fn a_bar_that_extends_the_extreme_cannot_confirm_it() {
        // bar 2 makes the high 13 and falls to 10, more than 2 below: only bar 3 confirms
        let found = of(&[(11.0, 10.0), (12.0, 11.0), (13.0, 10.0), (12.0, 10.9)]);
        assert_eq!(found.turns, vec![turn(Side::Low, 0, 1), turn(Side::High, 2, 3)]);
        // of the bars after the high, 3 has the lowest low
        assert_eq!(found.pending, Some((Side::Low, 3)));
    }

    #[test]
    fn lows_mirror_highs_and_sides_alternate() {
        let found = of(&[
            (12.0, 11.5), // first high
            (11.0, 9.0),  // confirms H0 (12 - 2 = 10); a low of 9
            (10.5, 9.5),
            (11.0, 10.0), // 9 + 2 = 11: confirms L1
            (14.0, 11.0),
            (13.0, 12.0), // 14 - 2 = 12: confirms H4
        ]);
        let expected = vec![turn(Side::High, 0, 1), turn(Side::Low, 1, 3), turn(Side::High, 4, 5)];
        assert_eq!(found.turns, expected);
    }

    #[test]
    fn nothing_is_confirmed_without_an_atr() {
        let found = zigzag(&[20.0, 10.0, 5.0], &[19.0, 9.0, 4.0], &[None; 3]);
        assert_eq!(found, Zigzag::default());
        assert_eq!(zigzag(&[], &[], &[]), Zigzag::default());
    }

    #[test]
    fn an_equal_extreme_keeps_the_first_bar() {
        let found = of(&[(12.0, 11.0), (12.0, 11.0), (11.5, 10.0)]);
        assert_eq!(found.turns, vec![turn(Side::High, 0, 2)]);
    }
}

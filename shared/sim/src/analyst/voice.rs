//! What the rules say, whatever the language: each finding is a sentence that a language words.

use std::cmp::Ordering;

use domain::Timeframe;
use domain::ohlcv::FlagKind;
use domain::report::Bias;
use rust_decimal::Decimal;

use super::english::English;
use super::figures::{Figure, Zone};
use super::russian::Russian;
use super::verdict::{Ends, Odds};

/// The language of the free texts, as the request asks for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Language {
    /// Unless another is asked for.
    #[default]
    English,
    Russian,
}

impl Language {
    /// The language that a line of a request asks for: `Write every free text in Russian; ...`.
    pub(super) fn asked(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("Write every free text in ")?;
        Some(if rest.starts_with("Russian") { Self::Russian } else { Self::English })
    }

    pub(super) fn voice(self) -> &'static dyn Voice {
        match self {
            Self::English => &English,
            Self::Russian => &Russian,
        }
    }
}

/// From one figure to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move<'a> {
    pub(super) from: &'a Figure,
    pub(super) to: &'a Figure,
}

impl Move<'_> {
    pub(super) fn way(self) -> Ordering {
        self.to.value.cmp(&self.from.value)
    }
}

/// Highs or lows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    High,
    Low,
}

/// What the history lacks for a sentence about averages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lack {
    Nothing,
    /// EMA50 still warms up.
    Warming,
    /// It is too short for this average.
    Short(&'static str),
}

/// How much of the usual volume took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Participation {
    /// Under 0.8 of it.
    Thin,
    Ordinary,
    /// Over 1.5 of it.
    Broad,
}

impl Participation {
    pub(super) fn of(share: Decimal) -> Self {
        if share < Decimal::new(8, 1) {
            Self::Thin
        } else if share > Decimal::new(15, 1) {
            Self::Broad
        } else {
            Self::Ordinary
        }
    }
}

/// What ADX14 says of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// 25 or more.
    Directed,
    Open,
    /// Under 20.
    None,
}

impl Direction {
    pub(super) fn of(adx: Decimal) -> Self {
        if adx >= Decimal::from(25) {
            Self::Directed
        } else if adx < Decimal::from(20) {
            Self::None
        } else {
            Self::Open
        }
    }
}

/// The market in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Headline {
    AdvanceHolds,
    AdvanceFails,
    AdvancePauses,
    AdvanceTires,
    DeclineGoesOn,
    DeclineTurns,
    DeclineTires,
    RangeOnTop,
    RangeOnFloor,
    Range,
    TurnUp,
    TurnDown,
    Rebound,
    Setback,
    Between,
}

/// How the observation of a position, 1-based, stands to the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It points the parent's way.
    Confirms(usize),
    Contradicts(usize),
    /// The parent takes no view.
    NoView(usize),
    /// Both are neutral, and two observations offset each other.
    Offset(usize, usize),
    /// Both are neutral.
    BothNeutral(usize),
    /// The parent is neutral, this report is not.
    OwnDirection(usize),
    /// This report is neutral, the parent is not.
    Neither(usize),
}

/// What a move to a barrier does at the nearest zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    StaysShort,
    GoesThrough,
    RunsInto,
}

/// Why there is no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    History,
    /// Bars that should have closed by now were not given.
    Late,
    Sense,
    Figures,
    Readable,
    Candles,
}

/// A language of the rules.
pub(super) trait Voice: Sync {
    /// Whether the swings still hold, or an unconfirmed one goes against them.
    fn swings(&self, highs: Move<'_>, lows: Move<'_>, holds: bool) -> String;
    /// Of a swing beyond the newest confirmed one of its kind: a higher high or a lower low.
    fn unconfirmed(&self, kind: Kind, swing: &Figure) -> String;
    /// Of the other kind no second swing is confirmed.
    fn swings_of(&self, kind: Kind, path: Move<'_>) -> String;
    fn lone_swing(&self, kind: Kind, swing: &Figure) -> String;
    fn no_swing(&self, closes: Move<'_>) -> String;
    fn last_close(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        lack: Lack,
    ) -> String;
    fn close_between_records(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        high: &Figure,
        low: &Figure,
    ) -> String;
    /// In place of momentum, where there is no RSI14.
    fn closes(&self, closes: Move<'_>) -> String;
    fn momentum(&self, rsi: Move<'_>, histogram_and_line: Option<(&Figure, &Figure)>) -> String;
    fn strength(&self, adx: &Figure, plus: &Figure, minus: &Figure) -> String;
    fn volume(&self, timeframe: Timeframe, share: &Figure) -> String;
    /// Of a stochastic RSI, %K and %D.
    fn stochastic(&self, k: &Figure, d: &Figure) -> String;
    fn forming(&self, timeframe: Timeframe, low: &Figure, high: &Figure, last: &Figure) -> String;

    fn headline(&self, headline: Headline) -> &'static str;
    fn close_and_now(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        now: Option<&Figure>,
    ) -> String;
    fn rsi(&self, rsi: Move<'_>, participation: Participation) -> String;
    fn chances(&self, bias: Bias, odds: Odds) -> String;
    fn parent(&self, timeframe: Timeframe, bias: Bias, relation: Relation) -> String;

    fn advance(&self, barrier: Option<&Figure>, zone: Option<(Meets, &Zone<'_>)>) -> String;
    fn decline(&self, barrier: Option<&Figure>, zone: Option<(Meets, &Zone<'_>)>) -> String;
    /// Why a close beyond the ends is one too many.
    fn ends(&self, ends: &Ends) -> String;

    fn missing(&self, missing: Missing) -> &'static str;
    fn gaps(&self) -> &'static str;
    fn flag(&self, kind: FlagKind) -> &'static str;
    /// Of an indicator by its column.
    fn warming(&self, column: &str) -> String;
    fn absent(&self, column: &str) -> String;
}

/// Ids of the zones among the ends, and whether a barrier stands in on the upper and on the lower side.
pub(super) fn zones_and_barriers(ends: &Ends) -> (Vec<&str>, bool, bool) {
    let zones = [&ends.above, &ends.below].into_iter().flatten().filter_map(|end| end.zone.as_deref());
    let is_barrier = |end: &Option<super::verdict::End>| end.as_ref().is_some_and(|end| end.zone.is_none());
    (zones.collect(), is_barrier(&ends.above), is_barrier(&ends.below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_the_request_names() {
        let asked = |line| Language::asked(line);
        assert_eq!(
            asked("Write every free text in Russian; keys stay as they are."),
            Some(Language::Russian)
        );
        assert_eq!(asked("Write every free text in English; keys stay."), Some(Language::English));
        assert_eq!(asked("{\"says\":\"Write every free text in Russian\"}"), None);
    }
}

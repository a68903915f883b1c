//! Times, money and verdicts as people read them.

use std::fmt;

use domain::Timeframe;
use domain::recommendation::Direction;
use domain::report::{Bias, ParentRelation};
use jiff::Timestamp;
use notify::{Language, fill};
use rust_decimal::Decimal;
use storage::Status;

/// An instant. As text it is what a `datetime` attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl Moment {
    /// `04:02:24`.
    pub(super) fn seconds_of_day(self) -> String {
        self.0.strftime("%H:%M:%S").to_string()
    }
}

/// `$0.0184`.
pub(super) fn money(usd: Decimal) -> String {
    format!("${usd:.4}")
}

/// A verdict: mark, word, and the class that carries the hue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
    pub(super) class: &'static str,
}

impl Verdict {
    pub(super) fn of(tongue: Language, bias: Bias) -> Self {
        let (mark, class) = match bias {
            Bias::Bullish => ("△", "up"),
            Bias::Bearish => ("▼", "down"),
            Bias::Neutral => ("–", ""),
            Bias::None => ("○", ""),
        };
        Self { mark, word: tongue.bias(bias), class }
    }

    pub(super) fn to(tongue: Language, direction: Direction) -> Self {
        let (mark, class) = match direction {
            Direction::Long => ("△", "up"),
            Direction::Short => ("▼", "down"),
            Direction::StandAside => ("–", ""),
        };
        Self { mark, word: tongue.direction(direction), class }
    }
}

/// How a report stands to the one above it.
pub(super) fn relation(tongue: Language, relation: ParentRelation, above: Option<Timeframe>) -> String {
    let w = &tongue.words().watchlist;
    let template = match relation {
        ParentRelation::Confirms => &w.confirms,
        ParentRelation::Contradicts => &w.contradicts,
        ParentRelation::Neutral => &w.neutral,
        ParentRelation::NoParent => &w.top,
    };
    fill(template, &[("tf", above.map_or(w.parent.as_str(), Timeframe::as_str))])
}

/// Where a run or a step stands.
pub(super) fn status(tongue: Language, status: Status) -> &'static str {
    let w = &tongue.words().status;
    match status {
        Status::Waiting => &w.waiting,
        Status::Pending => &w.pending,
        Status::Running => &w.running,
        Status::Done => &w.done,
        Status::Failed => &w.failed,
        Status::Skipped => &w.skipped,
        Status::Cancelled => &w.cancelled,
    }
}

/// The timeframes that reports are written of, the longest first.
pub(super) const READ: [Timeframe; 4] = [Timeframe::Month, Timeframe::Week, Timeframe::Day, Timeframe::Hour4];

/// The timeframe above.
pub(super) fn above(timeframe: Timeframe) -> Option<Timeframe> {
    let at = READ.iter().position(|other| *other == timeframe)?;
    READ.get(at.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc() {
        let at = Moment("2026-04-30T04:02:24.5Z".parse().unwrap());
        assert_eq!(
            (at.to_string().as_str(), at.seconds_of_day().as_str()),
            ("2026-04-30T04:02:24Z", "04:02:24")
        );
    }
}

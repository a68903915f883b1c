//! Times, lengths, money and verdicts as people read them.

use std::fmt;

use domain::Timeframe;
use domain::recommendation::Direction;
use domain::report::{Bias, ParentRelation};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

/// An instant. As text it is what a `datetime` attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

impl Moment {
    /// `Thu 30 Apr 2026, 04:02 UTC`.
    pub(super) fn full(self) -> String {
        self.0.strftime("%a %-d %b %Y, %H:%M UTC").to_string()
    }

    /// `30 Apr, 04:02`.
    pub(super) fn short(self) -> String {
        self.0.strftime("%-d %b, %H:%M").to_string()
    }

    /// `04:02 UTC`.
    pub(super) fn clock(self) -> String {
        self.0.strftime("%H:%M UTC").to_string()
    }

    /// `04:02:24`.
    pub(super) fn seconds_of_day(self) -> String {
        self.0.strftime("%H:%M:%S").to_string()
    }
}

/// A length of time in its two largest units: `3 d 4 h`, `2 min`.
pub(super) fn age(length: SignedDuration) -> String {
    let minutes = length.as_mins().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// How long something took: `0.3 s`, `34 s`, `1 min 12 s`.
pub(super) fn took(ms: i64) -> String {
    let ms = ms.max(0);
    match ms {
        0..10_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        10_000..60_000 => format!("{} s", ms / 1000),
        3_600_000.. => age(SignedDuration::from_millis(ms)),
        _ => format!("{} min {} s", ms / 60_000, ms / 1000 % 60),
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
    pub(super) fn of(bias: Bias) -> Self {
        let (mark, word, class) = match bias {
            Bias::Bullish => ("△", "Up", "up"),
            Bias::Bearish => ("▼", "Down", "down"),
            Bias::Neutral => ("–", "Neutral", ""),
            Bias::None => ("○", "No view", ""),
        };
        Self { mark, word, class }
    }

    pub(super) fn to(direction: Direction) -> Self {
        let (mark, word, class) = match direction {
            Direction::Long => ("△", "Long", "up"),
            Direction::Short => ("▼", "Short", "down"),
            Direction::StandAside => ("–", "Stand aside", ""),
        };
        Self { mark, word, class }
    }
}

/// How a report stands to the one above it.
pub(super) fn relation(relation: ParentRelation, above: Option<Timeframe>) -> String {
    let above = above.map_or("its parent", Timeframe::as_str);
    match relation {
        ParentRelation::Confirms => format!("confirms {above}"),
        ParentRelation::Contradicts => format!("contradicts {above}"),
        ParentRelation::Neutral => format!("neutral to {above}"),
        ParentRelation::NoParent => "top of the chain".to_owned(),
    }
}

/// The timeframes that reports are written of, the longest first.
pub(super) const READ: [Timeframe; 4] = [Timeframe::Month, Timeframe::Week, Timeframe::Day, Timeframe::Hour4];

/// The timeframe above.
pub(super) fn above(timeframe: Timeframe) -> Option<Timeframe> {
    let at = READ.iter().position(|other| *other == timeframe)?;
    READ.get(at.checked_sub(1)?).copied()
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> String {
    let text = notify::plain(text);
    match text.find(". ") {
        Some(at) => text.get(..=at).unwrap_or(&text).to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_most() {
        let of = |minutes| age(SignedDuration::from_mins(minutes));
        assert_eq!(["2 min", "1 h", "1 h 5 min"], [of(2), of(60), of(65)].each_ref().map(String::as_str));
        assert_eq!(["1 d", "3 d 4 h"], [of(1440), of(76 * 60 + 59)].each_ref().map(String::as_str));
        let took = [300, 34_600, 72_000].map(took);
        assert_eq!(["0.3 s", "34 s", "1 min 12 s"], took.each_ref().map(String::as_str));
    }

    #[test]
    fn times_are_utc() {
        let at = Moment("2026-04-30T04:02:24.5Z".parse().unwrap());
        assert_eq!(at.full(), "Thu 30 Apr 2026, 04:02 UTC");
        assert_eq!((at.short().as_str(), at.clock().as_str()), ("30 Apr, 04:02", "04:02 UTC"));
        assert_eq!(
            (at.to_string().as_str(), at.seconds_of_day().as_str()),
            ("2026-04-30T04:02:24Z", "04:02:24")
        );
    }
}

//! Times in UTC, in the words of a language.

use domain::Timeframe;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::lang::{Words, fill};

/// Dates in a language.
#[derive(Clone, Copy)]
pub(crate) struct Dates<'a>(pub(crate) &'a Words);

fn utc(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

fn named(names: &[String; 12], month: i8) -> &str {
    usize::try_from(month - 1).ok().and_then(|index| names.get(index)).map_or("", String::as_str)
}

fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

impl Dates<'_> {
    /// `Thu 30 Apr 2026, 04:00 UTC`.
    pub(crate) fn full(self, at: Timestamp) -> String {
        let time = utc(at);
        let weekday = usize::try_from(time.weekday().to_monday_zero_offset()).unwrap_or(0);
        let weekday = self.0.weekdays.get(weekday).map_or("", String::as_str);
        format!("{weekday} {}, {} UTC", self.date(at), clock(time))
    }

    /// `30 Apr, 04:00 UTC`.
    pub(crate) fn short(self, at: Timestamp) -> String {
        format!("{}, {} UTC", self.day(at), clock(utc(at)))
    }

    /// `04:00 UTC`, or with its day where that is not the day of `today`.
    pub(crate) fn until(self, at: Timestamp, today: Timestamp) -> String {
        if utc(at).date() == utc(today).date() { format!("{} UTC", clock(utc(at))) } else { self.short(at) }
    }

    /// `30 Apr`.
    pub(crate) fn day(self, at: Timestamp) -> String {
        let time = utc(at);
        format!("{} {}", time.day(), named(&self.0.months_short, time.month()))
    }

    /// `30 Apr 2026`.
    pub(crate) fn date(self, at: Timestamp) -> String {
        format!("{} {}", self.day(at), utc(at).year())
    }

    /// The bar that opens at `open`: `March 2026`, `20 April 2026`, `29 April 2026, 20:00`.
    pub(crate) fn bar(self, timeframe: Timeframe, open: Timestamp) -> String {
        let time = utc(open);
        let month = format!("{} {}", named(&self.0.months, time.month()), time.year());
        match timeframe {
            Timeframe::Month => month,
            Timeframe::Week | Timeframe::Day => format!("{} {month}", time.day()),
            Timeframe::Hour4 | Timeframe::Hour => format!("{} {month}, {}", time.day(), clock(time)),
        }
    }

    /// The bar in a column: its short name, and the rest of it that a narrow page drops.
    pub(crate) fn cell(self, timeframe: Timeframe, open: Timestamp) -> (String, String) {
        let time = utc(open);
        match timeframe {
            Timeframe::Month => {
                (format!("{} {}", named(&self.0.months, time.month()), time.year()), String::new())
            }
            Timeframe::Week | Timeframe::Day => (self.day(open), format!(" {}", time.year())),
            Timeframe::Hour4 | Timeframe::Hour => {
                (format!("{}, {}", self.day(open), clock(time)), String::new())
            }
        }
    }

    /// What a closed bar spans: `20 Apr to 26 Apr`, `March 2026`, `29 Apr, 20:00 UTC`.
    pub(crate) fn span(self, timeframe: Timeframe, open: Timestamp) -> String {
        match timeframe {
            Timeframe::Week => {
                let last = timeframe.close_of(open);
                fill(&self.0.facts.range, &[("from", &self.day(open)), ("to", &self.day(last))])
            }
            Timeframe::Month => self.bar(timeframe, open),
            Timeframe::Day => self.date(open),
            Timeframe::Hour4 | Timeframe::Hour => self.short(open),
        }
    }

    /// A length of time in its two largest units: `3 d 4 h`, `7 d`, `4 h 5 min`.
    pub(crate) fn length(self, length: SignedDuration) -> String {
        let minutes = length.as_secs().max(0) / 60;
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let words = self.0;
        let pair = |first: i64, name: &str, second: i64, other: &str| match second {
            0 => format!("{first}\u{a0}{name}"),
            _ => format!("{first}\u{a0}{name} {second}\u{a0}{other}"),
        };
        match (days, hours) {
            (0, 0) => format!("{minutes}\u{a0}{}", words.minute),
            (0, _) => pair(hours, &words.hour, minutes, &words.minute),
            _ => pair(days, &words.day, hours, &words.hour),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn dates_read_in_both_languages() {
        let (en, ru) = (Dates(Words::of("en").unwrap()), Dates(Words::of("ru").unwrap()));
        let as_of = at("2026-04-30T04:00:00Z");
        // 30 April 2026 is a Thursday
        assert_eq!(en.full(as_of), "Thu 30 Apr 2026, 04:00 UTC");
        assert_eq!(ru.full(as_of), "чт 30 апр 2026, 04:00 UTC");
        let week = at("2026-04-20T00:00:00Z");
        assert_eq!(en.span(Timeframe::Week, week), "20 Apr to 26 Apr");
        assert_eq!(ru.bar(Timeframe::Week, week), "20 апреля 2026");
        assert_eq!(en.bar(Timeframe::Month, at("2026-03-01T00:00:00Z")), "March 2026");
        assert_eq!(en.until(at("2026-04-30T16:00:00Z"), as_of), "16:00 UTC");
        assert_eq!(en.until(at("2026-05-01T16:00:00Z"), as_of), "1 May, 16:00 UTC");
    }

    #[test]
    fn lengths_have_two_units() {
        let en = Dates(Words::of("en").unwrap());
        assert_eq!(en.length(SignedDuration::from_hours(76)), "3\u{a0}d 4\u{a0}h");
        assert_eq!(en.length(SignedDuration::from_hours(168)), "7\u{a0}d");
        assert_eq!(en.length(SignedDuration::from_mins(245)), "4\u{a0}h 5\u{a0}min");
        assert_eq!(en.length(SignedDuration::from_mins(9)), "9\u{a0}min");
    }
}

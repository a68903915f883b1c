//! Dates under the chart: at the first bar of an hour, day, month, quarter or year, as many as have room.

use domain::series::Bar;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::frame::Frame;
use super::layout::Layout;
use super::{Anchor, Language, Role, Scene, Span, Weight};

/// How far apart dates are, the finest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hours(i64),
    Days(i64),
    Week,
    Months(i64),
    Years(i64),
}

const UNITS: [Unit; 12] = [
    Unit::Hours(6),
    Unit::Hours(12),
    Unit::Days(1),
    Unit::Days(2),
    Unit::Week,
    Unit::Months(1),
    Unit::Months(3),
    Unit::Months(6),
    Unit::Years(1),
    Unit::Years(2),
    Unit::Years(5),
    Unit::Years(10),
];

/// A date on the axis.
#[derive(Debug, Clone, PartialEq)]
struct Date {
    index: usize,
    text: String,
    /// The first of a greater period, which is printed in bold.
    major: bool,
}

impl Unit {
    /// Number of the period that holds `at`.
    fn period(self, at: Timestamp) -> i64 {
        let date = civil(at);
        let months = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        let days = at.as_second().div_euclid(86_400);
        match self {
            Self::Hours(n) => at.as_second().div_euclid(3_600 * n),
            Self::Days(n) => days.div_euclid(n),
            // 1970-01-01 was a Thursday
            Self::Week => (days + 3).div_euclid(7),
            Self::Months(n) => months.div_euclid(n),
            Self::Years(n) => months.div_euclid(12 * n),
        }
    }

    /// Room a date needs, in sizes of its text.
    fn room(self) -> f32 {
        match self {
            Self::Years(_) => 4.2,
            Self::Hours(_) | Self::Days(_) | Self::Week | Self::Months(_) => 5.5,
        }
    }

    fn text(self, at: DateTime, before: Option<DateTime>, language: Language) -> (String, bool) {
        let new_year = before.is_none_or(|b| b.year() != at.year());
        let day = language.day(at.day(), at.month());
        match self {
            Self::Years(_) => (at.year().to_string(), true),
            Self::Months(_) if new_year && at.month() == 1 => (at.year().to_string(), true),
            Self::Months(_) if new_year => (format!("{} {}", language.month(at.month()), at.year()), false),
            Self::Months(_) => (language.month(at.month()).to_owned(), false),
            Self::Week | Self::Days(_) if new_year && before.is_some() => {
                (format!("{day} {}", at.year()), true)
            }
            Self::Week | Self::Days(_) => (day, false),
            Self::Hours(_) if before.is_none_or(|b| b.date() != at.date()) => (day, true),
            Self::Hours(_) => (format!("{:02}:{:02}", at.hour(), at.minute()), false),
        }
    }
}

fn civil(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

/// The finest dates with room on average, where a bar is `slot` sizes of the text wide.
fn dates(bars: &[&Bar], slot: f32, language: Language) -> Vec<Date> {
    let starts = |unit: Unit| -> Vec<usize> {
        let periods: Vec<i64> = bars.iter().map(|bar| unit.period(bar.t)).collect();
        periods.windows(2).enumerate().filter(|(_, w)| w.first() != w.last()).map(|(i, _)| i + 1).collect()
    };
    let room = |unit: Unit| (bars.len() as f32 * slot / unit.room()).floor().max(1.0) as usize;
    let mut units = UNITS.into_iter().map(|unit| (unit, starts(unit)));
    let fits = units.find(|(unit, starts)| starts.len() <= room(*unit));
    let Some((unit, starts)) = fits else { return Vec::new() };
    let mut before = None;
    // a young series has no boundary yet: its first bar is the date
    let starts = if starts.is_empty() && !bars.is_empty() { vec![0] } else { starts };
    let mut out: Vec<Date> = Vec::new();
    for index in starts {
        let Some(bar) = bars.get(index) else { continue };
        let at = civil(bar.t);
        let (text, major) = unit.text(at, before, language);
        before = Some(at);
        out.push(Date { index, text, major });
    }
    out
}

/// Draws the vertical grid.
pub(super) fn grid(scene: &mut Scene, frame: &Frame<'_>, layout: &Layout) {
    for date in shown(frame) {
        let x = frame.before(date.index);
        let role = if date.major { Role::Year } else { Role::Line };
        scene.line((x, layout.price.0), (x, layout.bottom), role, 1.0, None);
    }
}

/// Draws the dates, leaving out those without room.
pub(super) fn labels(scene: &mut Scene, frame: &Frame<'_>, layout: &Layout) {
    let size = frame.text();
    let mut kept: Vec<(f32, f32, Span, bool)> = Vec::new();
    for date in shown(frame) {
        let weight = if date.major { Weight::Bold } else { Weight::Regular };
        let span = Span::new(date.text, Role::Ink2, weight);
        let width = span.width(size);
        let x = (frame.before(date.index) + size * 0.3).min(scene.width - width - 2.0);
        if kept.last().is_some_and(|(left, width, ..)| left + width + size * 0.6 > x) {
            if !date.major || kept.last().is_some_and(|last| last.3) {
                continue;
            }
            kept.pop();
        }
        kept.push((x, width, span, date.major));
    }
    for (x, _, span, _) in kept {
        scene.text(x, layout.dates, Anchor::Start, size, vec![span]);
    }
}

fn shown(frame: &Frame<'_>) -> Vec<Date> {
    let bars: Vec<&Bar> = frame.bars.iter().chain(&frame.doc.forming).collect();
    dates(&bars, frame.slot / frame.text(), frame.canvas.language)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timeframe;
    use rust_decimal::Decimal;

    fn bars(timeframe: Timeframe, first: &str, count: usize) -> Vec<Bar> {
        let mut t: Timestamp = first.parse().unwrap();
        let mut bars = Vec::new();
        for _ in 0..count {
            let one = Decimal::ONE;
            bars.push(Bar { t, o: one, h: one, l: one, c: one, v: one });
            t = timeframe.next_open(t);
        }
        bars
    }

    fn texts(bars: &[Bar], slot: f32) -> Vec<String> {
        let bars: Vec<&Bar> = bars.iter().collect();
        dates(&bars, slot, Language::En).into_iter().map(|date| date.text).collect()
    }

    #[test]
    fn two_years_of_weeks_are_named_by_quarter() {
        let weeks = bars(Timeframe::Week, "2024-04-29T00:00:00Z", 105);
        assert_eq!(texts(&weeks, 0.85), ["Jul 2024", "Oct", "2025", "Apr", "Jul", "Oct", "2026", "Apr"]);
    }

    #[test]
    fn hours_are_named_by_the_day_they_begin() {
        let hours = bars(Timeframe::Hour, "2026-04-28T20:00:00Z", 40);
        assert_eq!(texts(&hours, 1.0), ["29 Apr", "06:00", "12:00", "18:00", "30 Apr", "06:00"]);
    }

    #[test]
    fn a_young_series_still_has_a_date() {
        let one = bars(Timeframe::Week, "2020-08-10T00:00:00Z", 1);
        assert_eq!(texts(&one, 0.8), ["10 Aug"]);
        assert!(texts(&[], 0.8).is_empty());
    }
}

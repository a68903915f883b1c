//! Dates and times. A date that the data does not reach is wrong.

use jiff::civil::Date;

use super::super::facts::Facts;
use super::{Mask, digits, goes_on, is_break, letters, word};

/// Months by the beginnings of their names, which English shortens and Russian inflects.
const MONTHS: [(&str, i8); 26] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("январ", 1),
    ("феврал", 2),
    ("март", 3),
    ("апрел", 4),
    ("май", 5),
    ("мая", 5),
    ("мае", 5),
    ("июн", 6),
    ("июл", 7),
    ("август", 8),
    ("сентябр", 9),
    ("октябр", 10),
    ("ноябр", 11),
    ("декабр", 12),
];

const MONTH_NAMES: [&str; 13] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
];

/// A date at the start of `rest`: `2026-04-20`, `20 April 2026`, `April 20th`, `April 2026`.
pub(super) fn at(rest: &str, at: usize, facts: &Facts<'_>) -> Option<Mask> {
    let (date, end) = iso(rest).or_else(|| day_before_month(rest)).or_else(|| month_first(rest))?;
    Some(if date.is_held(facts) { Mask::Until(at + end) } else { Mask::OutOfRange(at + end) })
}

/// What a date says.
#[derive(Clone, Copy)]
struct Written {
    year: Option<i16>,
    month: i8,
    day: Option<i8>,
}

impl Written {
    /// Whether the data or its horizon reaches it.
    fn is_held(self, facts: &Facts<'_>) -> bool {
        // a leap year, for a day without one
        let Ok(date) = Date::new(self.year.unwrap_or(2024), self.month, self.day.unwrap_or(1)) else {
            return false;
        };
        let first =
            facts.first_day.map(|first| if self.day.is_none() { first.first_of_month() } else { first });
        self.year.is_none() || (first.is_none_or(|first| date >= first) && date <= facts.last_day)
    }
}

/// `2026-04`, `2026-04-20`, `2026-04-29T20:00`, with seconds and zone or not.
fn iso(rest: &str) -> Option<(Written, usize)> {
    let part = |from: usize, length: usize| {
        let part = rest.get(from..from + length)?;
        (digits(&rest[from..]).len() == length).then_some(part)
    };
    let (year, month) = (part(0, 4)?, part(5, 2)?);
    if rest.get(4..5) != Some("-") {
        return None;
    }
    let mut end = 7;
    let mut day = None;
    if rest.get(7..8) == Some("-")
        && let Some(digits) = part(8, 2)
    {
        day = digits.parse().ok();
        end = 10;
        if rest.get(10..11) == Some("T")
            && let Some(time) = rest.get(11..).and_then(clock)
        {
            end = 11 + time;
        }
    }
    let written = Written { year: year.parse().ok(), month: month.parse().ok()?, day };
    is_break(&rest[end..]).then_some((written, end))
}

/// `04:00`, `20:00:59`, `20:00Z`: a time of a day.
pub(super) fn clock(rest: &str) -> Option<usize> {
    let hour = digits(rest);
    let mut end = hour.len();
    if end > 2 || hour.parse::<u8>().ok()? > 23 {
        return None;
    }
    let mut pairs = 0;
    while let Some(pair) = rest[end..].strip_prefix(':').map(digits).filter(|pair| pair.len() == 2) {
        if pair.parse::<u8>().ok()? > 59 {
            return None;
        }
        end += 3;
        pairs += 1;
    }
    if rest[end..].starts_with('Z') {
        end += 1;
    }
    ((1..=2).contains(&pairs) && is_break(&rest[end..])).then_some(end)
}

/// `Q3`: a quarter of a year.
pub(super) fn quarter(rest: &str) -> Option<usize> {
    matches!(word(rest), "Q1" | "Q2" | "Q3" | "Q4").then_some(2)
}

fn month(name: &str) -> Option<i8> {
    let lower = name.to_lowercase();
    let (start, month) = MONTHS.iter().find(|(start, _)| lower.starts_with(start))?;
    let is_name = if name.is_ascii() {
        // "may" and "march" are verbs too, and "mar" begins other words
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && (lower == *start || MONTH_NAMES.contains(&lower.as_str()))
    } else {
        // one or two letters of an ending
        lower.chars().count() <= start.chars().count() + 2
    };
    is_name.then_some(*month)
}

fn day(text: &str) -> Option<i8> {
    text.parse().ok().filter(|day| text.len() <= 2 && (1..=31).contains(day))
}

/// The year after a date, with what parts them.
fn year_after(rest: &str) -> (Option<i16>, usize) {
    let bare = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(' ');
    let year = digits(bare);
    let after = &bare[year.len()..];
    if year.len() == 4 && bare.len() < rest.len() && is_break(after) && !goes_on(after) {
        return (year.parse().ok(), rest.len() - after.len());
    }
    (None, 0)
}

/// `20 April`, `20th of April 2026`.
fn day_before_month(rest: &str) -> Option<(Written, usize)> {
    let number = digits(rest);
    let day = day(number)?;
    let after = rest[number.len()..].strip_prefix_any(&["st", "nd", "rd", "th"]).strip_prefix(' ')?;
    let after = after.strip_prefix("of ").unwrap_or(after);
    let name = letters(after);
    let month = month(name)?;
    let (year, length) = year_after(&after[name.len()..]);
    Some((Written { year, month, day: Some(day) }, rest.len() - after.len() + name.len() + length))
}

/// `April 20`, `Apr 20th, 2026`, `April 2026`.
fn month_first(rest: &str) -> Option<(Written, usize)> {
    let name = letters(rest);
    let month = month(name)?;
    let after = &rest[name.len()..];
    let after = after.strip_prefix('.').unwrap_or(after);
    let (year, length) = year_after(after);
    if year.is_some() {
        return Some((Written { year, month, day: None }, rest.len() - after.len() + length));
    }
    let after = after.strip_prefix(' ')?;
    let number = digits(after);
    let day = day(number)?;
    let after = after[number.len()..].strip_prefix_any(&["st", "nd", "rd", "th"]);
    let (year, length) = year_after(after);
    let whole = year.is_some() || (is_break(after) && !goes_on(after));
    whole.then_some((Written { year, month, day: Some(day) }, rest.len() - after.len() + length))
}

trait StripAny {
    fn strip_prefix_any(&self, endings: &[&str]) -> &Self;
}

impl StripAny for str {
    /// Without the first of `endings` it starts with.
    fn strip_prefix_any(&self, endings: &[&str]) -> &Self {
        endings.iter().find_map(|ending| self.strip_prefix(ending)).unwrap_or(self)
    }
}

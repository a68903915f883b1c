//! Years: numbers beside a word that makes them dates.

use rust_decimal::Decimal;

use super::super::facts::Facts;
use super::super::tokens::Token;
use super::super::units::Unit;
use super::{digits, indicators, word};

/// Before a price, not a year.
const OF_PRICES: [&str; 41] = [
    "at",
    "near",
    "above",
    "below",
    "over",
    "under",
    "around",
    "about",
    "support",
    "resistance",
    "level",
    "target",
    "zone",
    "toward",
    "towards",
    "beyond",
    "price",
    "close",
    "closed",
    "barrier",
    "stop",
    "entry",
    "volume",
    "high",
    "low",
    "на",
    "около",
    "выше",
    "ниже",
    "над",
    "под",
    "поддержка",
    "поддержки",
    "сопротивление",
    "сопротивления",
    "уровень",
    "уровня",
    "цель",
    "цена",
    "зона",
    "отметка",
];

/// Before a year. After `of` the word before it decides.
const BEFORE_YEARS: [&str; 26] = [
    "in",
    "since",
    "during",
    "throughout",
    "early",
    "late",
    "mid",
    "year",
    "spring",
    "summer",
    "autumn",
    "winter",
    "q1",
    "q2",
    "q3",
    "q4",
    "в",
    "во",
    "начале",
    "начала",
    "середине",
    "середины",
    "конце",
    "конца",
    "квартале",
    "квартала",
];

const PARTS_OF_YEARS: [&str; 10] =
    ["start", "beginning", "middle", "end", "half", "quarter", "spring", "summer", "autumn", "winter"];

/// After a year.
const AFTER_YEARS: [&str; 26] = [
    "s",
    "high",
    "highs",
    "low",
    "lows",
    "peak",
    "peaks",
    "top",
    "bottom",
    "bull",
    "bear",
    "cycle",
    "halving",
    "crash",
    "rally",
    "decline",
    "advance",
    "recovery",
    "drawdown",
    "год",
    "года",
    "году",
    "годом",
    "годы",
    "годов",
    "г",
];

/// Whether a number is a year of the data in the context of a date. Where a price is nowhere near, no word before
/// it must speak of prices; elsewhere a word beside it must speak of years.
pub(in super::super) fn is_year(token: &Token, text: &str, facts: &Facts<'_>) -> bool {
    let Some(value) = year_of(token, facts) else { return false };
    let (before, after) = (&text[..token.start], &text[token.end..]);
    let last = last_word(before);
    let name = last.trim_end_matches(|c: char| c.is_ascii_digit());
    if OF_PRICES.contains(&last.as_str()) || indicators::is_name(name) {
        return false;
    }
    let far = facts
        .last_price
        .is_some_and(|price| price >= value * Decimal::TEN || value >= price.saturating_mul(Decimal::TEN));
    far || is_after_date(before) || is_before_date(after) || is_beside_year(before, after, facts)
}

/// The value of a bare year that the data or its horizon reaches.
fn year_of(token: &Token, facts: &Facts<'_>) -> Option<Decimal> {
    let is_bare = token.is_plain && token.minus.is_none() && token.unit == Unit::None;
    let value = token.readings.first().map(|reading| reading.value)?;
    let first = facts.first_day.map_or(facts.last_day.year(), |day| day.year());
    let years = Decimal::from(first)..=Decimal::from(facts.last_day.year());
    (is_bare && token.end - token.start == 4 && years.contains(&value)).then_some(value)
}

fn last_word(before: &str) -> String {
    let before = before.trim_end_matches([' ', '\u{a0}', '-', '\u{2013}']);
    before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase()
}

fn is_after_date(before: &str) -> bool {
    let last = last_word(before);
    if last == "of" {
        let before = before.trim_end();
        return PARTS_OF_YEARS.contains(&last_word(&before[..before.len() - 2]).as_str());
    }
    BEFORE_YEARS.contains(&last.as_str())
}

fn is_before_date(after: &str) -> bool {
    let next = after.strip_prefix(['\'', '’', ' ', '\u{a0}', '-']).map(word).unwrap_or_default();
    AFTER_YEARS.contains(&next.to_lowercase().as_str())
}

/// `2021 to 2022`, `2017, 2021 and 2025`: a year next to one that stands in the context of a date.
fn is_beside_year(before: &str, after: &str, facts: &Facts<'_>) -> bool {
    const BETWEEN: [&str; 9] = ["-", "\u{2013}", "/", ", ", " and ", " to ", " и ", " до ", " or "];
    let is_near = |text: &str| {
        let year = text.parse().ok();
        let first = facts.first_day.map_or(facts.last_day.year(), |day| day.year());
        year.is_some_and(|year: i16| (first..=facts.last_day.year()).contains(&year))
    };
    let next = BETWEEN.iter().find_map(|between| after.strip_prefix(between));
    let next = next.filter(|next| is_near(digits(next))).is_some_and(|next| is_before_date(&next[4..]));
    let previous = BETWEEN.iter().find_map(|between| before.strip_suffix(between));
    let start = |text: &str| text.len().checked_sub(4).filter(|start| text.is_char_boundary(*start));
    let previous = previous.and_then(|text| Some(text.split_at(start(text)?)));
    next || previous.is_some_and(|(head, year)| is_near(year) && is_after_date(head))
}

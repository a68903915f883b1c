//! Digits in prose that are no numbers: dates within the data, timeframes, "20-week", indicator names with
//! parameters in use, ids that exist, "of 100". Nothing but these forms: whatever else holds a digit is checked.

mod dates;
mod indicators;
mod years;

use super::facts::Facts;
use super::numerals;

pub(super) use years::is_year;

/// What stands at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Not to be checked, up to this byte.
    Until(usize),
    /// A date that the data does not reach, up to this byte.
    OutOfRange(usize),
}

/// Timeframes as they are written, and the window of `stats.extremes`.
const TIMEFRAMES: [&str; 10] = ["1M", "1w", "1W", "1d", "1D", "4h", "4H", "1h", "1H", "52w"];

/// Units of a window, and how many days one has; 0 for a bar of the data.
const UNITS: [(&str, u64); 23] = [
    ("hour", 0),
    ("hours", 0),
    ("hourly", 0),
    ("day", 1),
    ("days", 1),
    ("daily", 1),
    ("week", 7),
    ("weeks", 7),
    ("weekly", 7),
    ("month", 30),
    ("months", 30),
    ("monthly", 30),
    ("quarter", 91),
    ("quarters", 91),
    ("year", 365),
    ("years", 365),
    ("yearly", 365),
    ("bar", 0),
    ("bars", 0),
    ("candle", 0),
    ("candles", 0),
    ("period", 0),
    ("periods", 0),
];

/// The same by their stems, for a language that inflects.
const STEMS: [(&str, u64); 7] =
    [("часов", 0), ("дневн", 1), ("недельн", 7), ("месячн", 30), ("летн", 365), ("баров", 0), ("свечн", 0)];

/// The mask that starts at `at`, which is the first character of a word or number.
pub(super) fn at(text: &str, at: usize, facts: &Facts<'_>) -> Option<Mask> {
    let rest = text.get(at..)?;
    if let Some(date) = dates::at(rest, at, facts) {
        return Some(date);
    }
    let end = if rest.starts_with(|c: char| c.is_ascii_digit()) {
        dates::clock(rest)
            .or_else(|| timeframe(rest))
            .or_else(|| window(rest, digits(rest).len(), facts))
            .or_else(|| indicators::parameter_before_name(rest))
            .or_else(|| of_hundred(&text[..at], rest))
            .or_else(|| symbol(rest, facts))
    } else {
        symbol(rest, facts)
            .or_else(|| id(rest, facts))
            .or_else(|| indicators::name(rest))
            .or_else(|| indicators::asked(rest, facts.evidence.tools))
            .or_else(|| dates::quarter(rest))
            .or_else(|| window(rest, numerals::read(rest)?.length, facts))
            .or_else(|| of_a_hundred(&text[..at], rest))
    };
    end.map(|end| Mask::Until(at + end))
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    &text[..end]
}

fn letters(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    &text[..end]
}

fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

fn is_break(rest: &str) -> bool {
    !rest.starts_with(char::is_alphanumeric)
}

/// Whether a number goes on after its digits: `,000`, `.5`, ` 000`.
fn goes_on(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some(',' | '.' | '\'') => chars.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) if c.is_whitespace() => digits(chars.as_str()).len() == 3,
        _ => false,
    }
}

/// `4h`, `1M`, `52w`.
fn timeframe(rest: &str) -> Option<usize> {
    let name = word(rest);
    TIMEFRAMES.contains(&name).then_some(name.len())
}

/// `20-week`, `twenty-week`: a window that the data's history holds, `count` bytes of number before its unit.
fn window(rest: &str, count: usize, facts: &Facts<'_>) -> Option<usize> {
    let unit = word(rest.get(count..)?.strip_prefix('-')?);
    let name = unit.to_lowercase();
    let exact = UNITS.iter().find(|(known, _)| *known == name);
    let (_, days) = exact.or_else(|| STEMS.iter().find(|(stem, _)| name.starts_with(stem)))?;
    let number = rest.get(..count)?;
    let number = match number.parse::<u64>() {
        Ok(number) => number,
        Err(_) => numerals::read(number)?.whole()?,
    };
    let held = if *days == 0 { facts.bars } else { facts.days / days };
    // the bar in progress is part of a window too
    (1..=held + 1).contains(&number).then_some(count + 1 + unit.len())
}

/// `42 of 100`: odds are told so.
fn of_hundred(before: &str, rest: &str) -> Option<usize> {
    let whole = digits(rest) == "100" && is_break(&rest[3..]) && !goes_on(&rest[3..]);
    (whole && !rest[3..].trim_start().starts_with('%') && is_after_share(before)).then_some(3)
}

/// `42 of a hundred`.
fn of_a_hundred(before: &str, rest: &str) -> Option<usize> {
    let number = numerals::read(rest).filter(|number| number.whole() == Some(100))?;
    is_after_share(before).then_some(number.length)
}

/// Whether a number and `of` stand before.
fn is_after_share(before: &str) -> bool {
    let before = before.trim_end();
    let share = [" out of", " of", " из", "/"].iter().find_map(|of| before.strip_suffix(of));
    share.is_some_and(|share| share.trim_end().ends_with(|c: char| c.is_ascii_digit()))
}

/// The symbol's own name, or the part of it before the quote currency, where it holds digits.
fn symbol(rest: &str, facts: &Facts<'_>) -> Option<usize> {
    let name = word(rest);
    let is_own = name == facts.evidence.ohlcv.symbol.as_str() || name == facts.base;
    (name.chars().any(char::is_alphabetic) && is_own).then_some(name.len())
}

/// `o1`, `S1`, `H2`: an observation, a zone, a swing.
fn id(rest: &str, facts: &Facts<'_>) -> Option<usize> {
    let name = word(rest);
    let data = facts.evidence.ohlcv;
    let observation = name.strip_prefix(['o', 'O']).and_then(|number| number.parse().ok());
    let known = observation.is_some_and(|number: usize| (1..=facts.observations).contains(&number))
        || data.levels.iter().any(|level| level.id == name)
        || data.swings.list.iter().any(|swing| swing.id == name);
    known.then_some(name.len())
}

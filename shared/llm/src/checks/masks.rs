//! Digits in prose that are no numbers: dates within the data, timeframes, "20-week", indicator names with
//! parameters in use, ids that exist, "of 100".

use jiff::civil::Date;

use super::facts::Facts;

/// What stands at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Not to be checked, up to this byte.
    Until(usize),
    /// A date that the data does not reach, up to this byte.
    OutOfRange(usize),
}

/// Names with their parameters as the artifact computes them; longer names before their prefixes.
const INDICATORS: [(&str, &[&str]); 13] = [
    ("bollinger", &["20", "2"]),
    ("macd", &["12", "26", "9"]),
    ("rvol", &["20"]),
    ("ema", &["20", "50", "200"]),
    ("sma", &["20"]),
    ("rsi", &["14"]),
    ("atr", &["14"]),
    ("adx", &["14"]),
    ("dmi", &["14"]),
    ("pdi", &["14"]),
    ("mdi", &["14"]),
    ("bb", &["20", "2"]),
    ("di", &["14"]),
];

const UNITS: [&str; 14] = [
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "bar",
    "candle",
    "period",
    "недел",
    "днев",
    "месяч",
    "час",
    "летн",
];

const MONTHS: [&str; 36] = [
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
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// The mask that starts at `at`, which is the first character of a word or number.
pub(super) fn at(text: &str, at: usize, facts: &Facts<'_>) -> Option<Mask> {
    let rest = text.get(at..)?;
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return iso_date(rest, at, facts).or_else(|| {
            let end = clock(rest)
                .or_else(|| span_of_bars(rest))
                .or_else(|| day_before_month(rest))
                .or_else(|| parameter_before_name(rest))
                .or_else(|| of_hundred(&text[..at], rest))
                .or_else(|| symbol(rest, facts))?;
            Some(Mask::Until(at + end))
        });
    }
    let end = symbol(rest, facts)
        .or_else(|| id(rest, facts))
        .or_else(|| indicator(rest))
        .or_else(|| month_before_day(rest))?;
    Some(Mask::Until(at + end))
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

/// `2026-04`, `2026-04-20`, `2026-04-29T20:00`, with seconds and zone or not.
fn iso_date(rest: &str, at: usize, facts: &Facts<'_>) -> Option<Mask> {
    let part = |from: usize, length: usize| {
        let part = rest.get(from..from + length)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
    };
    let (year, month) = (part(0, 4)?, part(5, 2)?);
    if rest.get(4..5) != Some("-") || digits(rest).len() != 4 || digits(&rest[5..]).len() != 2 {
        return None;
    }
    let mut end = 7;
    let mut day = "1";
    if rest.get(7..8) == Some("-")
        && let Some(digits_of_day) = part(8, 2)
    {
        day = digits_of_day;
        end = 10;
        if rest.get(10..11) == Some("T")
            && let Some(time) = rest.get(11..).and_then(clock)
        {
            end = 11 + time;
        }
    }
    if !is_break(&rest[end..]) {
        return None;
    }
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    let is_month = end == 7;
    let inside = date.is_some_and(|date| {
        let early =
            facts.first_day.is_some_and(|first| date < if is_month { first.first_of_month() } else { first });
        !early && date <= facts.last_day
    });
    Some(if inside { Mask::Until(at + end) } else { Mask::OutOfRange(at + end) })
}

/// `04:00`, `20:00:59`, `20:00Z`.
fn clock(rest: &str) -> Option<usize> {
    let hour = digits(rest);
    let mut end = hour.len();
    if hour.is_empty() || end > 2 {
        return None;
    }
    let mut pairs = 0;
    while rest[end..].starts_with(':') && digits(&rest[end + 1..]).len() == 2 {
        end += 3;
        pairs += 1;
    }
    if rest[end..].starts_with('Z') {
        end += 1;
    }
    ((1..=2).contains(&pairs) && is_break(&rest[end..])).then_some(end)
}

/// `4h`, `1M`, `52w`, `20-week`.
fn span_of_bars(rest: &str) -> Option<usize> {
    let count = digits(rest).len();
    if count > 3 {
        return None;
    }
    let after = &rest[count..];
    if after.starts_with(['M', 'w', 'W', 'd', 'D', 'h', 'H', 'y']) && is_break(&after[1..]) {
        return Some(count + 1);
    }
    let unit = letters(after.strip_prefix('-')?).to_lowercase();
    let known = UNITS.iter().any(|name| unit.starts_with(name));
    known.then(|| count + 1 + letters(&after[1..]).len())
}

fn is_month(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_name = MONTHS.contains(&lower.as_str());
    // "may" and "march" are verbs too
    is_name && (!name.is_ascii() || name.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// `20 April`, `20th of April`.
fn day_before_month(rest: &str) -> Option<usize> {
    let day = digits(rest);
    if !is_day(day) {
        return None;
    }
    let mut after = &rest[day.len()..];
    for ordinal in ["st", "nd", "rd", "th"] {
        after = after.strip_prefix(ordinal).unwrap_or(after);
    }
    let after = after.strip_prefix(' ')?;
    let after = after.strip_prefix("of ").unwrap_or(after);
    let name = letters(after);
    is_month(name).then(|| rest.len() - after.len() + name.len())
}

/// `April 20`, `Apr 20th`.
fn month_before_day(rest: &str) -> Option<usize> {
    let name = letters(rest);
    if !is_month(name) {
        return None;
    }
    let day = digits(rest[name.len()..].trim_start_matches('.').strip_prefix(' ')?);
    let end = rest[name.len()..].find(day)? + name.len() + day.len();
    let after = &rest[end..];
    let goes_on = after.starts_with([',', '.']) && !digits(&after[1..]).is_empty();
    (is_day(day) && !goes_on && !after.starts_with(|c: char| c.is_ascii_digit())).then_some(end)
}

fn is_day(text: &str) -> bool {
    text.len() <= 2 && text.parse().is_ok_and(|day: u8| (1..=31).contains(&day))
}

/// `50 EMA`, `14-RSI`.
fn parameter_before_name(rest: &str) -> Option<usize> {
    let parameter = digits(rest);
    let name = letters(rest[parameter.len()..].strip_prefix([' ', '-'])?);
    let (_, known) = INDICATORS.iter().find(|(indicator, _)| name.eq_ignore_ascii_case(indicator))?;
    known.contains(&parameter).then_some(parameter.len())
}

/// `42 of 100`: odds are told so.
fn of_hundred(before: &str, rest: &str) -> Option<usize> {
    let before = before.trim_end();
    let scale = before.ends_with(" of") || before.ends_with(" из") || before.ends_with('/');
    (scale && digits(rest) == "100" && !rest[3..].starts_with([',', '.', '%'])).then_some(3).or_else(|| {
        // a full stop ends a sentence, not a number
        let stops = rest
            .get(3..)
            .is_some_and(|after| after.starts_with(['.', ',']) && digits(&after[1..]).is_empty());
        (scale && digits(rest) == "100" && stops).then_some(3)
    })
}

/// The symbol's own name, or the part of it before the quote currency, where it holds digits.
fn symbol(rest: &str, facts: &Facts<'_>) -> Option<usize> {
    let name = word(rest);
    let data = facts.evidence.ohlcv;
    let symbol = data.symbol.as_str();
    let base = symbol.strip_suffix(data.price_unit.as_str()).unwrap_or(symbol);
    (name.chars().any(char::is_alphabetic) && (name == symbol || name == base)).then_some(name.len())
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

/// `EMA20`, `EMA 20`, `EMA(20)`, `EMA20/50`, `MACD (12, 26, 9)`.
fn indicator(rest: &str) -> Option<usize> {
    let (name, known) = INDICATORS.iter().find(|(name, _)| {
        rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
            && !rest[name.len()..].starts_with(char::is_alphabetic)
    })?;
    let mut end = name.len();
    for bands in [" bands", " Bands"] {
        if rest[end..].starts_with(bands) {
            end += bands.len();
        }
    }
    let after = &rest[end..];
    let open = after.trim_start_matches(' ');
    if let Some(list) = open.strip_prefix('(') {
        let (list, _) = list.split_once(')')?;
        let in_use = list.split([',', '/', ';']).all(|parameter| known.contains(&parameter.trim()));
        return in_use.then(|| end + (after.len() - open.len()) + list.len() + 2);
    }
    let mut from = end + usize::from(after.starts_with([' ', '-', '_']));
    loop {
        let parameter = digits(&rest[from..]);
        let after = &rest[from + parameter.len()..];
        let goes_on = after.starts_with([',', '.']) && !digits(&after[1..]).is_empty();
        if !known.contains(&parameter) || goes_on || after.trim_start().starts_with('%') {
            return (from > end + 1).then(|| from - 1).filter(|end| rest[*end..].starts_with('/'));
        }
        end = from + parameter.len();
        if !after.starts_with('/') {
            return Some(end);
        }
        from = end + 1;
    }
}

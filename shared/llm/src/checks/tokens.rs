//! Numbers in prose, as people write them: sign, thousands by comma, dot or space, decimal dot or comma, %, k, x,
//! and words.

use rust_decimal::Decimal;

use super::numerals;
use super::units::{Assets, CURRENCIES, SPACES, Unit, is_compared, is_place, is_point, unit};

/// One way to read a number. It stands for all values that round to it at its last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) value: Decimal,
    /// Decimals written; below zero for thousands: `79.5k` has -2.
    pub(super) scale: i32,
}

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Byte range in the text: sign, digits, `k`.
    pub(super) start: usize,
    pub(super) end: usize,
    /// `Some(true)` for a minus, `Some(false)` for a plus.
    pub(super) minus: Option<bool>,
    /// All ways to read it; none if it is no number that can be held.
    pub(super) readings: Vec<Reading>,
    pub(super) unit: Unit,
    /// Nothing but digits, and nothing that measures beside them: a year, a count.
    pub(super) is_plain: bool,
    /// For digits grouped by spaces: the numbers they are without grouping.
    pub(super) parts: Vec<Token>,
}

/// The number whose first digit stands at `at`.
pub(super) fn read(text: &str, at: usize, assets: &Assets<'_>) -> Token {
    read_grouped(text, at, assets, true)
}

/// The number whose first word stands at `at`. Words up to twelve that measure nothing are words.
pub(super) fn in_words(text: &str, at: usize, assets: &Assets<'_>) -> Option<Token> {
    let numeral = numerals::read(text.get(at..)?)?;
    let end = at + numeral.length;
    let rest = &text[end..];
    let is_few = numeral.whole().is_some_and(|value| value <= 12) && numeral.scale == 0;
    let unit = match unit(rest, assets) {
        // "rejected three times" counts
        Unit::Times if is_few && !is_compared(rest) => Unit::None,
        unit => unit,
    };
    if is_few && unit == Unit::None && !is_point(rest) {
        return None;
    }
    let reading = numeral.value.map(|value| Reading { value, scale: numeral.scale });
    Some(Token {
        start: at,
        end,
        minus: None,
        readings: reading.into_iter().collect(),
        unit,
        is_plain: false,
        parts: Vec::new(),
    })
}

fn read_grouped(text: &str, at: usize, assets: &Assets<'_>, by_space: bool) -> Token {
    let head_end = digits_end(text, at);
    let (separator, groups_end, groups) = grouping(text, at, head_end, by_space);
    let grouped = groups > 0;
    let (fraction, mut end) = fraction(text, groups_end, separator);
    let whole: String = text[at..groups_end].chars().filter(char::is_ascii_digit).collect();

    let mut readings = Vec::new();
    readings.extend(reading(&whole, fraction));
    if separator == Some(',') && groups == 1 && fraction.is_empty() && !text[..groups_end].ends_with('0') {
        // 47,305 may be forty-seven thousand or forty-seven; 42,000 is never forty-two
        readings.extend(reading(&text[at..head_end], &text[head_end + 1..groups_end]));
    }
    let is_canonical = whole.len() == 1 || !whole.starts_with('0');
    let mut is_plain = !grouped && fraction.is_empty() && is_canonical;
    if let Some(length) = exponent(&text[end..]) {
        readings.clear();
        end += length;
        is_plain = false;
    }
    if let Some((power, length)) = numerals::multiplier(&text[end..]) {
        end += length;
        is_plain = false;
        readings = readings.iter().filter_map(|r| times_ten_to(*r, power)).collect();
    }
    let (start, minus, money) = sign(text, at);
    let rest = &text[end..];
    let unit = if money { Unit::Money } else { unit(rest, assets) };
    let unit =
        if unit == Unit::None && !is_small(&readings) && is_place(&text[..at]) { Unit::Level } else { unit };
    let stands_alone = !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') && !goes_on(rest);
    is_plain &= unit == Unit::None && stands_alone && !is_point(rest);
    let parts = match separator {
        Some(space) if SPACES.contains(&space) => split(text, at, end, assets),
        _ => Vec::new(),
    };
    Token { start, end, minus, readings, unit, is_plain, parts }
}

/// What may count something instead, as in "support at 2 levels".
fn is_small(readings: &[Reading]) -> bool {
    readings.iter().all(|reading| reading.scale == 0 && reading.value <= Decimal::from(12))
}

fn digits_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    at + rest.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn digits_at(text: &str, at: usize) -> usize {
    digits_end(text, at) - at
}

/// Groups of exactly three digits after one to three: their separator, where they end, and how many they are.
fn grouping(text: &str, at: usize, head_end: usize, by_space: bool) -> (Option<char>, usize, usize) {
    let next = text[head_end..].chars().next();
    let Some(separator) = next.filter(|c| matches!(c, ',' | '.' | '\'') || (by_space && SPACES.contains(c)))
    else {
        return (None, head_end, 0);
    };
    if head_end - at > 3 {
        return (None, head_end, 0);
    }
    let (mut end, mut groups) = (head_end, 0);
    while text[end..].starts_with(separator) && digits_at(text, end + separator.len_utf8()) == 3 {
        end += separator.len_utf8() + 3;
        groups += 1;
    }
    // one group after a dot is a decimal part
    if groups == 0 || (separator == '.' && groups < 2) {
        return (None, head_end, 0);
    }
    (Some(separator), end, groups)
}

/// The digits after the decimal sign, and where the number ends.
fn fraction(text: &str, at: usize, separator: Option<char>) -> (&str, usize) {
    let Some(sign) = text[at..].chars().next().filter(|c| matches!(c, '.' | ',') && Some(*c) != separator)
    else {
        return ("", at);
    };
    let from = at + sign.len_utf8();
    let end = digits_end(text, from);
    if end == from { ("", at) } else { (&text[from..end], end) }
}

fn reading(whole: &str, fraction: &str) -> Option<Reading> {
    let value = Decimal::from_str_exact(&if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    });
    Some(Reading { value: value.ok()?, scale: i32::try_from(fraction.len()).ok()? })
}

fn times_ten_to(reading: Reading, power: u32) -> Option<Reading> {
    let value = reading.value.checked_mul(Decimal::from(10_u64.checked_pow(power)?))?;
    Some(Reading { value, scale: reading.scale - i32::try_from(power).ok()? })
}

/// Whether letters are part of the number: `900D`, but not the ending of an ordinal.
fn goes_on(rest: &str) -> bool {
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    end > 0 && !["st", "nd", "rd", "th"].contains(&&rest[..end])
}

/// Bytes of an exponent, `e4`.
fn exponent(rest: &str) -> Option<usize> {
    let power = rest.strip_prefix(['e', 'E'])?.trim_start_matches(['+', '-']);
    let start = rest.len() - power.len();
    let digits = digits_at(rest, start);
    (digits > 0).then_some(start + digits)
}

/// Where the number starts with its sign, the sign, and whether a currency sign stands before it. A dash
/// between two numbers is no sign.
fn sign(text: &str, at: usize) -> (usize, Option<bool>, bool) {
    let mut before = &text[..at];
    let bare = before.trim_end_matches(CURRENCIES);
    let money = bare.len() < before.len();
    before = bare;
    let Some(last) = before.chars().next_back() else { return (at, None, money) };
    let minus = matches!(last, '-' | '\u{2212}');
    if !minus && last != '+' {
        return (at, None, money);
    }
    let start = before.len() - last.len_utf8();
    let free = text[..start].chars().next_back().is_none_or(|c| c.is_whitespace() || "([:~≈=<>".contains(c));
    if free { (start, Some(minus), money) } else { (at, None, money) }
}

fn split(text: &str, at: usize, end: usize, assets: &Assets<'_>) -> Vec<Token> {
    let mut parts = Vec::new();
    let mut from = at;
    while from < end {
        if text.as_bytes().get(from).is_some_and(u8::is_ascii_digit) {
            let part = read_grouped(text, from, assets, false);
            from = part.end.max(from + 1);
            parts.push(part);
        } else {
            from += text[from..].chars().next().map_or(1, char::len_utf8);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSETS: Assets<'_> = Assets { quote: "USDT", base: "BTC" };

    fn one(text: &str) -> Token {
        read(text, text.find(|c: char| c.is_ascii_digit()).unwrap(), &ASSETS)
    }

    fn values(text: &str) -> Vec<String> {
        one(text).readings.iter().map(|r| r.value.normalize().to_string()).collect()
    }

    #[test]
    fn thousands_and_decimals_are_read_as_they_are_written() {
        assert_eq!(values("78,657.55"), ["78657.55"]);
        assert_eq!(values("107,255."), ["107255", "107.255"]);
        assert_eq!(values("42,000"), ["42000"]);
        assert_eq!(values("1,107,255"), ["1107255"]);
        assert_eq!(values("78 657.55"), ["78657.55"]);
        assert_eq!(values("78\u{a0}657,55"), ["78657.55"]);
        assert_eq!(values("78.657.550"), ["78657550"]);
        assert_eq!(values("47,3"), ["47.3"]);
        assert_eq!(values("47.3,"), ["47.3"]);
        assert_eq!(values("60000, 1"), ["60000"]);
        assert_eq!(values("79.5k"), ["79500"]);
        assert_eq!(one("79.5k").readings[0].scale, -2);
        assert_eq!(values("1e5"), Vec::<String>::new());
        assert_eq!(values(&"9".repeat(60)), Vec::<String>::new());
    }

    #[test]
    fn a_dash_between_numbers_is_no_sign() {
        assert_eq!(one("-3.5").minus, Some(true));
        assert_eq!(one("by \u{2212}3.5").minus, Some(true));
        assert_eq!(one("(+3.5)").minus, Some(false));
        assert_eq!(one("a-3").minus, None);
        let text = "70,079.99-74,508";
        assert_eq!(read(text, 10, &ASSETS).minus, None);
    }

    #[test]
    fn units_are_seen() {
        assert_eq!(one("3.47 %").unit, Unit::Percent);
        assert_eq!(one("3.47\u{a0}percent").unit, Unit::Percent);
        assert_eq!(one("1.35x").unit, Unit::Times);
        assert_eq!(one("1.2 ATR14").unit, Unit::Atr);
        assert_eq!(one("$78k").unit, Unit::Money);
        assert_eq!(one("78000 USDT").unit, Unit::Money);
        assert_eq!(one("78000").unit, Unit::None);
    }

    #[test]
    fn digits_grouped_by_spaces_may_be_numbers_in_a_row() {
        let token = one("38 300 bars");
        assert_eq!(token.readings[0].value, Decimal::from(38_300));
        let parts: Vec<Decimal> = token.parts.iter().map(|part| part.readings[0].value).collect();
        assert_eq!(parts, [Decimal::from(38), Decimal::from(300)]);
    }
}

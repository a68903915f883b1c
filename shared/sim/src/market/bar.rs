//! A bar in integers: prices and amounts count hundred-millionths, the exchange's eight decimals.

/// One in the integers of a bar.
pub(crate) const ONE: i128 = 100_000_000;

/// A bar. Times are milliseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) open_ms: i64,
    pub(crate) close_ms: i64,
    pub(crate) open: i64,
    pub(crate) high: i64,
    pub(crate) low: i64,
    pub(crate) close: i64,
    pub(crate) volume: i128,
    pub(crate) quote: i128,
    pub(crate) trades: u64,
    pub(crate) taker_base: i128,
    pub(crate) taker_quote: i128,
}

/// The integer as the exchange prints it, with eight decimals.
pub(crate) fn print(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    let one = ONE.unsigned_abs();
    format!("{sign}{}.{:08}", value / one, value % one)
}

/// The integer behind a decimal of at most eight decimals; `None` for anything else.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 20 || fraction.len() > 8 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let missing = u32::try_from(8 - fraction.len()).ok()?;
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? };
    Some(whole.parse::<i128>().ok()? * ONE + fraction * 10_i128.pow(missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_survive_both_ways() {
        for text in ["78657.55000000", "0.00001234", "0.00000001", "118780445.21600000"] {
            assert_eq!(print(parse(text).unwrap()), text);
        }
        assert_eq!(parse("0.01"), Some(1_000_000));
        for bad in ["", ".5", "-1", "1e5", "1.123456789", "1,5"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}

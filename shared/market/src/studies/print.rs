//! How answers print numbers: as the artifact of candles does.

use domain::number::{from_f64, trimmed};
use domain::tool::Unit;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::artifact::format;

/// A computed value; `step` is that of price-like ones. `None` for what is no number, and what 28 digits cannot hold.
pub(super) fn value(value: f64, unit: Unit, step: Decimal) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    let text = match unit {
        Unit::Price | Unit::Spread => format::stepped(value, step),
        Unit::Oscillator => fixed(value, 1),
        Unit::Percent => fixed(value, 2),
        Unit::Count => fixed(value, 0),
        Unit::Ratio | Unit::Volume => significant(from_f64(value)?),
    };
    // what no decimal can hold could not be cited
    Decimal::from_str_exact(&text).is_ok().then_some(text)
}

/// So many decimals, never a negative zero.
fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// Four significant digits.
pub(super) fn significant(value: Decimal) -> String {
    let rounded = value.round_sf_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    trimmed(rounded.unwrap_or(value))
}

/// A price on the tick.
pub(super) fn on_tick(value: Decimal, tick: Decimal) -> String {
    trimmed(value.round_dp(tick.normalize().scale().min(18)))
}

/// A percent to four decimals, two beyond which funding is told.
pub(super) fn percent(value: Decimal) -> String {
    trimmed(value.round_dp(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_has_its_digits_and_no_value_is_no_number() {
        let print = |value: f64, unit| super::value(value, unit, Decimal::new(1, 2));
        assert_eq!(print(84.516, Unit::Price).as_deref(), Some("84.52"));
        assert_eq!(print(-0.04, Unit::Oscillator).as_deref(), Some("0.0"));
        assert_eq!(print(-0.06, Unit::Oscillator).as_deref(), Some("-0.1"));
        assert_eq!(print(1.005, Unit::Percent).as_deref(), Some("1.00"));
        assert_eq!(print(-1.0, Unit::Count).as_deref(), Some("-1"));
        assert_eq!(print(0.000_123_456, Unit::Ratio).as_deref(), Some("0.0001235"));
        assert_eq!(print(123_456.7, Unit::Volume).as_deref(), Some("123500"));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e40] {
            assert_eq!(print(bad, Unit::Price), None);
        }
    }
}

//! How numbers are printed.

use domain::number::{from_f64, trimmed};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::indicators::Scale;

/// A price of the exchange: its digits less trailing zeros.
pub(crate) fn price(value: Decimal) -> String {
    trimmed(value)
}

/// A volume: four significant digits.
pub(crate) fn volume(value: Decimal) -> String {
    let rounded = value.round_sf_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    trimmed(rounded.unwrap_or(value))
}

/// Step of price-like indicators: five significant digits of the close, but no finer than the tick.
pub(crate) fn step(close: Decimal, tick: Decimal) -> Decimal {
    let close = close.normalize();
    let Some(digits) = close.mantissa().unsigned_abs().checked_ilog10() else {
        return tick;
    };
    let exponent = i64::from(digits) - i64::from(close.scale()) - 4;
    let size = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
    let step = if exponent < 0 {
        Decimal::try_new(1, size).ok()
    } else {
        10_i64.checked_pow(size).map(Decimal::from)
    };
    step.map_or(tick, |step| step.max(tick))
}

/// A price-like value as the nearest multiple of `step`; the float itself where that leaves the decimals.
pub(crate) fn stepped(value: f64, step: Decimal) -> String {
    let steps = (value / domain::number::to_f64(step)).round();
    let multiple = from_f64(steps).and_then(|steps| steps.checked_mul(step));
    multiple.map_or_else(|| value.to_string(), trimmed)
}

/// An indicator's cell; empty where it is absent.
pub(crate) fn cell(value: Option<f64>, scale: Scale, step: Decimal) -> String {
    match (value, scale) {
        (None, _) => String::new(),
        (Some(value), Scale::Price) => stepped(value, step),
        (Some(value), Scale::Oscillator) => format!("{value:.1}"),
        (Some(value), Scale::Ratio) => format!("{value:.2}"),
    }
}

/// A percent with one decimal, never a negative zero.
pub(crate) fn percent(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn the_step_is_ten_to_the_floor_of_the_logarithm_less_four() {
        for (close, tick, expected) in [
            ("78657.55", "0.01", "1"),
            ("100000", "0.01", "10"),
            ("99999.99", "0.01", "1"),
            ("84.51", "0.01000000", "0.01"),
            ("1000", "0.01", "0.1"),
            ("0.00001234", "0.00000001", "0.00000001"),
            ("3100000", "1", "100"),
            ("0", "0.01", "0.01"),
        ] {
            assert_eq!(step(decimal(close), decimal(tick)), decimal(expected), "{close}");
        }
    }

    #[test]
    fn values_stand_on_their_step() {
        assert_eq!(stepped(77_929.094_857, decimal("1")), "77929");
        assert_eq!(stepped(-6_945.426_9, decimal("1")), "-6945");
        assert_eq!(stepped(-0.4, decimal("1")), "0");
        assert_eq!(stepped(3_141_592.0, decimal("100")), "3141600");
        assert_eq!(stepped(0.000_012_345_6, decimal("0.00000001")), "0.00001235");
        assert_eq!(stepped(1.26, decimal("0.05")), "1.25");
    }

    #[test]
    fn a_volume_has_four_significant_digits() {
        assert_eq!(volume(decimal("94938.12345678")), "94940");
        assert_eq!(volume(decimal("0.0123450")), "0.01235");
        assert_eq!(volume(decimal("12.00000000")), "12");
        assert_eq!(volume(decimal("0.00000000")), "0");
    }

    #[test]
    fn cells_have_the_decimals_of_their_scale() {
        assert_eq!(cell(Some(37.954_9), Scale::Oscillator, Decimal::ONE), "38.0");
        assert_eq!(cell(Some(0.873), Scale::Ratio, Decimal::ONE), "0.87");
        assert_eq!(cell(None, Scale::Price, Decimal::ONE), "");
        assert_eq!(percent(-0.04).to_string(), "0");
    }
}

//! Numbers as a chart prints them: thousands commas, the typographic minus.

use domain::number;
use rust_decimal::Decimal;

const MINUS: &str = "\u{2212}";

/// A price with the decimals of the tick.
pub(super) fn price(value: Decimal, tick: Decimal) -> String {
    number::grouped(&number::at_tick(value, tick)).replace('-', MINUS)
}

/// `value` with so many decimals.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    let text = if zero { text.trim_start_matches('-').to_owned() } else { text };
    number::grouped(&text).replace('-', MINUS)
}

/// As [`fixed`], a plus before what is not negative.
pub(super) fn signed(value: f64, step: Step) -> String {
    let text = step.print(value);
    if text.starts_with(MINUS) { text } else { format!("+{text}") }
}

/// The step in which price-like indicators are printed: 10^(floor(log10 close) - 4), at least the tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    exponent: i32,
}

impl Step {
    pub(super) fn of(close: f64, tick: Decimal) -> Self {
        let finest = -i32::try_from(tick.normalize().scale()).unwrap_or_default();
        if close > 0.0 && close.is_finite() {
            // floats of this size hold their integer logarithm well within an i32
            let exponent = close.log10().floor() as i32 - 4;
            return Self { exponent: exponent.max(finest) };
        }
        Self { exponent: finest }
    }

    pub(super) fn print(self, value: f64) -> String {
        if self.exponent > 0 {
            let unit = 10_f64.powi(self.exponent);
            return fixed((value / unit).round() * unit, 0);
        }
        fixed(value, usize::try_from(-self.exponent).unwrap_or_default())
    }
}

/// A volume in thousands, millions, billions: `94.9k`, `1.67M`.
pub(super) fn short(value: f64) -> String {
    let rounds_below = |unit: f64, limit: f64| value.abs() < unit * limit;
    if rounds_below(1.0, 999.95) {
        return fixed(value, 1);
    }
    if rounds_below(1e3, 999.95) {
        return format!("{}k", fixed(value / 1e3, 1));
    }
    if rounds_below(1e6, 999.995) {
        return format!("{}M", fixed(value / 1e6, 2));
    }
    format!("{}B", fixed(value / 1e9, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn indicators_are_printed_in_steps_of_the_price() {
        let tick = decimal("0.01");
        assert_eq!(Step::of(78_657.55, tick).print(77_929.094_855), "77,929");
        assert_eq!(Step::of(2_369.45, tick).print(2_782.81), "2,782.8");
        assert_eq!(Step::of(86.93, tick).print(90.8), "90.80");
        assert_eq!(Step::of(126_199.63, tick).print(68_243.47), "68,240");
        assert_eq!(Step::of(0.000_012_34, decimal("0.00000001")).print(0.000_012_349), "0.00001235");
        assert_eq!(signed(1_188.26, Step::of(78_657.55, tick)), "+1,188");
        assert_eq!(signed(-0.2, Step::of(78_657.55, tick)), "+0");
        assert_eq!(fixed(-6_945.4, 0), "\u{2212}6,945");
    }

    #[test]
    fn volumes_are_short_and_never_round_to_a_thousand() {
        assert_eq!(short(94_938.2), "94.9k");
        assert_eq!(short(417_612.0), "417.6k");
        assert_eq!(short(1_672_000.0), "1.67M");
        assert_eq!(short(999_960.0), "1.00M");
        assert_eq!(short(12.34), "12.3");
        assert_eq!(short(3_456_000_000.0), "3.46B");
    }
}

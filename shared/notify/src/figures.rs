//! Numbers as people read them: grouped, the tick's zeros kept, U+2212 for minus, a no-break space before `%`.

use domain::number;
use rust_decimal::{Decimal, RoundingStrategy};

const MINUS: &str = "\u{2212}";

/// A price in quote currency at the symbol's tick: `78,657.55`.
pub(crate) fn price(value: Decimal, tick: Decimal) -> String {
    minus(&number::grouped(&number::at_tick(value, tick)))
}

/// A decimal text of the artifact, grouped: `77929` is `77,929`. What is no decimal stays as it is.
pub(crate) fn printed(text: &str) -> String {
    match Decimal::from_str_exact(text) {
        Ok(_) => minus(&number::grouped(text)),
        Err(_) => text.to_owned(),
    }
}

/// As [`printed`], with a sign: `+1,188.3`.
pub(crate) fn signed(text: &str) -> String {
    match Decimal::from_str_exact(text) {
        Ok(value) if value > Decimal::ZERO => format!("+{}", number::grouped(text.trim_start_matches('+'))),
        _ => printed(text),
    }
}

/// Change from one price to another as a percent with sign and two decimals; `None` from nothing.
pub(crate) fn change(from: Decimal, to: Decimal) -> Option<Change> {
    let ratio = to.checked_sub(from)?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(from)?;
    Some(Change(ratio.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)))
}

/// A change in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change(Decimal);

impl Change {
    /// `−3.47 %`, with U+2212 and a no-break space.
    pub(crate) fn text(self) -> String {
        let sign = if self.0 > Decimal::ZERO { "+" } else { "" };
        let digits = number::grouped(&format!("{:.2}", self.0));
        format!("{sign}{}\u{a0}%", minus(&digits))
    }

    /// `up`, `down` or nothing: the class that carries the hue.
    pub(crate) fn class(self) -> &'static str {
        match self.0.cmp(&Decimal::ZERO) {
            std::cmp::Ordering::Greater => "up",
            std::cmp::Ordering::Less => "down",
            std::cmp::Ordering::Equal => "",
        }
    }
}

/// An amount of base currency: whole from 1,000 on, else at most four decimals.
pub(crate) fn volume(value: Decimal) -> String {
    let places = if value.abs() >= Decimal::ONE_THOUSAND { 0 } else { 4 };
    let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    minus(&number::grouped(&number::trimmed(rounded)))
}

/// `value` with at most `places` decimals, halves away from zero.
pub(crate) fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// A hyphen before digits made a minus.
pub(crate) fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("{MINUS}{rest}"),
        None => text.to_owned(),
    }
}

/// A number from a model's prose: a minus for its hyphen, commas where it has four digits or more and none.
pub(crate) fn written(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix(['-', '+', '\u{2212}']) {
        Some(rest) => (if text.starts_with('+') { "+" } else { MINUS }, rest),
        None => ("", text),
    };
    let bare = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if bare && Decimal::from_str_exact(digits).is_ok() {
        return format!("{sign}{}", number::grouped(digits));
    }
    format!("{sign}{}", digits.replace(" %", "\u{a0}%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn a_change_has_a_sign_two_decimals_and_a_no_break_space() {
        // 75928.1 / 78657.55 - 1 = -0.034700...; 78657.55 / 73801.79 - 1 = 0.065794...
        let falling = change(decimal("78657.55"), decimal("75928.1")).unwrap();
        assert_eq!(falling.text(), "\u{2212}3.47\u{a0}%");
        assert_eq!(falling.class(), "down");
        assert_eq!(change(decimal("73801.79"), decimal("78657.55")).unwrap().text(), "+6.58\u{a0}%");
        assert_eq!(change(decimal("5"), decimal("5")).unwrap().text(), "0.00\u{a0}%");
        assert_eq!(change(Decimal::ZERO, decimal("5")), None);
    }

    #[test]
    fn prices_keep_the_zeros_of_their_tick() {
        assert_eq!(price(decimal("75928.1"), decimal("0.01")), "75,928.10");
        assert_eq!(printed("77929"), "77,929");
        assert_eq!(printed("-5950"), "\u{2212}5,950");
        assert_eq!(signed("1188.3"), "+1,188.3");
        assert_eq!(printed("<b>"), "<b>");
        assert_eq!(volume(decimal("94938.10789000")), "94,938");
        assert_eq!(volume(decimal("0.12345")), "0.1235");
    }

    #[test]
    fn a_written_number_is_only_dressed() {
        assert_eq!(written("107255"), "107,255");
        assert_eq!(written("107,255"), "107,255");
        assert_eq!(written("-3.47 %"), "\u{2212}3.47\u{a0}%");
        assert_eq!(written("+34.4"), "+34.4");
        assert_eq!(written("38.0"), "38.0");
        assert_eq!(written("1 984,64"), "1 984,64");
    }
}

//! Whether a number in prose is one of the data, rounded from one, or reached from two.

use rust_decimal::Decimal;

use super::facts::Facts;
use super::known::{Kind, Known};
use super::scope::Numbers;
use super::tokens::{Reading, Token};
use super::units::Unit;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Equal, or rightly rounded.
    Verified { expected: String, reference: String },
    /// Reached from two numbers.
    Derived { how: String, reference: String },
    /// No number of the market: a small count.
    Exempt,
    /// None of these, with the nearest number where one is near.
    Wrong { nearest: String, reference: String },
}

/// Rounding keeps at least so many digits.
const DIGITS: usize = 3;

pub(super) fn judge(token: &Token, numbers: &Numbers, facts: &Facts<'_>) -> Verdict {
    if let Some(known) =
        numbers.all.iter().find(|known| fits_kind(token, known) && equals(token, known.value))
    {
        return verified(known);
    }
    if is_exempt(token, facts) {
        return Verdict::Exempt;
    }
    if let Some(known) = numbers.all.iter().find(|known| fits_kind(token, known) && rounds(token, known)) {
        return verified(known);
    }
    if let Some((how, reference)) = derive(token, numbers, facts) {
        return Verdict::Derived { how, reference };
    }
    nearest(token, numbers)
}

fn verified(known: &Known) -> Verdict {
    Verdict::Verified { expected: known.text.clone(), reference: known.reference.clone() }
}

/// A price is no percent, a percent no price, and "42.000" no share of 42.
fn fits_kind(token: &Token, known: &Known) -> bool {
    let is_coarse =
        matches!(known.kind, Kind::Percent | Kind::Oscillator | Kind::Odds | Kind::Count | Kind::Ratio);
    // unless the data prints as many decimals itself, as it does of funding
    let printed = i32::try_from(known.value.scale()).unwrap_or(i32::MAX);
    if is_coarse && token.readings.iter().all(|reading| reading.scale >= 3 && reading.scale > printed) {
        return false;
    }
    match token.unit {
        Unit::None => true,
        Unit::Percent => matches!(known.kind, Kind::Percent | Kind::Oscillator | Kind::Odds),
        Unit::Times => known.kind == Kind::Ratio,
        Unit::Money => matches!(known.kind, Kind::Price | Kind::Spread),
        Unit::Amount => known.kind == Kind::Volume,
        Unit::Level => known.kind == Kind::Price,
        Unit::Atr => false,
    }
}

/// The value as it is told: words such as "fell by" stand for a minus that is not written.
fn told(token: &Token, value: Decimal) -> Option<Decimal> {
    match token.minus {
        None => Some(value.abs()),
        Some(minus) => (value.is_sign_negative() == minus || value.is_zero()).then(|| value.abs()),
    }
}

fn equals(token: &Token, value: Decimal) -> bool {
    told(token, value).is_some_and(|value| token.readings.iter().any(|reading| reading.value == value))
}

fn rounds(token: &Token, known: &Known) -> bool {
    let Some(value) = told(token, known.value) else { return false };
    token.readings.iter().any(|reading| {
        let whole = known.kind == Kind::Oscillator && reading.scale >= 0 && is_nearest(reading, value, 0);
        // zeros at the end of 89,300 may be rounded or not
        let zeros = trailing_zeros(reading);
        let by_digits =
            (0..=zeros).any(|zeros| digits(reading, zeros) >= DIGITS && is_nearest(reading, value, zeros));
        whole || by_digits
    })
}

/// The step of a number's last digit, `zeros` digits up.
fn step(reading: &Reading, zeros: u32) -> Option<Decimal> {
    let places = reading.scale - i32::try_from(zeros).ok()?;
    let power = |n: u32| 10_i64.checked_pow(n).map(Decimal::from);
    if places >= 0 {
        Decimal::ONE.checked_div(power(places.unsigned_abs())?)
    } else {
        power(places.unsigned_abs())
    }
}

/// Whether `value` rounds to what is written.
fn is_nearest(reading: &Reading, value: Decimal, zeros: u32) -> bool {
    let distance = value.checked_sub(reading.value).map(|d| d.abs());
    let twice = distance.and_then(|d| d.checked_add(d));
    twice.zip(step(reading, zeros)).is_some_and(|(twice, step)| twice <= step)
}

/// Significant digits, without the last `zeros`.
fn digits(reading: &Reading, zeros: u32) -> usize {
    let steps = step(reading, zeros).and_then(|step| reading.value.checked_div(step));
    steps.map_or(0, |steps| steps.trunc().normalize().to_string().len())
}

fn trailing_zeros(reading: &Reading) -> u32 {
    if reading.scale > 0 || reading.value.is_zero() {
        return 0;
    }
    let text = reading.value.trunc().to_string();
    let zeros = text.len() - text.trim_end_matches('0').len();
    let written = usize::try_from(-reading.scale).unwrap_or(0);
    u32::try_from(zeros.saturating_sub(written)).unwrap_or(0)
}

/// 0 to 12 without a unit where such a number can be no price.
fn is_exempt(token: &Token, facts: &Facts<'_>) -> bool {
    let value = token.readings.first().map(|reading| reading.value);
    token.is_plain
        && token.minus.is_none()
        && value.is_some_and(|value| value <= Decimal::from(12))
        && facts.last_price.is_some_and(|price| price > Decimal::from(20))
}

/// The number as a difference, percent change, ratio, or difference in ATR14.
fn derive(token: &Token, numbers: &Numbers, facts: &Facts<'_>) -> Option<(String, String)> {
    numbers.pairs().find_map(|(a, b)| {
        let (how, value, decimals) = combine(token.unit, a, b, facts)?;
        let value = told(token, value)?;
        let hit = token.readings.iter().any(|reading| {
            let precise = digits(reading, 0) >= DIGITS || reading.scale >= decimals;
            (precise && is_nearest(reading, value, 0)) || reading.value == value
        });
        hit.then(|| (how, a.reference.clone()))
    })
}

/// What `a` against `b` is in `unit`, and with how many decimals two digits are enough. The fewer, the more
/// often a false number equals some pair by chance.
fn combine(unit: Unit, a: &Known, b: &Known, facts: &Facts<'_>) -> Option<(String, Decimal, i32)> {
    let (left, right) = (&a.reference, &b.reference);
    let alike = a.kind == b.kind;
    match unit {
        Unit::None | Unit::Money => {
            let money = matches!(a.kind, Kind::Price | Kind::Spread);
            let fits = alike && (unit == Unit::None || money);
            fits.then(|| Some((format!("{left} - {right}"), a.value.checked_sub(b.value)?, i32::MAX)))?
        }
        Unit::Percent if alike && matches!(a.kind, Kind::Percent | Kind::Odds) => {
            Some((format!("{left} - {right}"), a.value.checked_sub(b.value)?, 1))
        }
        Unit::Percent if alike => {
            let ratio = a.value.checked_div(b.value)?;
            let change = ratio.checked_sub(Decimal::ONE)?.checked_mul(Decimal::ONE_HUNDRED)?;
            Some((format!("{left} / {right} - 1"), change, 1))
        }
        Unit::Times if alike => Some((format!("{left} / {right}"), a.value.checked_div(b.value)?, 2)),
        Unit::Atr if alike && a.kind == Kind::Price => {
            let distance = a.value.checked_sub(b.value)?.checked_div(facts.atr?)?;
            Some((format!("({left} - {right}) / atr14"), distance, 1))
        }
        _ => None,
    }
}

/// What the data prints for a wrong number: at the address that the answer cited it from, or a number that differs
/// in one digit, or in a claim the one cited number near it. Any other would be a guess, and a guess is not the
/// data's value.
fn nearest(token: &Token, numbers: &Numbers) -> Verdict {
    let meant = token.readings.iter().find_map(|reading| numbers.meant(reading.value));
    let slip = || numbers.all.iter().find(|known| fits_kind(token, known) && is_slip(token, known));
    let near = || {
        let mut near = numbers.all.iter().filter(|known| fits_kind(token, known) && is_near(token, known));
        near.next().filter(|_| numbers.is_claim && near.next().is_none())
    };
    match meant.or_else(slip).or_else(near) {
        Some(known) => Verdict::Wrong { nearest: known.text.clone(), reference: known.reference.clone() },
        None => Verdict::Wrong { nearest: String::new(), reference: String::new() },
    }
}

/// The same digits but one, of at least four.
fn is_slip(token: &Token, known: &Known) -> bool {
    let value = known.value.abs().normalize().to_string();
    token.readings.iter().any(|reading| {
        let written = reading.value.normalize().to_string();
        let apart = written.chars().zip(value.chars()).filter(|(a, b)| a != b).count();
        written.len() == value.len() && value.len() >= 4 && apart == 1
    })
}

/// Within a tenth.
fn is_near(token: &Token, known: &Known) -> bool {
    let value = known.value.abs();
    token.readings.iter().any(|reading| {
        let distance = value.checked_sub(reading.value).and_then(|d| d.abs().checked_div(value));
        distance.is_some_and(|distance| distance <= Decimal::new(1, 1))
    })
}

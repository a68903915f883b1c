//! Decimals as the exchange prints them.

use rust_decimal::Decimal;

/// Longest decimal read; the exchange's have under 30 characters.
const LONGEST: usize = 40;

/// Longest text whose digits are read into an integer: it holds any 19.
const SHORT: usize = 19;

/// Digits with at most one point: no sign, exponent or separator. Every digit is kept, zeros at the end too.
pub(crate) fn read(text: &[u8]) -> Option<Decimal> {
    short(text).or_else(|| any(text))
}

/// The usual form, digits, a point and digits, in a few nanoseconds.
fn short(text: &[u8]) -> Option<Decimal> {
    if text.len() > SHORT {
        return None;
    }
    let (mut value, mut point) = (0_u64, None);
    for (place, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => value = value * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && place > 0 => point = Some(place),
            _ => return None,
        }
    }
    let scale = match point {
        Some(place) => u32::try_from(text.len() - place - 1).ok().filter(|digits| *digits > 0)?,
        None if text.is_empty() => return None,
        None => 0,
    };
    Some(Decimal::from_parts(value as u32, (value >> 32) as u32, 0, false, scale))
}

fn any(text: &[u8]) -> Option<Decimal> {
    let plain = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if !plain || text.len() > LONGEST {
        return None;
    }
    Decimal::from_str_exact(std::str::from_utf8(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_what_the_decimal_crate_reads() {
        for text in [
            "0",
            "0.00000001",
            "78657.55000000",
            "118780445.21600000",
            "9999999999999999999",
            "999999999.999999999",
            "1844674407370955161600.00000001",
            "007.10",
            "5.",
            ".5",
            ".",
            "",
            "1.2.3",
        ] {
            let crates_own = Decimal::from_str_exact(text).ok();
            let read = read(text.as_bytes());
            assert_eq!(read.map(|d| d.to_string()), crates_own.map(|d| d.to_string()), "{text}");
        }
        for text in ["-1", "+1", "1e5", "1_000", "1,5", "NaN", " 1", "\u{661}"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}

//! Decimals: exact text, JSON numbers, and how people read them.

use rust_decimal::Decimal;

/// The decimal's digits without trailing zeros, never in exponent form: `78657.55000000` is `78657.55`.
pub fn trimmed(value: Decimal) -> String {
    value.normalize().to_string()
}

/// The nearest float, through the decimal's text: exact to the last bit, which arithmetic on its parts is not.
pub fn to_f64(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The decimal a float's shortest text names; `None` for NaN, infinities and what 28 digits cannot hold.
pub fn from_f64(value: f64) -> Option<Decimal> {
    Decimal::from_str_exact(&value.to_string()).ok()
}

/// `value` with as many decimals as the symbol's tick has, zeros kept: `75928.1` at tick `0.01` is `75928.10`.
pub fn at_tick(value: Decimal, tick: Decimal) -> String {
    let scale = tick.normalize().scale().min(18);
    format!("{:.*}", scale as usize, value.round_dp(scale))
}

/// Thousands commas put into the integer part of a decimal text: `-78657.55` is `-78,657.55`.
pub fn grouped(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A decimal as a JSON number, by its shortest text. For answers of models, whose schema says `number`.
pub mod json {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes an integer where the value is one, else the nearest float.
    pub fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(*value) {
            Ok(whole) if value.fract().is_zero() => whole.serialize(serializer),
            _ => super::to_f64(*value).serialize(serializer),
        }
    }

    /// Reads any JSON number that 28 digits can hold.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        decimal(&number).ok_or_else(|| D::Error::custom(format!("{number} is out of range")))
    }

    /// The decimal a JSON number names.
    pub fn decimal(number: &serde_json::Number) -> Option<Decimal> {
        if let Some(whole) = number.as_i64() {
            return Some(Decimal::from(whole));
        }
        number.as_f64().and_then(super::from_f64)
    }
}

/// As [`json`], for a number or null.
pub mod json_option {
    use rust_decimal::Decimal;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the number or null.
    pub fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::json::serialize(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a number or null.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
        let Some(number) = Option::<serde_json::Number>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let value = super::json::decimal(&number);
        value.map(Some).ok_or_else(|| D::Error::custom(format!("{number} is out of range")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn prices_read_as_the_style_guide_prints_them() {
        assert_eq!(trimmed(decimal("60000.00000000")), "60000");
        assert_eq!(at_tick(decimal("75928.1"), decimal("0.01000000")), "75928.10");
        assert_eq!(grouped("78657.55"), "78,657.55");
        assert_eq!(grouped("-8134"), "-8,134");
        assert_eq!(grouped("126"), "126");
    }

    #[test]
    fn a_json_number_keeps_its_shortest_text() {
        #[derive(serde::Deserialize, serde::Serialize)]
        struct One(#[serde(with = "json")] Decimal);
        let one: One = serde_json::from_str("78657.55").unwrap();
        assert_eq!(one.0, decimal("78657.55"));
        assert_eq!(serde_json::to_string(&One(decimal("60000"))).unwrap(), "60000");
        assert!(serde_json::from_str::<One>("1e999999999").is_err());
    }
}

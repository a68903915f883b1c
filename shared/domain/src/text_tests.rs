//! Names and numbers as anybody may write them.

use rust_decimal::Decimal;

use crate::{Source, Symbol, Timeframe, number};

#[test]
fn any_text_is_answered() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(symbol) = text.parse::<Symbol>() {
            assert_eq!(symbol.to_string(), text);
            let key = symbol.key();
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'%' | b'-' | b'_');
            assert!(key.bytes().all(plain), "{key} names no folder above");
        }
        if let Ok(source) = text.parse::<Source>() {
            let written = source.to_string();
            assert_eq!(written.parse::<Source>().as_ref(), Ok(&source));
        }
        if let Ok(timeframe) = text.parse::<Timeframe>() {
            assert_eq!(timeframe.to_string(), text);
        }
        if let Ok(value) = text.parse::<Decimal>() {
            let _ = (number::grouped(&number::trimmed(value)), number::at_tick(value, value));
        }
        if let Ok(json) = serde_json::from_str::<serde_json::Number>(&text)
            && let Some(value) = number::json::decimal(&json)
        {
            assert!(!number::to_f64(value).is_nan());
        }
    });
}

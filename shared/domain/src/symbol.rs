use std::fmt;
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::text::is_hidden;

const LONGEST: usize = 32;
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// A symbol as the venue lists it, such as `BTCUSDT`. Not ASCII only: venues list names in other scripts.
/// NFC, at most 32 characters, none of them a separator, control, format or invisible character. Whether the venue
/// knows it is the venue's to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol(String);

/// Why a text cannot be a symbol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// No character at all.
    #[error("a symbol cannot be empty; name one such as BTCUSDT")]
    Empty,
    /// More than 32 characters.
    #[error("a symbol has at most {LONGEST} characters, this one has {0}")]
    TooLong(usize),
    /// A character that no venue uses and a path, a log or a page would take for something else.
    #[error("a symbol cannot hold {0:?} (separator, control, format or invisible character)")]
    Character(char),
    /// Equal-looking texts must be equal bytes.
    #[error("a symbol must be in Unicode normal form C")]
    NotNormalized,
}

impl Symbol {
    /// The symbol as the venue writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The symbol percent-encoded, for keys and file names.
    pub fn key(&self) -> String {
        utf8_percent_encode(&self.0, KEY).to_string()
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let count = text.chars().count();
        if count == 0 {
            return Err(SymbolError::Empty);
        }
        if count > LONGEST {
            return Err(SymbolError::TooLong(count));
        }
        if let Some(bad) = text.chars().find(|c| forbidden(*c)) {
            return Err(SymbolError::Character(bad));
        }
        if !text.nfc().eq(text.chars()) {
            return Err(SymbolError::NotNormalized);
        }
        Ok(Self(text.to_owned()))
    }
}

fn forbidden(c: char) -> bool {
    let group = c.general_category_group();
    matches!(group, GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other)
        || is_hidden(c)
        || matches!(c, '/' | '\\' | '.' | ':' | '%' | '?' | '#' | '&' | '<' | '>' | '"' | '\'')
}

impl TryFrom<String> for Symbol {
    type Error = SymbolError;

    fn try_from(text: String) -> Result<Self, SymbolError> {
        text.parse()
    }
}

impl From<Symbol> for String {
    fn from(symbol: Symbol) -> Self {
        symbol.0
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_name_in_another_script_is_a_symbol() {
        let symbol: Symbol = "币安人生USDT".parse().unwrap();
        assert_eq!(symbol.key(), "%E5%B8%81%E5%AE%89%E4%BA%BA%E7%94%9FUSDT");
    }

    #[test]
    fn what_a_path_or_a_terminal_would_obey_is_refused() {
        for bad in
            ["../x", "a b", "BTC\u{202e}USDT", "BTC\u{200b}USDT", "\u{1b}[31m", "a%2fb", "e\u{301}USDT", ""]
        {
            assert!(bad.parse::<Symbol>().is_err(), "{bad:?}");
        }
        // Default_Ignorable_Code_Point as DerivedCoreProperties.txt of Unicode 17 lists it
        for (first, last) in [
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x202a, 0x202e),
            (0x2060, 0x206f),
            (0x3164, 0x3164),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff0, 0xfff8),
            (0x1bca0, 0x1bca3),
            (0x1d173, 0x1d17a),
            (0xe0000, 0xe0fff),
        ] {
            for invisible in (first..=last).filter_map(char::from_u32) {
                let look_alike = format!("BTC{invisible}USDT");
                assert_eq!(look_alike.parse::<Symbol>(), Err(SymbolError::Character(invisible)));
            }
        }
        assert_eq!("A".repeat(33).parse::<Symbol>(), Err(SymbolError::TooLong(33)));
    }
}

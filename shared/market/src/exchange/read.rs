//! What the answers of all exchanges are made of: JSON, times, decimals as texts, names of assets.

use std::fmt;

use domain::Symbol;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

use super::decimal;
use super::error::{MarketError, stripped};

/// Longest name of an asset, and as much of a status; a symbol, which is made of two assets, has as many.
const LONGEST_NAME: usize = 32;
/// 2100-01-01T00:00:00Z: a later time is a misread field.
const LATEST_MS: i64 = 4_102_444_800_000;

/// A decimal that an exchange sends as text; `None` where the text is none. It is read from the answer's bytes as
/// they pass: most of an answer is such texts.
#[derive(Debug)]
pub(crate) struct Amount(pub(crate) Option<Decimal>);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(AmountVisitor)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a decimal as text")
    }

    fn visit_bytes<E: serde::de::Error>(self, text: &[u8]) -> Result<Amount, E> {
        Ok(Amount(decimal::read(text)))
    }
}

/// Reads an answer; `what` is what it should hold.
pub(crate) fn json<'a, T: Deserialize<'a>>(body: &'a [u8], what: &str) -> Result<T, MarketError> {
    serde_json::from_slice(body).map_err(|error| {
        let got = stripped(&String::from_utf8_lossy(body.get(..400).unwrap_or(body)));
        // the error's own text may quote the answer at length
        MarketError::unexpected(format!(
            "no {what} (line {}, column {}): {}",
            error.line(),
            error.column(),
            got.chars().take(120).collect::<String>()
        ))
    })
}

/// Milliseconds since 1970, if they are a time that can be meant.
pub(crate) fn time(ms: i64) -> Option<Timestamp> {
    let sensible = (0..LATEST_MS).contains(&ms);
    sensible.then(|| Timestamp::from_millisecond(ms).ok()).flatten()
}

/// As [`time`], of a field that has to be one.
pub(crate) fn instant(ms: i64) -> Result<Timestamp, MarketError> {
    time(ms).ok_or_else(|| MarketError::unexpected("a time that cannot be"))
}

/// A decimal from zero on, `what` it is.
pub(crate) fn amount(text: &str, what: &str) -> Result<Decimal, MarketError> {
    decimal::read(text.as_bytes()).ok_or_else(|| MarketError::unexpected(format!("no number for {what}")))
}

/// A decimal that may be below zero.
pub(crate) fn signed(text: &str, what: &str) -> Result<Decimal, MarketError> {
    match text.strip_prefix('-') {
        Some(rest) => amount(rest, what).map(|value| -value),
        None => amount(text, what),
    }
}

/// A fraction of a whole.
pub(crate) fn share(text: &str, what: &str) -> Result<Decimal, MarketError> {
    let is_share = |value: &Decimal| *value <= Decimal::ONE;
    let value = Some(amount(text, what)?).filter(is_share);
    value.ok_or_else(|| MarketError::unexpected(format!("over a whole of {what}")))
}

/// Prices and amounts of a side of a book, in its order.
pub(crate) fn levels(rows: &[[String; 2]]) -> Result<Vec<(Decimal, Decimal)>, MarketError> {
    rows.iter().map(|[price, size]| Ok((amount(price, "a price")?, amount(size, "an amount")?))).collect()
}

/// A step of prices or quantities.
pub(crate) fn step(text: Option<&str>, name: &str, symbol: &Symbol) -> Result<Decimal, MarketError> {
    let missing = || MarketError::unexpected(format!("{symbol} without a {name} above zero"));
    // no venue quotes finer than 18 decimals
    let is_sane = |value: &Decimal| *value > Decimal::ZERO && value.normalize().scale() <= 18;
    text.and_then(|text| decimal::read(text.as_bytes())).filter(is_sane).ok_or_else(missing)
}

/// The exchange's word for a symbol's state.
pub(crate) fn status(word: &str) -> String {
    stripped(word).chars().take(LONGEST_NAME).collect()
}

/// The name of an asset, which stands in prompts and on pages.
pub(crate) fn asset(name: &str, symbol: &Symbol) -> Result<String, MarketError> {
    let name = stripped(name);
    if name.chars().count() > LONGEST_NAME {
        return Err(MarketError::unexpected(format!(
            "{symbol} with an asset whose name has over {LONGEST_NAME} characters"
        )));
    }
    Ok(name)
}

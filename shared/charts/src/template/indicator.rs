use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// What is drawn over the candles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum Overlay {
    /// Exponential moving average of the close over so many bars.
    Ema(u16),
    /// Simple moving average of the close over so many bars.
    Sma(u16),
    /// Bollinger bands: SMA 20 and two population standard deviations either side.
    Bollinger,
}

/// Why a text names no overlay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no overlay: ema2 to ema400, sma2 to sma400, or bb")]
pub struct OverlayError(String);

impl FromStr for Overlay {
    type Err = OverlayError;

    fn from_str(text: &str) -> Result<Self, OverlayError> {
        let length = |prefix: &str| {
            let digits = text.strip_prefix(prefix)?;
            let n: u16 = digits.parse().ok()?;
            // the canonical spelling only: a name is also the key of a series
            ((2..=400).contains(&n) && n.to_string() == digits).then_some(n)
        };
        match text {
            "bb" => Ok(Self::Bollinger),
            _ => length("ema")
                .map(Self::Ema)
                .or_else(|| length("sma").map(Self::Sma))
                .ok_or_else(|| OverlayError(text.chars().filter(|c| !c.is_control()).take(40).collect())),
        }
    }
}

impl TryFrom<String> for Overlay {
    type Error = OverlayError;

    fn try_from(text: String) -> Result<Self, OverlayError> {
        text.parse()
    }
}

impl fmt::Display for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ema(n) => write!(f, "EMA {n}"),
            Self::Sma(n) => write!(f, "SMA {n}"),
            Self::Bollinger => f.write_str("BB 20, 2"),
        }
    }
}

impl Overlay {
    /// Names of the series it is drawn from.
    pub fn series(self) -> Vec<String> {
        match self {
            Self::Ema(n) => vec![format!("ema{n}")],
            Self::Sma(n) => vec![format!("sma{n}")],
            Self::Bollinger => ["bb_up", "bb_mid", "bb_low"].map(str::to_owned).to_vec(),
        }
    }
}

/// What is drawn below the candles, each in a pane of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pane {
    /// Traded amount, base currency.
    Volume,
    /// Relative strength index over 14 bars, with the band from 30 to 70.
    Rsi,
    /// Moving average convergence and divergence, 12, 26, 9.
    Macd,
    /// Average directional index over 14 bars, with +DI and -DI.
    Adx,
    /// Average true range over 14 bars, quote currency.
    Atr,
}

impl Pane {
    /// Names of the series it is drawn from.
    pub fn series(self) -> &'static [&'static str] {
        match self {
            Self::Volume => &[],
            Self::Rsi => &["rsi14"],
            Self::Macd => &["macd", "macd_signal", "macd_hist"],
            Self::Adx => &["adx14", "pdi14", "mdi14"],
            Self::Atr => &["atr14"],
        }
    }
}

impl fmt::Display for Pane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Volume => "volume",
            Self::Rsi => "RSI 14",
            Self::Macd => "MACD 12 26 9",
            Self::Adx => "ADX 14 with +DI and -DI",
            Self::Atr => "ATR 14",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_one_way_only() {
        assert_eq!("ema20".parse(), Ok(Overlay::Ema(20)));
        assert_eq!("sma50".parse(), Ok(Overlay::Sma(50)));
        for bad in ["ema020", "ema", "ema1", "ema401", "EMA20", "ema+20", "vwap", ""] {
            assert!(bad.parse::<Overlay>().is_err(), "{bad}");
        }
    }
}

use std::fmt;
use std::str::FromStr;

/// An indicator and its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Indicator {
    /// Exponential moving average of the close.
    Ema(u16),
    /// Simple moving average of the close.
    Sma(u16),
    /// Relative strength index.
    Rsi(u16),
    /// EMA 12 less EMA 26.
    Macd,
    /// EMA 9 of [`Self::Macd`].
    MacdSignal,
    /// [`Self::Macd`] less [`Self::MacdSignal`].
    MacdHist,
    /// Upper Bollinger band.
    BbUp,
    /// Middle Bollinger band, SMA 20.
    BbMid,
    /// Lower Bollinger band.
    BbLow,
    /// Average true range.
    Atr(u16),
    /// Average directional index.
    Adx(u16),
    /// +DI.
    Pdi(u16),
    /// -DI.
    Mdi(u16),
    /// Volume over its SMA.
    Rvol(u16),
}

/// What an indicator is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Quote currency.
    Price,
    /// 0 to 100.
    Oscillator,
    /// A ratio.
    Ratio,
}

/// A name that is no indicator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no indicator: ema<N>, sma<N>, rsi<N>, macd, macd_signal, macd_hist, bb_up, bb_mid, bb_low, \
     atr<N>, adx<N>, pdi<N>, mdi<N>, rvol<N>, with N from 2 to 1000"
)]
pub struct UnknownIndicator(String);

impl Indicator {
    /// What its values are measured in.
    pub fn scale(self) -> Scale {
        match self {
            Self::Rsi(_) | Self::Adx(_) | Self::Pdi(_) | Self::Mdi(_) => Scale::Oscillator,
            Self::Rvol(_) => Scale::Ratio,
            _ => Scale::Price,
        }
    }
}

impl FromStr for Indicator {
    type Err = UnknownIndicator;

    fn from_str(name: &str) -> Result<Self, UnknownIndicator> {
        let unknown = || UnknownIndicator(name.chars().filter(|c| !c.is_control()).take(40).collect());
        let digits = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
        let (stem, period) = name.split_at(digits);
        // the round trip below refuses leading zeros
        let period = period.parse().ok().filter(|n| (2..=1000).contains(n));
        let indicator = match (stem, period) {
            ("ema", Some(n)) => Self::Ema(n),
            ("sma", Some(n)) => Self::Sma(n),
            ("rsi", Some(n)) => Self::Rsi(n),
            ("atr", Some(n)) => Self::Atr(n),
            ("adx", Some(n)) => Self::Adx(n),
            ("pdi", Some(n)) => Self::Pdi(n),
            ("mdi", Some(n)) => Self::Mdi(n),
            ("rvol", Some(n)) => Self::Rvol(n),
            ("macd", None) => Self::Macd,
            ("macd_signal", None) => Self::MacdSignal,
            ("macd_hist", None) => Self::MacdHist,
            ("bb_up", None) => Self::BbUp,
            ("bb_mid", None) => Self::BbMid,
            ("bb_low", None) => Self::BbLow,
            _ => return Err(unknown()),
        };
        if indicator.to_string() == name { Ok(indicator) } else { Err(unknown()) }
    }
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ema(n) => write!(f, "ema{n}"),
            Self::Sma(n) => write!(f, "sma{n}"),
            Self::Rsi(n) => write!(f, "rsi{n}"),
            Self::Atr(n) => write!(f, "atr{n}"),
            Self::Adx(n) => write!(f, "adx{n}"),
            Self::Pdi(n) => write!(f, "pdi{n}"),
            Self::Mdi(n) => write!(f, "mdi{n}"),
            Self::Rvol(n) => write!(f, "rvol{n}"),
            Self::Macd => f.write_str("macd"),
            Self::MacdSignal => f.write_str("macd_signal"),
            Self::MacdHist => f.write_str("macd_hist"),
            Self::BbUp => f.write_str("bb_up"),
            Self::BbMid => f.write_str("bb_mid"),
            Self::BbLow => f.write_str("bb_low"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_by_exactly_one_spelling() {
        for name in crate::indicators::STANDARD {
            assert_eq!(name.parse::<Indicator>().map(|i| i.to_string()), Ok(name.to_owned()));
        }
        for bad in ["", "ema", "ema1", "ema020", "ema1001", "EMA20", "ema20x", "macd12", "rsi-14", "ema+20"] {
            assert!(bad.parse::<Indicator>().is_err(), "{bad}");
        }
    }
}

use rust_decimal::Decimal;

/// What a number measures: a difference of a price and a percent says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A price, or an average of prices.
    Price,
    /// A difference of prices: ATR, MACD.
    Spread,
    /// 0 to 100 by construction: RSI, ADX, DI, a percentile.
    Oscillator,
    /// A change or share in percent.
    Percent,
    /// A ratio.
    Ratio,
    /// A traded amount.
    Volume,
    /// A count.
    Count,
    /// A probability the answer states itself.
    Odds,
}

impl Kind {
    /// Of a column of the artifact's tables.
    pub(super) fn of_column(column: &str) -> Self {
        match column {
            "v" => Self::Volume,
            "rsi14" | "adx14" | "pdi14" | "mdi14" => Self::Oscillator,
            "atr14" | "macd" | "macd_signal" | "macd_hist" => Self::Spread,
            "rvol20" => Self::Ratio,
            _ => Self::Price,
        }
    }
}

/// A number that prose may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// As the data prints it.
    pub(super) text: String,
    pub(super) value: Decimal,
    pub(super) kind: Kind,
    /// Its address.
    pub(super) reference: String,
}

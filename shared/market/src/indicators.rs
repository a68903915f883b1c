//! Indicators by name, on closed bars, as TA-Lib computes them (Wilder's smoothing for RSI, ATR and ADX).
//!
//! | name | what | needs bars |
//! |---|---|---|
//! | `ema<N>`, `sma<N>` | moving averages of the close | N |
//! | `rsi<N>` | relative strength index | N + 1 |
//! | `macd`, `macd_signal`, `macd_hist` | 12, 26, 9 | 34 |
//! | `bb_up`, `bb_mid`, `bb_low` | Bollinger bands, 20 bars, 2 standard deviations of the population | 20 |
//! | `atr<N>` | average true range | N + 1 |
//! | `adx<N>` | average directional index | 2 N |
//! | `pdi<N>`, `mdi<N>` | directional indicators | N + 1 |
//! | `rvol<N>` | volume over its own average | N |

mod compute;
mod name;
mod warm_up;

pub use compute::{Columns, Computer, compute};
pub use name::{Indicator, Scale, UnknownIndicator};
pub use warm_up::WarmUp;

/// The indicators of every artifact, in its order.
pub const STANDARD: [&str; 15] = [
    "ema20",
    "ema50",
    "ema200",
    "rsi14",
    "macd",
    "macd_signal",
    "macd_hist",
    "bb_up",
    "bb_mid",
    "bb_low",
    "atr14",
    "adx14",
    "pdi14",
    "mdi14",
    "rvol20",
];

#[cfg(test)]
mod tests;

//! Words for a timeframe and for a change.

use std::cmp::Ordering;

use domain::Timeframe;
use rust_decimal::Decimal;

use super::figures::Figure;

/// `week`.
pub(super) fn bar_name(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "month",
        Timeframe::Week => "week",
        Timeframe::Day => "day",
        Timeframe::Hour4 => "four-hour bar",
        Timeframe::Hour => "hour",
    }
}

/// `weekly`.
pub(super) fn adjective(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "monthly",
        Timeframe::Week => "weekly",
        Timeframe::Day => "daily",
        Timeframe::Hour4 => "four-hour",
        Timeframe::Hour => "hourly",
    }
}

/// `rose`, `fell` or `held`.
pub(super) fn moved(from: Decimal, to: Decimal) -> &'static str {
    match to.cmp(&from) {
        Ordering::Greater => "rose",
        Ordering::Less => "fell",
        Ordering::Equal => "held",
    }
}

/// `over`, `under` or `level with`.
fn side(value: Decimal, of: Decimal) -> &'static str {
    match value.cmp(&of) {
        Ordering::Greater => "over",
        Ordering::Less => "under",
        Ordering::Equal => "level with",
    }
}

/// An indicator by its column, as a sentence names it.
pub(super) fn indicator(column: &str) -> &'static str {
    match column {
        "ema20" => "EMA20",
        "ema50" => "EMA50",
        "ema200" => "EMA200",
        "rsi14" => "RSI14",
        "macd" | "macd_signal" | "macd_hist" => "MACD",
        "bb_up" | "bb_mid" | "bb_low" => "The Bollinger band",
        "atr14" => "ATR14",
        "adx14" | "pdi14" | "mdi14" => "ADX14",
        "rvol20" => "Relative volume",
        _ => "An indicator",
    }
}

/// Where `close` stands against averages, each with its name: `over EMA20 at 77,929 and under EMA50 at 86,300`.
pub(super) fn standing(close: &Figure, averages: &[(&str, &Figure)]) -> String {
    let mut last = "";
    let stands = averages.iter().map(|(name, average)| {
        let side = side(close.value, average.value);
        // a side that is repeated goes without saying
        let word = if side == last { "" } else { side };
        last = side;
        format!("{word} {name} at {}", average.shown()).trim_start().to_owned()
    });
    stands.collect::<Vec<_>>().join(" and ")
}

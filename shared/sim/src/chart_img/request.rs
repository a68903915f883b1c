use serde_json::Value;

use super::Refusal;
use super::study::{self, Study};
use crate::market::Market;
use crate::market::interval::Interval;

const INTERVALS: [&str; 18] = [
    "1m", "3m", "5m", "15m", "30m", "45m", "1h", "2h", "3h", "4h", "6h", "12h", "1D", "1W", "1M", "3M", "6M",
    "1Y",
];
const STYLES: [&str; 9] =
    ["bar", "candle", "line", "area", "heikinAshi", "hollowCandle", "baseline", "hiLo", "column"];
const SCALES: [&str; 4] = ["regular", "percent", "indexedTo100", "logarithmic"];

/// A chart, checked.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    /// The exchange, `Binance spot`.
    pub(crate) venue: &'static str,
    /// The exchange's symbol, `BTCUSDT`.
    pub(crate) symbol: String,
    pub(crate) interval: Interval,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    pub(crate) logarithmic: bool,
    pub(crate) studies: Vec<Study>,
    drawings: usize,
}

fn invalid(what: impl Into<String>) -> Refusal {
    Refusal(422, what.into())
}

impl Request {
    /// Studies and drawings together.
    pub(crate) fn parameters(&self) -> usize {
        self.studies.len() + self.drawings
    }

    /// The body with the vendor's defaults; an empty one is legal.
    pub(crate) fn read(body: &[u8], market: &Market) -> Result<Self, Refusal> {
        let value: Value = match body {
            [] => Value::Null,
            _ => serde_json::from_slice(body).map_err(|_| Refusal(400, "invalid JSON".to_owned()))?,
        };
        let word = |key: &str, default: &str, known: &[&str]| {
            let word = value[key].as_str().unwrap_or(default).to_owned();
            if !value[key].is_null() && !value[key].is_string() || !known.contains(&word.as_str()) {
                return Err(invalid(format!("{key} must be one of {}", known.join(", "))));
            }
            Ok(word)
        };
        let name = value["symbol"].as_str().unwrap_or("BINANCE:BTCUSDT");
        let (venue, symbol) = match name.split_once(':') {
            Some(("BINANCE", symbol)) => ("Binance spot", symbol),
            Some(("BYBIT", symbol)) => ("Bybit spot", symbol),
            _ => return Err(invalid("Invalid Symbol")),
        };
        let symbol = market.listing(symbol).ok_or_else(|| invalid("Invalid Symbol"))?.symbol.clone();
        let interval = interval(&word("interval", "1D", &INTERVALS)?)?;
        word("style", "candle", &STYLES)?;
        word("format", "png", &["png"])?;
        let drawings = value["drawings"].as_array().map_or(0, Vec::len);
        Ok(Self {
            venue,
            symbol,
            interval,
            width: size(&value["width"], 800, 400, "width")?,
            height: size(&value["height"], 600, 300, "height")?,
            dark: word("theme", "light", &["light", "dark"])? == "dark",
            logarithmic: word("scale", "regular", &SCALES)? == "logarithmic",
            studies: study::read(&value["studies"]).map_err(invalid)?,
            drawings,
        })
    }
}

fn size(value: &Value, default: u32, least: u32, name: &str) -> Result<u32, Refusal> {
    if value.is_null() {
        return Ok(default);
    }
    let size = value.as_u64().and_then(|size| u32::try_from(size).ok());
    size.filter(|size| *size >= least)
        .ok_or_else(|| invalid(format!("{name} must be an integer not less than {least}")))
}

/// The market has hours, and so no shorter bars; the lengths between are not drawn.
fn interval(name: &str) -> Result<Interval, Refusal> {
    match name {
        "1h" => Ok(Interval::Hour),
        "4h" => Ok(Interval::Hour4),
        "1D" => Ok(Interval::Day),
        "1W" => Ok(Interval::Week),
        "1M" => Ok(Interval::Month),
        _ => Err(invalid(format!("interval {name} has no data"))),
    }
}

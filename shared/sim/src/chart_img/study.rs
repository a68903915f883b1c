//! Studies: the names the vendor knows, and the few that are drawn.

use std::collections::BTreeMap;

use serde_json::Value;

/// Names must match exactly; those after the first six are accepted and not drawn.
const NAMES: [&str; 40] = [
    "Volume",
    "Moving Average",
    "Moving Average Exponential",
    "Relative Strength Index",
    "MACD",
    "Bollinger Bands",
    "Moving Average Weighted",
    "Bollinger Bands %B",
    "Bollinger Bands Width",
    "Stochastic",
    "Stochastic RSI",
    "Average True Range",
    "Average Directional Index",
    "Directional Movement",
    "Commodity Channel Index",
    "Money Flow Index",
    "On Balance Volume",
    "VWAP",
    "VWMA",
    "Ichimoku Cloud",
    "Super Trend",
    "Donchian Channels",
    "Keltner Channels",
    "Parabolic SAR",
    "Volume Profile Visible Range",
    "Momentum",
    "Rate Of Change",
    "Williams %R",
    "Awesome Oscillator",
    "Aroon",
    "TRIX",
    "Chaikin Money Flow",
    "Chaikin Oscillator",
    "Hull Moving Average",
    "Double EMA",
    "Triple EMA",
    "Zig Zag",
    "Williams Fractal",
    "Choppiness Index",
    "Vortex Indicator",
];

/// A study of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Study {
    Volume,
    Sma(usize),
    Ema(usize),
    Rsi,
    Macd,
    Bollinger,
    /// Counted, not drawn.
    Other,
}

/// The studies of a request, or the vendor's complaint.
pub(crate) fn read(studies: &Value) -> Result<Vec<Study>, String> {
    let list = match studies {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list,
        _ => return Err("studies must be an array".to_owned()),
    };
    list.iter().enumerate().map(one).collect()
}

fn one((index, study): (usize, &Value)) -> Result<Study, String> {
    let name = study["name"].as_str().filter(|name| NAMES.contains(name));
    let name = name.ok_or_else(|| format!("studies[{index}].name must be a supported name"))?;
    let length = study["input"]["length"].as_u64().unwrap_or(9);
    let length = usize::try_from(length).ok().filter(|length| (2..=400).contains(length));
    let length = length.ok_or_else(|| format!("studies[{index}].input.length must be from 2 to 400"))?;
    Ok(match name {
        "Volume" => Study::Volume,
        "Moving Average" => Study::Sma(length),
        "Moving Average Exponential" => Study::Ema(length),
        "Relative Strength Index" => Study::Rsi,
        "MACD" => Study::Macd,
        "Bollinger Bands" => Study::Bollinger,
        _ => Study::Other,
    })
}

impl Study {
    /// Name of its overlay in a template, if it lies over the candles.
    pub(crate) fn overlay(self) -> Option<String> {
        match self {
            Self::Sma(length) => Some(format!("sma{length}")),
            Self::Ema(length) => Some(format!("ema{length}")),
            Self::Bollinger => Some("bb".to_owned()),
            _ => None,
        }
    }

    /// Name of its pane in a template, if it has one.
    pub(crate) fn pane(self) -> Option<&'static str> {
        match self {
            Self::Volume => Some("volume"),
            Self::Rsi => Some("rsi"),
            Self::Macd => Some("macd"),
            _ => None,
        }
    }

    /// Adds its lines over `closes` to `series`.
    pub(crate) fn compute(self, closes: &[f64], series: &mut BTreeMap<String, Vec<Option<f64>>>) {
        let mut add = |name: &str, line: Vec<Option<f64>>| drop(series.insert(name.to_owned(), line));
        match self {
            Self::Sma(length) => add(&format!("sma{length}"), sma(closes, length)),
            Self::Ema(length) => add(&format!("ema{length}"), ema(closes, length)),
            Self::Rsi => add("rsi14", rsi(closes)),
            Self::Macd => {
                let fast = ema(closes, 12).into_iter().zip(ema(closes, 26));
                let line: Vec<Option<f64>> = fast.map(|(fast, slow)| Some(fast? - slow?)).collect();
                let skipped = line.iter().take_while(|value| value.is_none()).count();
                let known: Vec<f64> = line.iter().flatten().copied().collect();
                let signal: Vec<Option<f64>> =
                    std::iter::repeat_n(None, skipped).chain(ema(&known, 9)).collect();
                add(
                    "macd_hist",
                    line.iter().zip(&signal).map(|(line, signal)| Some((*line)? - (*signal)?)).collect(),
                );
                add("macd", line);
                add("macd_signal", signal);
            }
            Self::Bollinger => {
                let mid = sma(closes, 20);
                let width: Vec<Option<f64>> =
                    (0..closes.len()).map(|at| Some(2.0 * deviation(closes, at, mid[at]?))).collect();
                let edge = |sign: f64| {
                    mid.iter().zip(&width).map(|(mid, width)| Some((*mid)? + sign * (*width)?)).collect()
                };
                add("bb_up", edge(1.0));
                add("bb_low", edge(-1.0));
                add("bb_mid", mid);
            }
            Self::Volume | Self::Other => {}
        }
    }
}

fn sma(values: &[f64], length: usize) -> Vec<Option<f64>> {
    let mean = |at: usize| {
        let window = values.get((at + 1).checked_sub(length)?..=at)?;
        Some(window.iter().sum::<f64>() / length as f64)
    };
    (0..values.len()).map(mean).collect()
}

fn deviation(values: &[f64], at: usize, mean: f64) -> f64 {
    let window = values.get((at + 1).saturating_sub(20)..=at).unwrap_or_default();
    (window.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 20.0).sqrt()
}

/// Starts with the mean of the first values.
fn ema(values: &[f64], length: usize) -> Vec<Option<f64>> {
    let weight = 2.0 / (length as f64 + 1.0);
    let mut last = None;
    let mut line = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        last = match last {
            Some(last) => Some(last + weight * (value - last)),
            None if at + 1 == length => Some(values[..length].iter().sum::<f64>() / length as f64),
            None => None,
        };
        line.push(last);
    }
    line
}

/// Wilder's smoothing over 14 bars.
fn rsi(closes: &[f64]) -> Vec<Option<f64>> {
    let changes: Vec<f64> = closes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let (mut up, mut down) = (0.0, 0.0);
    let mut line = vec![None; closes.len().min(1)];
    for (at, change) in changes.iter().enumerate() {
        let (gain, loss) = (change.max(0.0), (-change).max(0.0));
        if at < 14 {
            (up, down) = (up + gain / 14.0, down + loss / 14.0);
        } else {
            (up, down) = ((up * 13.0 + gain) / 14.0, (down * 13.0 + loss) / 14.0);
        }
        line.push((at >= 13 && up + down > 0.0).then(|| 100.0 * up / (up + down)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_a_value_a_bar() {
        let closes: Vec<f64> = (1..=60).map(f64::from).collect();
        let mut series = BTreeMap::new();
        for study in [Study::Sma(9), Study::Ema(9), Study::Rsi, Study::Macd, Study::Bollinger] {
            study.compute(&closes, &mut series);
        }
        assert!(series.values().all(|line| line.len() == 60), "{series:?}");
        // means of 1..9 and of 52..60; a series that only rises has an RSI of 100
        assert_eq!((series["sma9"][8], series["sma9"][59], series["sma9"][7]), (Some(5.0), Some(56.0), None));
        assert_eq!(
            (series["ema9"][8], series["rsi14"][14], series["rsi14"][13]),
            (Some(5.0), Some(100.0), None)
        );
        assert_eq!(series["macd_signal"].iter().position(Option::is_some), Some(33));
    }

    #[test]
    fn names_that_look_right_are_refused() {
        for name in ["EMA", "Exponential Moving Average", "Directional Movement Index", "macd"] {
            let error = read(&serde_json::json!([{ "name": name }])).unwrap_err();
            assert_eq!(error, "studies[0].name must be a supported name");
        }
    }
}

//! What is sent: the body of an advanced chart.

use domain::{Symbol, Timeframe, Venue};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::template::{Overlay, Pane, Scale, Template, Theme};

/// A chart to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// `EXCHANGE:SYMBOL`, `BINANCE:BTCUSDT`; `.P` follows for a perpetual.
    pub symbol: String,
    /// `1M`, `1W`, `1D`, `4h` or `1h`: months, weeks and days are upper case, since `1m` is a minute.
    pub interval: &'static str,
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// `candle`.
    pub style: &'static str,
    /// `light` or `dark`.
    pub theme: &'static str,
    /// `regular` or `logarithmic`.
    pub scale: &'static str,
    /// `Etc/UTC`.
    pub timezone: &'static str,
    /// `png`.
    pub format: &'static str,
    /// Indicators, the most telling first: a plan's limit cuts from the end.
    pub studies: Vec<Study>,
}

/// An indicator under its name at the vendor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Study {
    /// Exact name.
    pub name: &'static str,
    /// Parameters.
    pub input: Value,
}

/// The body of every error.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    /// Text, or a list of texts for a body that does not validate.
    pub(super) message: Value,
}

impl Request {
    /// The chart of a spot symbol of `venue` by `template`.
    pub fn new(venue: Venue, symbol: &Symbol, timeframe: Timeframe, template: &Template) -> Self {
        let settings = template.resolve(timeframe);
        let panes = settings.panes.iter().map(|pane| Study::of_pane(*pane));
        // panes first: candles alone show a trend, but not its momentum
        let overlays = settings.overlays.iter().map(|overlay| Study::of_overlay(*overlay));
        Self {
            symbol: format!("{}:{symbol}", venue.as_str().to_uppercase()),
            interval: interval(timeframe),
            width: settings.width,
            height: settings.height,
            style: "candle",
            theme: match settings.theme {
                Theme::Light => "light",
                Theme::Dark => "dark",
            },
            scale: match settings.scale {
                Scale::Linear => "regular",
                Scale::Log => "logarithmic",
            },
            timezone: "Etc/UTC",
            format: "png",
            studies: panes.chain(overlays).collect(),
        }
    }
}

impl Study {
    fn of_pane(pane: Pane) -> Self {
        let (name, input) = match pane {
            Pane::Volume => ("Volume", json!({})),
            Pane::Rsi => ("Relative Strength Index", json!({"length": 14})),
            Pane::Macd => ("MACD", json!({"in_0": 12, "in_1": 26, "in_2": 9, "in_3": "close"})),
            // draws ADX beside +DI and -DI
            Pane::Adx => ("Directional Movement", json!({"in_0": 14, "in_1": 14})),
            Pane::Atr => ("Average True Range", json!({"in_0": 14})),
        };
        Self { name, input }
    }

    fn of_overlay(overlay: Overlay) -> Self {
        let (name, input) = match overlay {
            Overlay::Ema(n) => ("Moving Average Exponential", json!({"length": n, "source": "close"})),
            Overlay::Sma(n) => ("Moving Average", json!({"length": n, "source": "close"})),
            Overlay::Bollinger => ("Bollinger Bands", json!({"in_0": 20, "in_1": 2})),
        };
        Self { name, input }
    }
}

fn interval(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "1M",
        Timeframe::Week => "1W",
        Timeframe::Day => "1D",
        Timeframe::Hour4 => "4h",
        Timeframe::Hour => "1h",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_names_studies_and_intervals_as_the_vendor_does() {
        let (name, text) = crate::defaults()[0];
        let template = Template::parse(name, text).unwrap();
        let symbol = "BTCUSDT".parse().unwrap();
        let request = Request::new(Venue::Binance, &symbol, Timeframe::Month, &template);
        let expected = json!({
            "symbol": "BINANCE:BTCUSDT", "interval": "1M", "width": 1280, "height": 720, "style": "candle",
            "theme": "light", "scale": "logarithmic", "timezone": "Etc/UTC", "format": "png",
            "studies": [
                {"name": "Volume", "input": {}},
                {"name": "Relative Strength Index", "input": {"length": 14}},
                {"name": "MACD", "input": {"in_0": 12, "in_1": 26, "in_2": 9, "in_3": "close"}},
                {"name": "Moving Average Exponential", "input": {"length": 20, "source": "close"}},
                {"name": "Moving Average Exponential", "input": {"length": 50, "source": "close"}},
                {"name": "Moving Average Exponential", "input": {"length": 200, "source": "close"}},
                {"name": "Bollinger Bands", "input": {"in_0": 20, "in_1": 2}},
            ],
        });
        assert_eq!(serde_json::to_value(&request).unwrap(), expected);
        let other = Request::new(Venue::Bybit, &symbol, Timeframe::Month, &template);
        assert_eq!(serde_json::to_value(&other).unwrap()["symbol"], "BYBIT:BTCUSDT");
        let intervals = Timeframe::ALL.map(|t| Request::new(Venue::Binance, &symbol, t, &template).interval);
        assert_eq!(intervals, ["1M", "1W", "1D", "4h", "1h"]);
    }
}

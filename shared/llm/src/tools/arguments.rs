use std::ops::RangeInclusive;

use domain::text::one_line;
use domain::{Symbol, Timeframe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LONGEST_ARGUMENTS, ToolCall};

/// Most parameters of an indicator; TA-Lib's longest list has 11.
const PARAMETERS: usize = 11;

/// A call that is not carried out; the reason is told to the model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// Arguments that were read and lie within their ranges.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Arguments {
    /// `get_indicator`.
    Indicator {
        /// Length of the bars.
        timeframe: Timeframe,
        /// TA-Lib's name.
        name: String,
        /// What is set of it.
        parameters: Vec<Setting>,
        /// Rows asked for.
        rows: u16,
    },
    /// `get_candles`.
    Candles {
        /// Length of the bars.
        timeframe: Timeframe,
        /// Only bars that opened before the one of this label.
        before: Option<String>,
        /// Rows asked for.
        rows: u16,
    },
    /// `get_patterns`.
    Patterns {
        /// Length of the bars.
        timeframe: Timeframe,
        /// Bars looked at.
        rows: u16,
    },
    /// `get_pivots`.
    Pivots {
        /// Length of the bars.
        timeframe: Timeframe,
        /// How they are reckoned.
        method: Method,
    },
    /// `get_fibonacci`.
    Fibonacci {
        /// Length of the bars.
        timeframe: Timeframe,
        /// Where the move began, a swing by its id; the newest two are meant without both.
        from: Option<String>,
        /// Where it ended.
        to: Option<String>,
    },
    /// `get_session_vwap`.
    SessionVwap {
        /// Where the session began.
        anchor: Anchor,
        /// Rows asked for.
        rows: u16,
    },
    /// `get_correlation`.
    Correlation {
        /// The other symbol.
        symbol: Symbol,
        /// Length of the bars.
        timeframe: Timeframe,
        /// Bars reckoned with.
        bars: u16,
    },
    /// `get_funding_rate`.
    FundingRate {
        /// Rows asked for.
        rows: u16,
    },
    /// `get_open_interest`.
    OpenInterest {
        /// From row to row.
        period: Period,
        /// Rows asked for.
        rows: u16,
    },
    /// `get_long_short_ratio`.
    LongShortRatio {
        /// From row to row.
        period: Period,
        /// Rows asked for.
        rows: u16,
    },
    /// `get_order_book`.
    OrderBook {},
}

/// A parameter that is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// How pivots are reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The floor traders'.
    Classic,
    /// By Fibonacci parts of the range.
    Fibonacci,
}

/// Where a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Midnight.
    Day,
    /// Monday.
    Week,
    /// The first of the month.
    Month,
}

/// From one row to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// Four hours.
    #[serde(rename = "4h")]
    Hour4,
    /// A day.
    #[serde(rename = "1d")]
    Day,
}

impl Arguments {
    /// The tools, in the catalogue's order.
    pub const NAMES: [&'static str; 11] = [
        "get_indicator",
        "get_candles",
        "get_patterns",
        "get_pivots",
        "get_fibonacci",
        "get_session_vwap",
        "get_correlation",
        "get_funding_rate",
        "get_open_interest",
        "get_long_short_ratio",
        "get_order_book",
    ];

    /// Reads a call.
    ///
    /// # Errors
    /// [`Refusal`] for a tool that there is not and for arguments that are none of it.
    pub fn read(call: &ToolCall) -> Result<Self, Refusal> {
        if call.is_too_long {
            return Err(Refusal(format!("the arguments have over {LONGEST_ARGUMENTS} bytes")));
        }
        let text = call.arguments.as_str();
        Ok(match call.name.as_str() {
            "get_indicator" => {
                let Indicator { timeframe, name, parameters, rows } = json(text)?;
                let is_name = |name: &str| {
                    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
                    (1..=32).contains(&name.len()) && name.bytes().all(plain)
                };
                if !is_name(&name) || !parameters.iter().all(|setting| is_name(&setting.name)) {
                    return Err(Refusal("a name is made of letters, digits and _".to_owned()));
                }
                if parameters.len() > PARAMETERS {
                    return Err(Refusal(format!("more than {PARAMETERS} parameters")));
                }
                Self::Indicator { timeframe, name, parameters, rows: within("rows", rows, 1..=60)? }
            }
            "get_candles" => {
                let Candles { timeframe, before, rows } = json(text)?;
                if before.as_deref().is_some_and(|label| timeframe.parse_label(label).is_none()) {
                    let form = "before is an open time as the data prints it for this timeframe";
                    return Err(Refusal(form.to_owned()));
                }
                Self::Candles { timeframe, before, rows: within("rows", rows, 1..=120)? }
            }
            "get_patterns" => {
                let OfBars { timeframe, rows } = json(text)?;
                Self::Patterns { timeframe, rows: within("rows", rows, 1..=60)? }
            }
            "get_pivots" => {
                let Pivots { timeframe, method } = json(text)?;
                Self::Pivots { timeframe, method }
            }
            "get_fibonacci" => {
                let Fibonacci { timeframe, from, to } = json(text)?;
                check_swings(from.as_deref(), to.as_deref())?;
                Self::Fibonacci { timeframe, from, to }
            }
            "get_session_vwap" => {
                let SessionVwap { anchor, rows } = json(text)?;
                Self::SessionVwap { anchor, rows: within("rows", rows, 1..=48)? }
            }
            "get_correlation" => {
                let Correlation { symbol, timeframe, bars } = json(text)?;
                let symbol = symbol.parse().map_err(|_| Refusal("symbol is no symbol".to_owned()))?;
                Self::Correlation { symbol, timeframe, bars: within("bars", bars, 20..=500)? }
            }
            "get_funding_rate" => {
                let Rows { rows } = json(text)?;
                Self::FundingRate { rows: within("rows", rows, 1..=100)? }
            }
            "get_open_interest" => {
                let OfPeriod { period, rows } = json(text)?;
                Self::OpenInterest { period, rows: within("rows", rows, 1..=100)? }
            }
            "get_long_short_ratio" => {
                let OfPeriod { period, rows } = json(text)?;
                Self::LongShortRatio { period, rows: within("rows", rows, 1..=100)? }
            }
            "get_order_book" => {
                // a model may leave the arguments of a tool without any away
                let Nothing {} = if text.trim().is_empty() { Nothing {} } else { json(text)? };
                Self::OrderBook {}
            }
            _ => return Err(Refusal(format!("there is no such tool; there are {}", Self::NAMES.join(", ")))),
        })
    }

    /// As they are recorded: equal for calls that ask for the same.
    pub fn normal(&self) -> Value {
        // plain data always serializes
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicator {
    timeframe: Timeframe,
    name: String,
    parameters: Vec<Setting>,
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Candles {
    timeframe: Timeframe,
    before: Option<String>,
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBars {
    timeframe: Timeframe,
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pivots {
    timeframe: Timeframe,
    method: Method,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fibonacci {
    timeframe: Timeframe,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionVwap {
    anchor: Anchor,
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correlation {
    symbol: String,
    timeframe: Timeframe,
    bars: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPeriod {
    period: Period,
    rows: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    // a list of the values would be read too
    if !text.trim_start().starts_with('{') {
        return Err(Refusal("the arguments are one JSON object".to_owned()));
    }
    serde_json::from_str(text)
        .map_err(|error| Refusal(one_line(&format!("the arguments are none of this tool: {error}"), 200)))
}

fn within(name: &str, value: i64, range: RangeInclusive<u16>) -> Result<u16, Refusal> {
    let found = u16::try_from(value).ok().filter(|value| range.contains(value));
    found
        .ok_or_else(|| Refusal(format!("{name} is a whole number from {} to {}", range.start(), range.end())))
}

fn check_swings(from: Option<&str>, to: Option<&str>) -> Result<(), Refusal> {
    let is_id = |id: &str| {
        let digits = id.strip_prefix(['H', 'L']).unwrap_or_default();
        (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    match (from, to) {
        (None, None) => Ok(()),
        (Some(from), Some(to)) if is_id(from) && is_id(to) => Ok(()),
        _ => Err(Refusal("from and to are both null, or both ids of swings such as H2 and L1".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::CATALOGUE;

    fn call(name: &str, arguments: &str) -> ToolCall {
        let sent = serde_json::json!([{ "id": "a", "function": { "name": name, "arguments": arguments } }]);
        ToolCall::read(serde_json::from_value(sent).unwrap()).remove(0)
    }

    const GOOD: [(&str, &str); 12] = [
        (
            "get_indicator",
            r#"{"timeframe":"1w","name":"STOCHRSI","parameters":[{"name":"TimePeriod","value":14.0}],"rows":3}"#,
        ),
        ("get_candles", r#"{"timeframe":"4h","before":"2026-04-29T20:00","rows":120}"#),
        ("get_candles", r#"{"timeframe":"1M","before":null,"rows":1}"#),
        ("get_patterns", r#"{"timeframe":"1h","rows":60}"#),
        ("get_pivots", r#"{"timeframe":"1d","method":"fibonacci"}"#),
        ("get_fibonacci", r#"{"timeframe":"1d","from":"H2","to":"L1"}"#),
        ("get_session_vwap", r#"{"anchor":"week","rows":48}"#),
        ("get_correlation", r#"{"symbol":"ETHUSDT","timeframe":"1d","bars":90}"#),
        ("get_funding_rate", r#"{"rows":21}"#),
        ("get_open_interest", r#"{"period":"4h","rows":30}"#),
        ("get_long_short_ratio", r#"{"period":"1d","rows":30}"#),
        ("get_order_book", "{}"),
    ];

    #[test]
    fn arguments_are_recorded_as_they_were_understood() {
        for (name, text) in GOOD {
            let read = Arguments::read(&call(name, text)).unwrap();
            assert_eq!(read.normal(), serde_json::from_str::<Value>(text).unwrap(), "{name}");
            // and they are of the schema that was offered
            let tools: Vec<Value> = serde_json::from_str(CATALOGUE).unwrap();
            let tool = tools.iter().find(|tool| tool["function"]["name"] == name).unwrap();
            assert!(jsonschema::is_valid(&tool["function"]["parameters"], &read.normal()), "{name}");
        }
        let spaced = call("get_order_book", " { } ");
        assert_eq!(Arguments::read(&spaced), Ok(Arguments::OrderBook {}));
        assert_eq!(Arguments::read(&call("get_order_book", "")), Ok(Arguments::OrderBook {}));
    }

    #[test]
    fn what_is_none_is_refused_with_the_reason() {
        let refused = |name: &str, text: &str| Arguments::read(&call(name, text)).unwrap_err().0;
        assert!(refused("run_shell", "{}").starts_with("there is no such tool; there are get_indicator, "));
        assert!(refused("get_order_book", &"x".repeat(2000)).contains("1024"));
        assert_eq!(refused("get_funding_rate", r#"{"rows":0}"#), "rows is a whole number from 1 to 100");
        for (name, text) in [
            ("get_candles", r#"{"timeframe":"4h","before":"2026-04-29","rows":1}"#),
            ("get_candles", r#"{"timeframe":"2h","before":null,"rows":1}"#),
            ("get_candles", r#"{"timeframe":"4h","before":null,"rows":1,"symbol":"ETHUSDT"}"#),
            ("get_pivots", r#"{"timeframe":"1d","method":"demark"}"#),
            ("get_fibonacci", r#"{"timeframe":"1d","from":"H2","to":null}"#),
            ("get_fibonacci", r#"{"timeframe":"1d","from":"H2","to":"X1"}"#),
            ("get_correlation", r#"{"symbol":"../x","timeframe":"1d","bars":90}"#),
            ("get_indicator", r#"{"timeframe":"1d","name":"R SI","parameters":[],"rows":3}"#),
            (
                "get_indicator",
                r#"{"timeframe":"1d","name":"RSI","parameters":[{"name":"TimePeriod","value":1e999}],"rows":3}"#,
            ),
            ("get_funding_rate", r#"{"rows":21"#),
            ("get_funding_rate", r#"{"rows":21,"rows":22}"#),
            ("get_funding_rate", r#"{"rows":21.5}"#),
            ("get_funding_rate", "[21]"),
            ("get_funding_rate", ""),
        ] {
            let reason = refused(name, text);
            assert!(!reason.is_empty() && reason.len() <= 800 && !reason.contains('\n'), "{reason}");
        }
    }

    #[test]
    fn any_call_is_read_or_refused() {
        for (name, good) in GOOD {
            bolero::check!().for_each(|bytes: &[u8]| {
                let [high, low, length, with @ ..] = bytes else { return };
                let at = usize::from(u16::from_be_bytes([*high, *low])) % good.len();
                let end = good.len().min(at + usize::from(*length));
                let spliced = [&good.as_bytes()[..at], with, &good.as_bytes()[end..]].concat();
                for text in [with, &spliced] {
                    let text = String::from_utf8_lossy(text);
                    if let Ok(read) = Arguments::read(&call(name, &text)) {
                        // what is read once is read again from its record
                        let again = Arguments::read(&call(name, &read.normal().to_string()));
                        assert_eq!(again, Ok(read));
                    }
                }
            });
        }
    }
}

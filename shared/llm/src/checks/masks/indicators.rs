//! Indicator names with the parameters that the artifact computes them with.

use domain::tool::{ToolDocument, ToolStatus};

use super::{digits, goes_on, is_break, letters};

/// Names with their parameters; longer names before their prefixes.
const INDICATORS: [(&str, &[&str]); 13] = [
    ("bollinger", &["20", "2"]),
    ("macd", &["12", "26", "9"]),
    ("rvol", &["20"]),
    ("ema", &["20", "50", "200"]),
    ("sma", &["20"]),
    ("rsi", &["14"]),
    ("atr", &["14"]),
    ("adx", &["14"]),
    ("dmi", &["14"]),
    ("pdi", &["14"]),
    ("mdi", &["14"]),
    ("bb", &["20", "2"]),
    ("di", &["14"]),
];

/// Whether a word is the name of an indicator.
pub(super) fn is_name(word: &str) -> bool {
    INDICATORS.iter().any(|(name, _)| word.eq_ignore_ascii_case(name))
}

/// `50 EMA`, `14-RSI`.
pub(super) fn parameter_before_name(rest: &str) -> Option<usize> {
    let parameter = digits(rest);
    let name = letters(rest[parameter.len()..].strip_prefix([' ', '-'])?);
    let (_, known) = INDICATORS.iter().find(|(indicator, _)| name.eq_ignore_ascii_case(indicator))?;
    known.contains(&parameter).then_some(parameter.len())
}

/// The same of an indicator that a tool was asked for, by the name and the parameters it was asked with: `STOCHRSI(14,
/// 14, 3)`, `T3 5`. A name that holds a digit is masked alone too.
pub(super) fn asked(rest: &str, tools: &[ToolDocument]) -> Option<usize> {
    let of = |tool: &ToolDocument| {
        let name = tool.arguments.get("name")?.as_str()?;
        let head = rest.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
        let is_whole = !rest[head.len()..].starts_with(|c: char| c.is_alphabetic() || c == '_');
        let settings = tool.arguments.get("parameters")?.as_array()?.iter();
        let known: Vec<String> = settings
            .filter_map(|setting| setting.get("value")?.as_f64())
            .map(|value| value.to_string())
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let alone = || name.contains(|c: char| c.is_ascii_digit()).then_some(head.len());
        let is_ended = is_break(&rest[head.len()..]);
        is_whole
            .then(|| parameters(rest, head.len(), &known).or_else(|| alone().filter(|_| is_ended)))
            .flatten()
    };
    tools.iter().filter(|tool| tool.status == ToolStatus::Ok).find_map(of)
}

/// `EMA20`, `EMA 20`, `EMA(20)`, `EMA20/50`, `MACD (12, 26, 9)`.
pub(super) fn name(rest: &str) -> Option<usize> {
    let (name, known) = INDICATORS.iter().find(|(name, _)| {
        rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
            && !rest[name.len()..].starts_with(char::is_alphabetic)
    })?;
    let mut end = name.len();
    for bands in [" bands", " Bands"] {
        if rest[end..].starts_with(bands) {
            end += bands.len();
        }
    }
    parameters(rest, end, known)
}

/// The end of the parameters that stand behind a name which ends at `end`, if they are `known`.
fn parameters(rest: &str, mut end: usize, known: &[&str]) -> Option<usize> {
    let after = &rest[end..];
    let open = after.trim_start_matches(' ');
    if let Some(list) = open.strip_prefix('(') {
        let (list, _) = list.split_once(')')?;
        let in_use = list.split([',', '/', ';']).all(|parameter| known.contains(&parameter.trim()));
        return in_use.then(|| end + (after.len() - open.len()) + list.len() + 2);
    }
    let mut from = end + usize::from(after.starts_with([' ', '-', '_']));
    let mut masked = None;
    loop {
        let parameter = digits(&rest[from..]);
        let after = &rest[from + parameter.len()..];
        // "EMA 50k" and "EMA 50 000" are numbers beside a name
        let whole = is_break(after) && !goes_on(after) && !after.trim_start().starts_with('%');
        if !known.contains(&parameter) || !whole {
            return masked;
        }
        end = from + parameter.len();
        masked = Some(end);
        if !after.starts_with('/') {
            return masked;
        }
        from = end + 1;
    }
}

//! What the rules ask tools for where some are offered, and the figures of what came back.

use domain::tool::{ToolDocument, ToolStatus};
use serde_json::json;

use super::brief::Brief;
use super::figures::Figure;

const INDICATOR: &str = "get_indicator";
const FUNDING: &str = "get_funding_rate";
const OPEN_INTEREST: &str = "get_open_interest";

/// The calls that a request is answered with first: of a report a stochastic RSI on its timeframe, of a recommendation
/// what the perpetual contract pays and how many of it are open; of those only what is offered.
pub(super) fn calls(brief: &Brief, offered: &[String]) -> Vec<(String, String)> {
    let mut calls = Vec::new();
    if let Some(ohlcv) = &brief.ohlcv {
        let set = |name: &str, value: u32| json!({ "name": name, "value": value });
        let parameters = [set("TimePeriod", 14), set("FastK_Period", 14), set("FastD_Period", 3)];
        let arguments = json!({
            "timeframe": ohlcv.timeframe, "name": "STOCHRSI", "parameters": parameters, "rows": 3,
        });
        calls.push((INDICATOR, arguments));
    } else if !brief.sources.is_empty() {
        calls.push((FUNDING, json!({ "rows": 21 })));
        calls.push((OPEN_INTEREST, json!({ "period": "1d", "rows": 8 })));
    }
    let is_offered = |name: &str| offered.iter().any(|offered| offered == name);
    let offered = calls.into_iter().filter(|(name, _)| is_offered(name));
    offered.map(|(name, arguments)| (name.to_owned(), arguments.to_string())).collect()
}

/// %K and %D of the stochastic RSI at the last closed bar.
pub(super) fn stochastic(brief: &Brief) -> Option<(Figure, Figure)> {
    let tool = answered(brief, INDICATOR)?;
    let t = tool.data.as_ref()?.table.as_ref()?.last_t()?;
    Some((figure(tool, &format!("rows[{t}].fastk"))?, figure(tool, &format!("rows[{t}].fastd"))?))
}

/// The mean of the newest funding rates, percent.
pub(super) fn funding(brief: &Brief) -> Option<Figure> {
    figure(answered(brief, FUNDING)?, "stats.mean_pct")
}

/// The change of open interest over a week, percent.
pub(super) fn open_interest(brief: &Brief) -> Option<Figure> {
    figure(answered(brief, OPEN_INTEREST)?, "stats.change_pct")
}

fn answered<'a>(brief: &'a Brief, name: &str) -> Option<&'a ToolDocument> {
    brief.tools.iter().find(|tool| tool.name == name && tool.status == ToolStatus::Ok)
}

fn figure(tool: &ToolDocument, path: &str) -> Option<Figure> {
    Figure::new(format!("tool[{}]:{path}", tool.tool), tool.printed(path)?.0)
}

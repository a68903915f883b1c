//! Numbers of tools' answers: cited, told, and what they are not.

use domain::report::{Aspect, CheckStatus, Cite, Leans, Observation, Report};
use domain::tool::{SCHEMA, ToolDocument};
use rust_decimal::Decimal;
use serde_json::json;

use super::super::sample;
use super::super::{Checked, Evidence, examine};

/// A stochastic RSI, a funding rate, and a call that was refused.
fn tools() -> Vec<ToolDocument> {
    let head = |tool: u32, name: &str| json!({ "schema": SCHEMA, "tool": tool, "name": name });
    let data = |rest: serde_json::Value| {
        let mut data = json!({ "symbol": "BTCUSDT", "market": "spot", "as_of": "2026-04-30T04:00:00Z", "source": "binance" });
        data.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        data
    };
    let with = |mut document: serde_json::Value, rest: serde_json::Value| -> ToolDocument {
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value(document).unwrap()
    };
    let parameters =
        json!([{ "name": "TimePeriod", "value": 14.0 }, { "name": "FastK_Period", "value": 5.0 }]);
    vec![
        with(
            head(1, "get_indicator"),
            json!({
                "arguments": { "timeframe": "1w", "name": "STOCHRSI", "parameters": parameters, "rows": 2 },
                "status": "ok",
                "data": data(json!({
                    "units": { "fastk": "oscillator", "fastd": "oscillator" }, "columns": "t,fastk,fastd",
                    "order": "oldest_first", "rows": ["2026-04-13,61.2,55.0", "2026-04-20,100.0,83.3"],
                })),
            }),
        ),
        with(
            head(2, "get_funding_rate"),
            json!({
                "arguments": { "rows": 21 }, "status": "ok",
                "data": data(json!({ "units": { "mean_pct": "percent" }, "stats": { "mean_pct": "-0.0075" } })),
            }),
        ),
        with(
            head(3, "shell"),
            json!({ "arguments": null, "status": "refused", "reason": "there is no such tool" }),
        ),
    ]
}

/// The sample report with one observation of these cites and words more.
fn checked(cites: &[(&str, &str)], says: &str) -> Checked {
    let mut report: Report = sample::report();
    let cite = |(reference, value): &(&str, &str)| Cite {
        reference: (*reference).to_owned(),
        value: Decimal::from_str_exact(value).unwrap(),
    };
    report.observations.push(Observation {
        aspect: Aspect::Momentum,
        cites: cites.iter().map(cite).collect(),
        says: says.to_owned(),
        leans: Leans::Neutral,
    });
    let tools = tools();
    examine(report, true, &Evidence { ohlcv: &sample::ohlcv(), parent: None, tools: &tools })
}

/// Status of each item of the last observation.
fn statuses(checked: &Checked) -> Vec<CheckStatus> {
    let path = format!("observations[{}]", checked.report.observations.len() - 1);
    checked.checks.items.iter().filter(|item| item.path.starts_with(&path)).map(|item| item.status).collect()
}

#[test]
fn numbers_of_tools_hold_as_those_of_the_data() {
    use CheckStatus::{Derived, Unverified, Verified};
    let (k, d) = (("tool[1]:rows[2026-04-20].fastk", "100"), ("tool[1]:rows[2026-04-20].fastd", "83.3"));
    let told = checked(&[k, d], "STOCHRSI(14, 5) %K stands at 100.0 over %D at 83.3, 16.7 points apart.");
    assert_eq!(statuses(&told), [Verified, Verified, Verified, Verified, Derived]);
    let funding = ("tool[2]:stats.mean_pct", "-0.0075");
    assert_eq!(statuses(&checked(&[funding], "Funding averages -0.0075%.")), [Verified, Verified]);
    // a number that another claim cites is none of this one
    assert_eq!(statuses(&checked(&[funding], "The stochastic is at 83.3.")), [Verified, Unverified]);
    // parameters that were not asked with are numbers
    assert_eq!(statuses(&checked(&[d], "STOCHRSI(21) is at 83.3.")), [Verified, Unverified, Verified]);
}

#[test]
fn an_address_that_leads_nowhere_is_none() {
    for reference in [
        "tool[0]:stats.mean_pct",
        "tool[01]:rows[2026-04-20].fastk",
        "tool[3]:stats.mean_pct",
        "tool[4]:stats.mean_pct",
        "tool[1]:rows[2026-04-21].fastk",
        "tool[1]:rows[2026-04-20].t",
        "tool[2]:rows[2026-04-20].fastk",
        "tool[2]:stats.median_pct",
        "tool[2]stats.mean_pct",
        "tool[",
    ] {
        let found = checked(&[(reference, "100")], "It is high.");
        assert_eq!(statuses(&found), [CheckStatus::Unverified], "{reference}");
    }
}

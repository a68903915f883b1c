mod disguises;
mod items;
mod prose;
mod rules;
mod shape;
mod tools;

use CheckStatus::{Derived, Unverified, Verified};
use domain::report::{CheckItem, CheckStatus, Trust};
use domain::{Timeframe, report};
use serde_json::{Value, json};

use super::*;

fn checked(change: impl FnOnce(&mut Value)) -> Checked {
    checked_under(None, change)
}

fn checked_under(parent: Option<&ParentReport>, change: impl FnOnce(&mut Value)) -> Checked {
    // through the types, which keep the order that a map would lose
    let mut answer: Value = serde_json::from_str(sample::ANSWER).unwrap();
    if parent.is_none() {
        answer["parent_relation"] = json!("no_parent");
    }
    change(&mut answer);
    let report: Report = serde_json::from_value(answer).unwrap();
    let data = sample::ohlcv();
    check(&serde_json::to_string(&report).unwrap(), &Evidence { ohlcv: &data, parent, tools: &[] }).unwrap()
}

fn parent(bias: report::Bias, unverified: Vec<String>) -> ParentReport {
    let mut report = sample::report();
    report.bias = bias;
    ParentReport::new("rep-1M-4f1q8c2d".parse().unwrap(), Timeframe::Month, Trust::Ok, report, unverified)
}

fn neutral_parent() -> ParentReport {
    parent(report::Bias::Neutral, vec![])
}

fn at<'a>(checked: &'a Checked, path: &str) -> Vec<&'a CheckItem> {
    checked.checks.items.iter().filter(|item| item.path == path).collect()
}

fn wrong(checked: &Checked) -> Vec<(&str, &str)> {
    let items = checked.checks.items.iter();
    let wrong = items.filter(|item| item.status == CheckStatus::Unverified);
    wrong.map(|item| (item.path.as_str(), item.got.as_str())).collect()
}

/// Statuses of the numbers in a claim that cites the close, both averages, the week's high and last price.
fn claim(says: &str) -> Vec<(String, CheckStatus)> {
    let checked = checked(|answer| {
        answer["observations"][3]["cites"] = json!([
            {"ref": "bars[2026-04-20].c", "value": 78657.55},
            {"ref": "indicators[2026-04-20].ema50", "value": 86300},
            {"ref": "indicators[2026-04-20].rsi14", "value": 47.3},
            {"ref": "indicators[2026-04-20].rvol20", "value": 0.68},
            {"ref": "forming.h", "value": 79485.66},
            {"ref": "forming.c", "value": 75928.1}
        ]);
        answer["observations"][3]["says"] = json!(says);
    });
    at(&checked, "observations[3].says").into_iter().map(|item| (item.got.clone(), item.status)).collect()
}

/// What the summary says that is wrong, where `last_price` is the last one.
fn wrong_at(last_price: &str, summary: &str) -> Vec<String> {
    let mut data = sample::ohlcv();
    data.stats.last_price = last_price.into();
    let mut report = sample::report();
    report.summary = summary.into();
    let checked = examine(report, true, &Evidence { ohlcv: &data, parent: None, tools: &[] });
    let items = at(&checked, "summary").into_iter().filter(|item| item.status == CheckStatus::Unverified);
    items.map(|item| item.got.clone()).collect()
}

fn statuses(says: &str) -> Vec<CheckStatus> {
    claim(says).into_iter().map(|(_, status)| status).collect()
}

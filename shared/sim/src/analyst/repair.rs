//! The answer to a repair call: the honest value of each path that is asked for.

use domain::report::{Cite, Report};
use rust_decimal::Decimal;
use serde::Serialize;

use super::brief::Brief;
use super::{Mode, report};

#[derive(Serialize)]
struct Repairs {
    repairs: Vec<Entry>,
}

/// One correction; what stays is null.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
struct Entry {
    path: String,
    text: Option<String>,
    #[serde(with = "domain::number::json_option")]
    number: Option<Decimal>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    leans: Option<&'static str>,
}

pub(super) fn answer(brief: &Brief, mode: Mode) -> String {
    let right = match mode {
        Mode::Stubborn => report::answer(brief, mode),
        _ => report::by_rule(brief, mode),
    };
    let mut repairs: Vec<Entry> = brief.repair.iter().flat_map(|path| entries(path, &right)).collect();
    if mode == Mode::RepairOtherPath {
        let others = [
            Entry { path: "bias".to_owned(), text: Some("bullish".to_owned()), ..Entry::default() },
            Entry { path: "scenarios.p_up".to_owned(), number: Some(Decimal::from(99)), ..Entry::default() },
            Entry { path: "confidence".to_owned(), number: Some(Decimal::ONE_HUNDRED), ..Entry::default() },
            Entry {
                path: "invalidation.reason".to_owned(),
                text: Some("Nothing ends it.".to_owned()),
                ..Entry::default()
            },
        ];
        repairs.extend(others.into_iter().filter(|entry| !brief.repair.contains(&entry.path)));
    }
    // corrections always serialize
    serde_json::to_string(&Repairs { repairs }).unwrap_or_default()
}

fn entries(path: &str, right: &Report) -> Vec<Entry> {
    if path == "scenarios" {
        return ["p_up", "p_down", "p_neither"]
            .iter()
            .filter_map(|p| entry(&format!("scenarios.{p}"), right))
            .collect();
    }
    if path == "invalidation" {
        return ["above", "below"]
            .iter()
            .filter_map(|p| entry(&format!("invalidation.{p}"), right))
            .collect();
    }
    entry(path, right).into_iter().collect()
}

fn entry(path: &str, right: &Report) -> Option<Entry> {
    let blank = Entry { path: path.to_owned(), ..Entry::default() };
    let text = |text: &str| {
        Some(Entry { text: Some(text.to_owned()), ..Entry { path: path.to_owned(), ..Entry::default() } })
    };
    let number = |number: i64| {
        Some(Entry { number: Some(number.into()), ..Entry { path: path.to_owned(), ..Entry::default() } })
    };
    if let Some(rest) = path.strip_prefix("observations[") {
        return observation(blank, rest, right);
    }
    if let Some(index) = indexed(path, "levels[") {
        return Some(Entry { reference: Some(right.levels.get(index)?.clone()), ..blank });
    }
    if let Some(index) = indexed(path, "issues[") {
        return text(right.issues.get(index)?);
    }
    let ends = &right.invalidation;
    match path {
        "summary" => text(&right.summary),
        "parent_reason" => text(&right.parent_reason),
        "parent_relation" => text(right.parent_relation.as_str()),
        "usable" => text(right.usable.as_str()),
        "outcome" => text(right.outcome.as_str()),
        "trend" => text(right.trend.as_str()),
        "bias" => text(right.bias.as_str()),
        "scenarios.up" => text(&right.scenarios.up),
        "scenarios.down" => text(&right.scenarios.down),
        "scenarios.p_up" => number(right.scenarios.p_up),
        "scenarios.p_down" => number(right.scenarios.p_down),
        "scenarios.p_neither" => number(right.scenarios.p_neither),
        "confidence" => number(right.confidence),
        "invalidation.reason" => text(&ends.reason),
        "invalidation.above" | "invalidation.above_ref" => {
            Some(Entry { number: ends.above, reference: Some(ends.above_ref.clone()), ..blank })
        }
        "invalidation.below" | "invalidation.below_ref" => {
            Some(Entry { number: ends.below, reference: Some(ends.below_ref.clone()), ..blank })
        }
        _ => None,
    }
}

/// `i].cites[j]`, `i].says` or `i].leans`. A cite brings its claim along.
fn observation(blank: Entry, rest: &str, right: &Report) -> Option<Entry> {
    let (index, part) = rest.split_once("].")?;
    let observation = right.observations.get(index.parse::<usize>().ok()?)?;
    let says = Some(observation.says.clone());
    let leans = Some(observation.leans.as_str());
    if part == "says" || part == "leans" {
        return Some(Entry { text: says, leans, ..blank });
    }
    let place = part.split_once("].").map_or(part.to_owned(), |(cite, _)| format!("{cite}]"));
    let Cite { reference, value } = observation.cites.get(indexed(&place, "cites[")?)?.clone();
    Some(Entry { text: says, number: Some(value), reference: Some(reference), leans, ..blank })
}

fn indexed(path: &str, name: &str) -> Option<usize> {
    path.strip_prefix(name)?.strip_suffix(']')?.parse().ok()
}

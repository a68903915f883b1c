use std::collections::BTreeSet;

use domain::report::{Aspect, CheckItem, CheckStatus};

use super::scope::{Scope, parts};
use crate::figures;
use crate::lang::fill;
use crate::names::aspect_word;
use crate::prose::State;
use crate::text::plain;

/// Rows shown before the rest is folded away.
const SHOWN: usize = 8;

/// A row per checked number, problems first.
pub(super) struct Evidence {
    pub(super) counts: String,
    pub(super) first: Vec<Row>,
    pub(super) rest: Vec<Row>,
    pub(super) more: String,
    /// Some rows stand for a number and its cite.
    pub(super) joined: bool,
}

/// A checked item.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) class: &'static str,
    pub(super) text: String,
    pub(super) place: String,
    pub(super) source: String,
    pub(super) leads_to: Option<String>,
    pub(super) value: String,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
    pub(super) note: String,
    /// The note is English on a page that is not: the checks' own words.
    pub(super) foreign: bool,
}

/// The evidence of a report; `targets` are the ids on the page that a source can lead to.
pub(super) fn evidence(scope: &Scope<'_>, targets: &[String]) -> Evidence {
    let checks = &scope.document().checks;
    let said = said(&checks.items);
    let is_joined = |item: &CheckItem| place_of_cite(item).is_some_and(|place| said.contains(&place));
    let mut order: Vec<(usize, &CheckItem)> =
        checks.items.iter().enumerate().filter(|(_, item)| !is_joined(item)).collect();
    let joined = order.len() < checks.items.len();
    order.sort_by_key(|(_, item)| {
        let problem = match item.status {
            CheckStatus::Unverified => 0,
            CheckStatus::Repaired => 1,
            _ => 2,
        };
        (problem, read_at(&item.path))
    });
    let problems = order.iter().filter(|(_, item)| State::of(item.status) != State::Verified).count();
    let mut first: Vec<Row> =
        order.into_iter().map(|(index, item)| row(scope, targets, index, item)).collect();
    // a fold for one row or two costs more than it saves
    let shown = if first.len() <= SHOWN + 2 { first.len() } else { SHOWN.max(problems) };
    let rest = first.split_off(shown);
    let counts = fill(
        &scope.words.evidence.counts,
        &[
            ("checked", &checks.checked.to_string()),
            ("verified", &checks.verified.to_string()),
            ("repaired", &checks.repaired.to_string()),
            ("unverified", &checks.unverified.to_string()),
        ],
    );
    let more = fill(&scope.words.evidence.more, &[("n", &rest.len().to_string())]);
    Evidence { counts, first, rest, more, joined }
}

/// How soon a reader of the page meets what stands at a path of the answer.
fn read_at(path: &str) -> u8 {
    match path {
        "summary" => 0,
        _ if path.ends_with(".says") => 1,
        _ if path.starts_with("invalidation.") || path.starts_with("scenarios.") => 2,
        _ if path.starts_with("observations[") => 3,
        _ if path.starts_with("levels[") => 5,
        _ => 4,
    }
}

/// The claims that say a number of an address, and the address.
fn said(items: &[CheckItem]) -> BTreeSet<(&str, &str)> {
    let right = items.iter().filter(|item| State::of(item.status) == State::Verified);
    right
        .filter(|item| item.status != CheckStatus::Derived && !item.reference.is_empty())
        .filter_map(|item| Some((item.path.strip_suffix(".says")?, item.reference.as_str())))
        .collect()
}

/// The claim and the address of a cite that holds: its number stands in the row of the claim's own, if that says it.
fn place_of_cite(item: &CheckItem) -> Option<(&str, &str)> {
    let (claim, _) = item.path.split_once(".cites[")?;
    (State::of(item.status) == State::Verified).then_some((claim, item.reference.as_str()))
}

fn row(scope: &Scope<'_>, targets: &[String], index: usize, item: &CheckItem) -> Row {
    let words = &scope.words.evidence;
    let (class, mark, word) = match State::of(item.status) {
        State::Repaired => ("fix", "↻", &words.repaired),
        State::Unverified => ("bad", "?", &words.unverified),
        _ => ("ok", "✓", &words.verified),
    };
    let reference = plain(&item.reference);
    let timeframe = scope.timeframe().as_str();
    let (source, value) = match item.status {
        CheckStatus::Derived => (format!("{}: {}", words.derived, plain(&item.expected)), String::new()),
        _ if reference.is_empty() => (String::new(), plain(&item.expected)),
        _ => match reference.strip_prefix("parent:") {
            Some(_) => (reference.clone(), plain(&item.expected)),
            None => (format!("{timeframe} {reference}"), plain(&item.expected)),
        },
    };
    let note = match (&item.why, &item.was) {
        (Some(why), _) if item.status == CheckStatus::Unverified => plain(why),
        (_, Some(was)) if item.status == CheckStatus::Repaired => fill(&words.first, &[("was", &plain(was))]),
        _ => String::new(),
    };
    Row {
        id: format!("{}{index}", scope.rows),
        class,
        text: figures::written(plain(&item.got).trim()),
        place: place(scope, &item.path),
        leads_to: leads_to(scope, targets, &reference),
        source,
        value: figures::minus(&value),
        mark,
        word,
        foreign: item.status == CheckStatus::Unverified && scope.words.code != "en",
        note,
    }
}

/// Where on the page the source of a number is shown.
fn leads_to(scope: &Scope<'_>, targets: &[String], reference: &str) -> Option<String> {
    let (name, key, _) = parts(reference);
    let id = match name {
        _ if reference.starts_with("parent:") => "behind".to_owned(),
        "levels" | "barriers" => "ladder".to_owned(),
        _ => bar_id(&bar_of(scope, name, key)?),
    };
    targets.contains(&id).then_some(id)
}

/// The open of the bar that a ref speaks of, as the artifact prints it; `forming` for the bar in progress.
fn bar_of(scope: &Scope<'_>, name: &str, key: &str) -> Option<String> {
    match name {
        "bars" | "indicators" => Some(key.to_owned()),
        "forming" => Some("forming".to_owned()),
        "swings" => scope.reading.ohlcv.swings.list.iter().find(|swing| swing.id == key).map(|s| s.t.clone()),
        _ => None,
    }
}

/// The opens of all bars that the report's sources speak of.
pub(super) fn cited_bars(scope: &Scope<'_>) -> Vec<String> {
    let items = scope.document().checks.items.iter();
    items
        .filter_map(|item| {
            let (name, key, _) = parts(&item.reference);
            bar_of(scope, name, key)
        })
        .collect()
}

/// The id of a bar's row: `bar-2026-04-20`.
pub(super) fn bar_id(label: &str) -> String {
    let safe = label.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ':'));
    format!("bar-{}", safe.collect::<String>())
}

/// The place of an item in words, by its path in the answer.
fn place(scope: &Scope<'_>, path: &str) -> String {
    let words = &scope.words.place;
    if let Some(rest) = path.strip_prefix("observations[") {
        let (index, field) = rest.split_once(']').unwrap_or((rest, ""));
        let aspect =
            index.parse().ok().and_then(|index: usize| scope.document().report.observations.get(index));
        let aspect =
            aspect_word(scope.words, aspect.map_or(Aspect::Context, |observation| observation.aspect));
        return match field {
            ".says" => aspect.to_owned(),
            _ => fill(&words.cited, &[("aspect", aspect)]),
        };
    }
    let word = match path {
        "summary" => &words.summary,
        "parent_reason" => &words.parent_reason,
        "scenarios" => &words.scenarios,
        "scenarios.up" => &words.scenario_up,
        "scenarios.down" => &words.scenario_down,
        "invalidation.above" => &words.above,
        "invalidation.below" => &words.below,
        "invalidation.reason" => &words.reason,
        _ if path.starts_with("levels[") => &words.levels,
        _ if path.starts_with("issues[") => &words.issues,
        _ => &words.other,
    };
    word.clone()
}

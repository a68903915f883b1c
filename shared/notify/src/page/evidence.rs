mod report;

use std::collections::BTreeSet;

use domain::report::{CheckItem, CheckStatus, Checks};

use crate::figures;
use crate::lang::{Words, fill};
use crate::prose::State;
use crate::text::plain;

pub(super) use report::{Own, bar_id, cited_bars};

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

/// An answer whose numbers were checked, as its page names places and sources.
pub(super) trait Checked {
    fn words(&self) -> &'static Words;
    fn checks(&self) -> &Checks;
    /// Start of the ids of the rows.
    fn rows(&self) -> &'static str;
    /// A place of the answer in words.
    fn place(&self, path: &str) -> String;
    /// How soon a reader of the page meets what stands at a path of the answer.
    fn read_at(&self, path: &str) -> u8;
    /// A ref as it is printed.
    fn source(&self, reference: &str) -> String;
    /// A link to where the source of a number is shown.
    fn leads_to(&self, reference: &str) -> Option<String>;
}

/// The evidence of an answer.
pub(super) fn evidence(answer: &impl Checked) -> Evidence {
    let (words, checks) = (&answer.words().evidence, answer.checks());
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
        (problem, answer.read_at(&item.path))
    });
    let problems = order.iter().filter(|(_, item)| State::of(item.status) != State::Verified).count();
    let mut first: Vec<Row> = order.into_iter().map(|(index, item)| row(answer, index, item)).collect();
    // a fold for one row or two costs more than it saves
    let shown = if first.len() <= SHOWN + 2 { first.len() } else { SHOWN.max(problems) };
    let rest = first.split_off(shown);
    let counts = fill(
        &words.counts,
        &[
            ("checked", &checks.checked.to_string()),
            ("verified", &checks.verified.to_string()),
            ("repaired", &checks.repaired.to_string()),
            ("unverified", &checks.unverified.to_string()),
        ],
    );
    let more = fill(&words.more, &[("n", &rest.len().to_string())]);
    Evidence { counts, first, rest, more, joined }
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

fn row(answer: &impl Checked, index: usize, item: &CheckItem) -> Row {
    let words = &answer.words().evidence;
    let (class, mark, word) = match State::of(item.status) {
        State::Repaired => ("fix", "↻", &words.repaired),
        State::Unverified => ("bad", "?", &words.unverified),
        _ => ("ok", "✓", &words.verified),
    };
    let reference = plain(&item.reference);
    let (source, value) = match item.status {
        CheckStatus::Derived => (format!("{}: {}", words.derived, plain(&item.expected)), String::new()),
        _ if reference.is_empty() => (String::new(), plain(&item.expected)),
        _ => (answer.source(&reference), plain(&item.expected)),
    };
    let note = match (&item.why, &item.was) {
        (Some(why), _) if item.status == CheckStatus::Unverified => plain(why),
        (_, Some(was)) if item.status == CheckStatus::Repaired => fill(&words.first, &[("was", &plain(was))]),
        _ => String::new(),
    };
    Row {
        id: format!("{}{index}", answer.rows()),
        class,
        text: figures::written(plain(&item.got).trim()),
        place: answer.place(&item.path),
        leads_to: answer.leads_to(&reference),
        source,
        value: figures::minus(&value),
        mark,
        word,
        foreign: item.status == CheckStatus::Unverified && answer.words().code != "en",
        note,
    }
}

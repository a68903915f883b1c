//! Which items were wrong at first and hold now.

use std::collections::BTreeMap;

use domain::report::{CheckItem, CheckStatus, Report};

use crate::checks::Checked;
use crate::checks::findings::record;

/// `again` with its repaired items marked, each with what had been written.
pub(super) fn with_repairs(first: &Checked, again: Checked) -> Checked {
    let items = merged(&first.checks.items, again.checks.items, |path| word_at(&again.report, path));
    let (checks, trust) = record(items, again.checks.key_order);
    Checked { report: again.report, checks, trust, problems: again.problems }
}

/// The items found again, those that were wrong at first and hold now marked as repaired. `word_at` tells what single
/// words and numbers now stand at the path of a rule.
pub(super) fn merged(
    first: &[CheckItem],
    again: Vec<CheckItem>,
    word_at: impl Fn(&str) -> Option<String>,
) -> Vec<CheckItem> {
    let mut wrong: BTreeMap<&str, Vec<&CheckItem>> = BTreeMap::new();
    let mut right: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for item in first {
        if item.status == CheckStatus::Unverified {
            wrong.entry(&item.path).or_default().push(item);
        } else {
            *right.entry((&item.path, &item.got)).or_default() += 1;
        }
    }
    let mut items = again;
    // a number that is still wrong in the new text is nobody's repair
    for item in items.iter().filter(|item| item.status == CheckStatus::Unverified) {
        if let Some(waiting) = wrong.get_mut(item.path.as_str())
            && let Some(index) = waiting.iter().position(|old| old.got == item.got && is_alike(old, item))
        {
            waiting.remove(index);
        }
    }
    for item in items.iter_mut().filter(|item| item.status != CheckStatus::Unverified) {
        if let Some(count) =
            right.get_mut(&(item.path.as_str(), item.got.as_str())).filter(|count| **count > 0)
        {
            *count -= 1;
            continue;
        }
        if let Some(waiting) = wrong.get_mut(item.path.as_str())
            && let Some(index) = waiting.iter().position(|old| is_alike(old, item))
        {
            let old = waiting.remove(index);
            item.status = CheckStatus::Repaired;
            item.was = Some(old.got.clone());
        }
    }
    for old in wrong.into_values().flatten() {
        // a rule that is kept is no item, so its repair is told here
        let still = items.iter().any(|item| item.path == old.path && item.status == CheckStatus::Unverified);
        if let Some(word) = word_at(&old.path).filter(|word| !still && *word != old.got) {
            let was = Some(old.got.clone());
            items.push(CheckItem { status: CheckStatus::Repaired, got: word, was, why: None, ..old.clone() });
        }
    }
    items
}

/// Numbers in a text are told from the text as a whole.
fn is_alike(old: &CheckItem, new: &CheckItem) -> bool {
    old.span.is_some() == new.span.is_some()
}

/// The single words and numbers that rules speak of.
fn word_at(report: &Report, path: &str) -> Option<String> {
    match path {
        "bias" => Some(report.bias.as_str().to_owned()),
        "trend" => Some(report.trend.as_str().to_owned()),
        "usable" => Some(report.usable.as_str().to_owned()),
        "parent_relation" => Some(report.parent_relation.as_str().to_owned()),
        "confidence" => Some(report.confidence.to_string()),
        _ => None,
    }
}

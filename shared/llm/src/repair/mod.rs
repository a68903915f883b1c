//! Corrections: only what was asked for, then everything is checked again.

mod apply;
mod compare;
mod recommendation;

pub use recommendation::apply_to_recommendation;

use serde::Deserialize;

use crate::checks::answer::{LONGEST, is_checkable};
use crate::checks::{Checked, Evidence, examine};

/// The reply to a repair call.
#[derive(Debug, Deserialize)]
struct Reply {
    repairs: Vec<Repair>,
}

/// One correction; null where nothing changes.
#[derive(Debug, Deserialize)]
struct Repair {
    path: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    number: Option<serde_json::Number>,
    #[serde(default, rename = "ref")]
    reference: Option<String>,
    #[serde(default)]
    leans: Option<String>,
}

/// The answer of `first` with the corrections of `reply_text` at the paths that were offered, checked again.
/// Corrections elsewhere are ignored, and a reply that cannot be read corrects nothing. Items that were wrong
/// and hold now are marked as repaired; what stays wrong stays marked.
pub fn apply(first: &Checked, reply_text: &str, evidence: &Evidence<'_>) -> Checked {
    if reply_text.len() > LONGEST {
        return first.clone();
    }
    let Ok(reply) = serde_json::from_str::<Reply>(reply_text) else {
        return first.clone();
    };
    let mut report = first.report.clone();
    for repair in &reply.repairs {
        if apply::is_offered(&first.problems, &repair.path) {
            apply::correct(&mut report, repair);
        }
    }
    if !is_checkable(&report) {
        return first.clone();
    }
    let again = examine(report, first.checks.key_order, evidence);
    compare::with_repairs(first, again)
}

#[cfg(test)]
mod tests;

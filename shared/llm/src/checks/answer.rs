//! An answer's text as a report. The types do what the schema says; the rest is checked here by hand.

use domain::Timeframe;
use domain::report::Report;

use super::{AnswerError, order};

/// Bytes of a text that can be a report; the largest so far has a tenth of it.
pub(super) const LONGEST: usize = 128 * 1024;

pub(super) struct Answer {
    pub(super) report: Report,
    pub(super) key_order: bool,
}

pub(super) fn read(text: &str) -> Result<Answer, AnswerError> {
    if text.len() > LONGEST {
        return Err(AnswerError::TooLong(text.len()));
    }
    let report: Report =
        serde_json::from_str(text).map_err(|error| AnswerError::Schema(what_broke(&error)))?;
    if report.invalidation.timeframe == Timeframe::Hour {
        return Err(AnswerError::Schema("invalidation.timeframe: 1h is none of 1M, 1w, 1d, 4h".into()));
    }
    Ok(Answer { report, key_order: order::is_kept(text) })
}

/// The error without the list of what was expected: the schema says that, at length.
fn what_broke(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (what, place) = match (text.split_once(", expected"), text.rsplit_once(" at line ")) {
        (Some((what, _)), Some((_, place))) => (what, format!(" at line {place}")),
        _ => (text.as_str(), String::new()),
    };
    let shown: String = what.chars().filter(|c| !c.is_control()).take(160).collect();
    format!("{shown}{place}")
}

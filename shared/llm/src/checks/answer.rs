//! An answer's text as a report. The types do what the schema says; the rest is checked here by hand.

use domain::Timeframe;
use domain::report::Report;

use super::prose::Text;
use super::{AnswerError, order, prose};
use crate::schemas;

/// Bytes of a text that can be a report; the largest so far has a tenth of it.
pub(crate) const LONGEST: usize = 128 * 1024;

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
    if let Some(what) = excess(&report) {
        return Err(AnswerError::Schema(what));
    }
    if report.invalidation.timeframe == Timeframe::Hour {
        return Err(AnswerError::Schema("invalidation.timeframe: 1h is none of 1M, 1w, 1d, 4h".into()));
    }
    Ok(Answer { report, key_order: order::is_kept(text, schemas::REPORT) })
}

/// Whether a repaired report is still one that can be checked.
pub(crate) fn is_checkable(report: &Report) -> bool {
    excess(report).is_none()
}

/// Far over what the rules allow: an answer that would take minutes to check. Up to here too many are marked.
fn excess(report: &Report) -> Option<String> {
    if report.observations.len() > 40 {
        return Some(format!("{} observations; at most 12 are asked for", report.observations.len()));
    }
    if let Some(most) = report.observations.iter().map(|o| o.cites.len()).max().filter(|most| *most > 30) {
        return Some(format!("an observation of {most} cites; at most 6 are asked for"));
    }
    unreadable(&prose::texts(report))
}

/// A text that takes minutes to check, or shows other than it reads.
pub(super) fn unreadable(texts: &[Text<'_>]) -> Option<String> {
    let digits = |text: &&Text<'_>| text.text.chars().filter(char::is_ascii_digit).count() > 2000;
    if let Some(text) = texts.iter().find(digits) {
        return Some(format!("{} holds over 2,000 digits", text.path));
    }
    texts
        .iter()
        .find(|text| text.text.chars().any(is_hidden))
        .map(|text| format!("{} holds invisible characters", text.path))
}

/// Characters that show as nothing and can stand between the digits of a number.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The error without the list of what was expected: the schema says that, at length.
pub(super) fn what_broke(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (what, place) = match (text.split_once(", expected"), text.rsplit_once(" at line ")) {
        (Some((what, _)), Some((_, place))) => (what, format!(" at line {place}")),
        _ => (text.as_str(), String::new()),
    };
    let shown: String = what.chars().filter(|c| !c.is_control()).take(160).collect();
    format!("{shown}{place}")
}

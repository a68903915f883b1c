//! An answer's text as a recommendation. The types do what the schema says; the rest is checked here by hand.

use domain::Timeframe;
use domain::recommendation::Recommendation;

use super::super::answer::{LONGEST, unreadable, what_broke};
use super::super::{AnswerError, order};
use super::texts;
use crate::schemas;

/// The recommendation, and whether its keys stand in the schema's order.
pub(super) fn read(text: &str) -> Result<(Recommendation, bool), AnswerError> {
    if text.len() > LONGEST {
        return Err(AnswerError::TooLong(text.len()));
    }
    let answer: Recommendation =
        serde_json::from_str(text).map_err(|error| AnswerError::Schema(what_broke(&error)))?;
    if let Some(what) = excess(&answer) {
        return Err(AnswerError::Schema(what));
    }
    if answer.invalidation.timeframe == Timeframe::Hour {
        return Err(AnswerError::Schema("invalidation.timeframe: 1h is none of 1M, 1w, 1d, 4h".into()));
    }
    Ok((answer, order::is_kept(text, schemas::RECOMMENDATION)))
}

/// Far over what the rules allow: an answer that would take minutes to check. Up to here too many are marked.
pub(super) fn excess(answer: &Recommendation) -> Option<String> {
    let cases = texts::cases(answer);
    let cites = cases.iter().map(|(_, argument)| argument.cites.len()).max().unwrap_or_default();
    for (what, count, most) in [
        ("sources", answer.sources.len(), 10),
        ("conflicts", answer.conflicts.len(), 20),
        ("arguments", cases.len(), 30),
        ("cites of an argument", cites, 30),
        ("targets", answer.plan.targets.len(), 10),
        ("things that would change its mind", answer.change_mind.len(), 20),
    ] {
        if count > most {
            return Some(format!("{count} {what}; at most {most} are read"));
        }
    }
    unreadable(&texts::all(answer, 0))
}

//! What the data cannot carry, and what is wrong with it.

use domain::Timeframe;
use domain::ohlcv::{DataQuality, FlagKind, Ohlcv};
use domain::report::{Bias, Invalidation, Outcome, ParentRelation, Report, Scenarios, Trend, Usable};

use super::brief::Brief;
use super::voice::{Missing, Voice};

/// Fewest closed bars of a report.
const FEWEST: u32 = 30;

/// Why there can be no report of these candles; `None` if there can.
pub(super) fn reason(ohlcv: &Ohlcv) -> Option<(Outcome, Missing)> {
    let flagged = |kind: FlagKind| ohlcv.data_quality.flags.iter().any(|flag| flag.kind == kind);
    if ohlcv.data_quality.history_bars < FEWEST || ohlcv.barriers.is_none() {
        return Some((Outcome::InsufficientHistory, Missing::History));
    }
    flagged(FlagKind::Insane).then_some((Outcome::BadData, Missing::Sense))
}

/// The report that says why there is none.
pub(super) fn report(brief: &Brief) -> Report {
    let timeframe = brief.ohlcv.as_ref().map_or(Timeframe::Month, |ohlcv| ohlcv.timeframe);
    let (outcome, issue) = match &brief.ohlcv {
        Some(ohlcv) => reason(ohlcv).unwrap_or((Outcome::MissingInput, Missing::Figures)),
        None if brief.unreadable => (Outcome::BadData, Missing::Readable),
        None => (Outcome::MissingInput, Missing::Candles),
    };
    let parent = brief.parent.is_some() && timeframe != Timeframe::Month;
    Report {
        issues: vec![brief.language.voice().missing(issue).to_owned()],
        usable: Usable::None,
        observations: Vec::new(),
        levels: Vec::new(),
        parent_reason: String::new(),
        parent_relation: if parent { ParentRelation::Neutral } else { ParentRelation::NoParent },
        outcome,
        scenarios: Scenarios { up: String::new(), down: String::new(), p_up: 0, p_down: 0, p_neither: 0 },
        trend: Trend::Unclear,
        bias: Bias::None,
        invalidation: Invalidation {
            reason: String::new(),
            above: None,
            above_ref: String::new(),
            below: None,
            below_ref: String::new(),
            timeframe,
        },
        confidence: 0,
        summary: String::new(),
    }
}

/// What is wrong or thin about the data, a sentence each; empty if nothing is.
pub(super) fn issues(quality: &DataQuality, voice: &dyn Voice) -> Vec<String> {
    let mut found = Vec::new();
    if !quality.gaps.is_empty() {
        found.push(voice.gaps().to_owned());
    }
    let mut kinds: Vec<FlagKind> = quality.flags.iter().map(|flag| flag.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    found.extend(kinds.into_iter().map(|kind| voice.flag(kind).to_owned()));
    found.extend(quality.warming_pct.keys().map(|column| voice.warming(column)));
    found.extend(quality.absent.iter().map(|column| voice.absent(column)));
    let mut seen = Vec::new();
    found.retain(|issue| {
        let new = !seen.contains(issue);
        seen.push(issue.clone());
        new
    });
    found
}

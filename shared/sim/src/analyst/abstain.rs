//! What the data cannot carry, and what is wrong with it.

use domain::Timeframe;
use domain::ohlcv::{DataQuality, FlagKind, Ohlcv};
use domain::report::{Bias, Invalidation, Outcome, ParentRelation, Report, Scenarios, Trend, Usable};

use super::brief::Brief;
use super::prose::indicator;

/// Fewest closed bars of a report.
const FEWEST: u32 = 30;

/// Why there can be no report of these candles; `None` if there can.
pub(super) fn reason(ohlcv: &Ohlcv) -> Option<(Outcome, &'static str)> {
    let flagged = |kind: FlagKind| ohlcv.data_quality.flags.iter().any(|flag| flag.kind == kind);
    if ohlcv.data_quality.history_bars < FEWEST || ohlcv.barriers.is_none() {
        return Some((Outcome::InsufficientHistory, "The history has fewer bars than a report needs."));
    }
    flagged(FlagKind::Insane).then_some((Outcome::BadData, "Some bars contradict themselves."))
}

/// The report that says why there is none.
pub(super) fn report(brief: &Brief) -> Report {
    let timeframe = brief.ohlcv.as_ref().map_or(Timeframe::Month, |ohlcv| ohlcv.timeframe);
    let (outcome, issue) = match &brief.ohlcv {
        Some(ohlcv) => {
            reason(ohlcv).unwrap_or((Outcome::MissingInput, "Figures that a report needs are missing."))
        }
        None if brief.unreadable => (Outcome::BadData, "The candles cannot be read."),
        None => (Outcome::MissingInput, "No candles were given."),
    };
    let parent = brief.parent.is_some() && timeframe != Timeframe::Month;
    Report {
        issues: vec![issue.to_owned()],
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
pub(super) fn issues(quality: &DataQuality) -> Vec<String> {
    let mut found = Vec::new();
    if !quality.gaps.is_empty() {
        found.push("Bars are missing from the series.".to_owned());
    }
    let mut kinds: Vec<FlagKind> = quality.flags.iter().map(|flag| flag.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    found.extend(kinds.into_iter().map(|kind| flag(kind).to_owned()));
    found.extend(quality.warming_pct.keys().map(|name| format!("{} is still warming up.", indicator(name))));
    found.extend(
        quality.absent.iter().map(|name| format!("{} is absent: the history is too short.", indicator(name))),
    );
    let mut seen = Vec::new();
    found.retain(|issue| {
        let new = !seen.contains(issue);
        seen.push(issue.clone());
        new
    });
    found
}

fn flag(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::Truncated => "An outage cut a bar short.",
        FlagKind::ZeroTrades => "There are bars without trades.",
        FlagKind::Spike => "A bar spikes far beyond its usual range.",
        FlagKind::Corrected => "A closed bar was corrected later.",
        FlagKind::PartialFirst => "The first bar is partial: the symbol was listed within it.",
        FlagKind::Stale => "The newest candles are late.",
        FlagKind::Insane => "Some bars contradict themselves.",
    }
}

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
    if flagged(FlagKind::Stale) && is_late(ohlcv) {
        return Some((Outcome::BadData, Missing::Late));
    }
    flagged(FlagKind::Insane).then_some((Outcome::BadData, Missing::Sense))
}

/// Whether the last closed bar opened more than two bars before the time of the report: a whole bar has ended
/// since that was not given, as where trading was halted.
fn is_late(ohlcv: &Ohlcv) -> bool {
    let timeframe = ohlcv.timeframe;
    let open = ohlcv.bars.last_t().and_then(|label| timeframe.parse_label(label));
    open.is_some_and(|open| timeframe.next_open(timeframe.next_open(open)) < ohlcv.as_of)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analyst::Mode;
    use crate::analyst::report::by_rule;
    use crate::analyst::sample::{artifact, read};
    use crate::analyst::voice::Language;

    /// The sample, whose last closed week is that of 20 April 2026, at another time and with this flag.
    fn at(as_of: &str, flag: &str) -> Ohlcv {
        let mut changed = artifact();
        changed["as_of"] = json!(as_of);
        changed["data_quality"]["flags"] = json!([{ "t": "2026-04-27T03:00", "kind": flag }]);
        read(&changed)
    }

    #[test]
    fn a_halted_symbol_has_no_report() {
        for (language, issue) in [
            (Language::English, "The newest candles are too old for a report."),
            (Language::Russian, "Последние свечи слишком старые для отчёта."),
        ] {
            let ohlcv = Some(at("2030-04-30T04:00:00Z", "stale"));
            let report = by_rule(&Brief { ohlcv, language, ..Brief::default() }, Mode::Honest);
            assert_eq!(
                (report.outcome, report.bias, report.trend),
                (Outcome::BadData, Bias::None, Trend::Unclear)
            );
            assert_eq!(
                (report.issues, report.usable, report.confidence),
                (vec![issue.to_owned()], Usable::None, 0)
            );
            let (ways, ends) = (&report.scenarios, &report.invalidation);
            assert_eq!((ways.p_up, ways.p_down, ways.p_neither), (0, 0, 0));
            assert_eq!((ends.above, ends.below), (None, None));
            assert!(report.observations.is_empty() && report.levels.is_empty());
            let texts = [&report.summary, &report.parent_reason, &ways.up, &ways.down, &ends.reason];
            assert!(texts.iter().all(|text| text.is_empty()));
        }
    }

    #[test]
    fn late_hours_within_the_week_in_progress_are_no_halt() {
        // two weeks after 20 April is 4 May
        assert_eq!(reason(&at("2026-05-04T00:00:00Z", "stale")), None);
        assert_eq!(reason(&at("2026-05-04T00:00:01Z", "stale")), Some((Outcome::BadData, Missing::Late)));
        assert_eq!(reason(&at("2030-04-30T04:00:00Z", "spike")), None);
    }
}

//! The rules of the schema's fields that no type can hold.

use std::ops::RangeInclusive;

use domain::recommendation::{CloseSide, Direction, Recommendation};

use super::super::findings::{Findings, Wrong};
use super::RecommendationEvidence;
use super::texts::cases;

/// Characters of an argument.
const ARGUMENT: usize = 400;

/// Hours in which an entry may be filled.
const VALID_HOURS: RangeInclusive<i64> = 4..=336;

/// Days after which a plan is closed.
const HORIZON_DAYS: RangeInclusive<i64> = 1..=60;

pub(super) fn check(answer: &Recommendation, evidence: &RecommendationEvidence<'_>, findings: &mut Findings) {
    sources(answer, evidence, findings);
    arguments(answer, findings);
    match answer.direction {
        Direction::StandAside => aside(answer, findings),
        Direction::Long | Direction::Short => plan(answer, findings),
    }
    for (path, text) in [("reasoning", &answer.reasoning), ("summary", &answer.summary)] {
        if text.trim().is_empty() {
            findings.fails(&Wrong { path, why: "a recommendation says this", ..Wrong::default() });
        }
    }
}

/// Each report once, with its own bias.
fn sources(answer: &Recommendation, evidence: &RecommendationEvidence<'_>, findings: &mut Findings) {
    for (i, source) in answer.sources.iter().enumerate() {
        let path = format!("sources[{i}].bias");
        let of = evidence.sources.iter().find(|given| given.report.report_id == source.report_id);
        let Some(of) = of else {
            let (path, got) = (format!("sources[{i}].report_id"), source.report_id.as_str());
            let why = "no such report was given";
            findings.marked(&Wrong { path: &path, got, why, ..Wrong::default() });
            continue;
        };
        let bias = of.report.report.bias;
        if source.bias != bias {
            let (got, expected) = (source.bias.as_str(), bias.as_str());
            let why = "the report has another bias";
            findings.fails(&Wrong { path: &path, got, expected, why, ..Wrong::default() });
        }
    }
    for given in evidence.sources {
        let id = &given.report.report_id;
        let count = answer.sources.iter().filter(|source| source.report_id == *id).count();
        if count != 1 {
            let (got, expected) = (format!("{count} times"), format!("{id} once"));
            let why = "each report is told once";
            findings.marked(&Wrong {
                path: "sources",
                got: &got,
                expected: &expected,
                why,
                ..Wrong::default()
            });
        }
    }
}

fn arguments(answer: &Recommendation, findings: &mut Findings) {
    for (path, argument) in cases(answer) {
        let length = argument.says.chars().count();
        if length > ARGUMENT {
            let (path, got) = (format!("{path}.says"), format!("{length} characters"));
            let (expected, why) = ("at most 400", "an argument is short");
            findings.fails(&Wrong { path: &path, got: &got, expected, why, ..Wrong::default() });
        }
        let cites = argument.cites.len();
        if !(1..=6).contains(&cites) {
            let (path, got) = (format!("{path}.cites"), format!("{cites} cites"));
            let (expected, why) = ("1 to 6", "an argument rests on its cites");
            findings.marked(&Wrong { path: &path, got: &got, expected, why, ..Wrong::default() });
        }
    }
    for (path, case) in [("case_long", &answer.case_long), ("case_short", &answer.case_short)] {
        if !(1..=6).contains(&case.len()) {
            let (got, expected) = (case.len().to_string(), "1 to 6");
            let why = "both sides are argued before one is taken";
            findings.marked(&Wrong { path, got: &got, expected, why, ..Wrong::default() });
        }
    }
}

fn plan(answer: &Recommendation, findings: &mut Findings) {
    let plan = &answer.plan;
    for (path, number, range) in [
        ("plan.valid_hours", plan.valid_hours, VALID_HOURS),
        ("plan.horizon_days", plan.horizon_days, HORIZON_DAYS),
    ] {
        if !number.is_some_and(|number| range.contains(&number)) {
            let got = number.map_or_else(|| "null".to_owned(), |number| number.to_string());
            let expected = format!("{} to {}", range.start(), range.end());
            let why = "a plan has a time to enter and a time to end";
            findings.fails(&Wrong { path, got: &got, expected: &expected, why, ..Wrong::default() });
        }
    }
    if !(1..=99).contains(&answer.probability) {
        let got = answer.probability.to_string();
        let (path, expected, why) =
            ("probability", "1 to 99", "it is the percentage of a plan that can go either way");
        findings.fails(&Wrong { path, got: &got, expected, why, ..Wrong::default() });
    }
}

/// Its prices are checked with those of plans.
fn aside(answer: &Recommendation, findings: &mut Findings) {
    let why = "who stands aside has no plan";
    if answer.probability != 0 {
        let got = answer.probability.to_string();
        let (path, expected) = ("probability", "0");
        findings.fails(&Wrong { path, got: &got, expected, why, ..Wrong::default() });
    }
    if answer.invalidation.close != CloseSide::None {
        let (path, got, expected) = ("invalidation.close", answer.invalidation.close.as_str(), "none");
        findings.fails(&Wrong { path, got, expected, why, ..Wrong::default() });
    }
}

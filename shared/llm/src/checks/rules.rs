//! The rules of the schema's fields that no type can hold.

use domain::report::{Aspect, Bias, CheckStatus, Outcome, ParentRelation, Report, Usable};

use super::facts::Facts;
use super::findings::{Findings, Wrong};
use super::path::{Step, steps};
use super::refs::resolve;

/// Characters of a claim.
const CLAIM: usize = 400;

/// The odds, as one item; whether they hold.
pub(super) fn odds(report: &Report, findings: &mut Findings) -> bool {
    let scenarios = &report.scenarios;
    let odds = [("p_up", scenarios.p_up), ("p_down", scenarios.p_down), ("p_neither", scenarios.p_neither)];
    let sum: i128 = odds.iter().map(|(_, percent)| i128::from(*percent)).sum();
    let in_range = odds.iter().all(|(_, percent)| (0..=100).contains(percent));
    let wanted = if report.outcome == Outcome::Report { 100 } else { 0 };
    let got = odds.map(|(_, percent)| percent.to_string()).join(" + ");
    let expected = format!("0 to 100 each, sum {wanted}");
    if in_range && sum == wanted {
        findings.holds("scenarios", CheckStatus::Verified, &got, &expected, "", None);
        return true;
    }
    let why =
        format!("p_up, p_down and p_neither sum to {sum}; they must be 0 to 100 each and sum to {wanted}");
    let wrong = Wrong { path: "scenarios", got: &got, expected: &expected, why: &why, ..Wrong::default() };
    findings.marked(&wrong);
    for (name, percent) in odds {
        let (path, got) = (format!("scenarios.{name}"), percent.to_string());
        findings.offer(&Wrong { path: &path, got: &got, ..wrong_of(&expected, &why) });
    }
    false
}

fn wrong_of<'a>(expected: &'a str, why: &'a str) -> Wrong<'a> {
    Wrong { expected, why, ..Wrong::default() }
}

/// Each level must be an address of the artifact.
pub(super) fn levels(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    for (i, reference) in report.levels.iter().enumerate() {
        let path = format!("levels[{i}]");
        let is_zone =
            matches!(steps(reference).as_deref(), Some([Step::Key("levels" | "swings"), Step::At(_), ..]));
        let found = resolve(&facts.evidence, reference).and_then(|found| {
            if is_zone { Ok(found) } else { Err("bad_ref: a level is levels[ID] or swings[ID]".to_owned()) }
        });
        match found {
            Ok(found) => {
                findings.holds(&path, CheckStatus::Verified, reference, &found.text, reference, None)
            }
            Err(why) => {
                findings.fails(&Wrong { path: &path, got: reference, reference, ..wrong_of("", &why) })
            }
        }
    }
}

/// Everything else. A rule that is kept is no item; one that is broken is.
pub(super) fn check(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    usable(report, facts, findings);
    parent_relation(report, facts, findings);
    claims(report, findings);
    if report.outcome != Outcome::Report {
        return;
    }
    counts(report, facts, findings);
    bias(report, facts, findings);
    if !(0..=100).contains(&report.confidence) {
        let got = report.confidence.to_string();
        findings.fails(&Wrong {
            path: "confidence",
            got: &got,
            ..wrong_of("0 to 100", "it is a percentage")
        });
    }
    if report.summary.trim().is_empty() {
        findings.fails(&Wrong { path: "summary", ..wrong_of("", "a report has a summary") });
    }
}

fn usable(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    let quality = &facts.evidence.ohlcv.data_quality;
    let is_clean = quality.gaps.is_empty()
        && quality.flags.is_empty()
        && quality.warming_pct.is_empty()
        && quality.absent.is_empty();
    if report.usable == Usable::Full && !is_clean {
        let why = "full means no gap, flag, warming or absent indicator, and data_quality names some";
        findings.fails(&Wrong { path: "usable", got: "full", ..wrong_of("partial", why) });
    }
}

fn parent_relation(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    let expected = match facts.evidence.parent {
        None => ParentRelation::NoParent,
        Some(parent) => match report.bias.sign() * parent.report.bias.sign() {
            1 => ParentRelation::Confirms,
            -1 => ParentRelation::Contradicts,
            _ => ParentRelation::Neutral,
        },
    };
    if report.parent_relation != expected {
        let why =
            "it follows from the two biases: equal signs confirm, opposite ones contradict, else neutral";
        let got = report.parent_relation.as_str();
        findings.fails(&Wrong { path: "parent_relation", got, ..wrong_of(expected.as_str(), why) });
    }
    let names_one = || {
        let words = report.parent_reason.split(|c: char| !c.is_alphanumeric());
        let numbers = words.filter_map(|word| word.strip_prefix(['o', 'O'])?.parse::<usize>().ok());
        numbers.into_iter().any(|number| (1..=facts.observations).contains(&number))
    };
    let needs_reason = facts.evidence.parent.is_some() && report.outcome == Outcome::Report;
    if needs_reason && !names_one() {
        let why = "the reason names at least one observation, such as o1";
        let got = report.parent_reason.as_str();
        findings.fails(&Wrong { path: "parent_reason", got, ..wrong_of("", why) });
    }
}

fn claims(report: &Report, findings: &mut Findings) {
    for (i, observation) in report.observations.iter().enumerate() {
        let length = observation.says.chars().count();
        if length > CLAIM {
            let (path, got) = (format!("observations[{i}].says"), format!("{length} characters"));
            findings.fails(&Wrong { path: &path, got: &got, ..wrong_of("at most 400", "a claim is short") });
        }
        let cites = observation.cites.len();
        if !(1..=6).contains(&cites) {
            let (path, got) = (format!("observations[{i}].cites"), format!("{cites} cites"));
            findings.marked(&Wrong {
                path: &path,
                got: &got,
                ..wrong_of("1 to 6", "a claim rests on its cites")
            });
        }
    }
}

/// What a repair by fields cannot add; it is marked.
fn counts(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    let mut mark = |path: &str, got: &str, expected: &str, why: &str| {
        findings.marked(&Wrong { path, got, ..wrong_of(expected, why) });
    };
    let observations = report.observations.len();
    if !(3..=12).contains(&observations) {
        mark("observations", &observations.to_string(), "3 to 12", "a report has 3 to 12 observations");
    }
    for aspect in [Aspect::Structure, Aspect::Trend, Aspect::Momentum] {
        if !report.observations.iter().any(|observation| observation.aspect == aspect) {
            mark("observations", "", aspect.as_str(), "an observation of this aspect is missing");
        }
    }
    let mut cites = report.observations.iter().flat_map(|observation| &observation.cites);
    if facts.evidence.ohlcv.forming.is_some() && !cites.any(|cite| cite.reference.starts_with("forming.")) {
        mark("observations", "", "forming", "the bar in progress is not cited");
    }
    let levels = report.levels.len();
    if !(1..=6).contains(&levels) && !facts.evidence.ohlcv.levels.is_empty() {
        mark("levels", &levels.to_string(), "1 to 6", "a report names 1 to 6 levels");
    }
}

fn bias(report: &Report, facts: &Facts<'_>, findings: &mut Findings) {
    let (up, down) = (report.scenarios.p_up, report.scenarios.p_down);
    let why = match report.bias {
        Bias::Bullish if up <= down => "bullish needs p_up above p_down",
        Bias::Bearish if down <= up => "bearish needs p_down above p_up",
        Bias::None => "a report has a bias; none is for abstaining",
        _ if rests_on_warming(report, facts) => "only indicators that are still warming support it",
        _ => return,
    };
    let expected = match up.cmp(&down) {
        _ if why.starts_with("only") => "neutral",
        std::cmp::Ordering::Greater => "bullish or neutral",
        std::cmp::Ordering::Less => "bearish or neutral",
        std::cmp::Ordering::Equal => "neutral",
    };
    findings.fails(&Wrong { path: "bias", got: report.bias.as_str(), ..wrong_of(expected, why) });
}

fn rests_on_warming(report: &Report, facts: &Facts<'_>) -> bool {
    let warming = &facts.evidence.ohlcv.data_quality.warming_pct;
    let supports = report.observations.iter().filter(|o| o.leans.as_str() == report.bias.as_str());
    let mut cites = supports.flat_map(|observation| &observation.cites).peekable();
    let is_warming = |reference: &str| {
        reference.starts_with("indicators[")
            && reference.rsplit('.').next().is_some_and(|name| warming.contains_key(name))
    };
    report.bias.sign() != 0 && cites.peek().is_some() && cites.all(|cite| is_warming(&cite.reference))
}

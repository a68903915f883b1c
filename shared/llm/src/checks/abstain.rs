//! The shape of an answer that is no report. Odds and prices are items of their own.

use domain::report::{Bias, Outcome, Report, Trend};

use super::findings::{Findings, Wrong};

pub(super) fn check(report: &Report, findings: &mut Findings) {
    if report.outcome == Outcome::Report {
        return;
    }
    let why = "an answer without a report leaves this empty";
    let invalidation = &report.invalidation;
    for (path, text) in [
        ("parent_reason", &report.parent_reason),
        ("scenarios.up", &report.scenarios.up),
        ("scenarios.down", &report.scenarios.down),
        ("invalidation.reason", &invalidation.reason),
        ("invalidation.above_ref", &invalidation.above_ref),
        ("invalidation.below_ref", &invalidation.below_ref),
        ("summary", &report.summary),
    ] {
        if !text.is_empty() {
            findings.fails(&Wrong { path, got: text, why, ..Wrong::default() });
        }
    }
    let why = "an answer without a report has no view";
    if report.bias != Bias::None {
        let got = report.bias.as_str();
        findings.fails(&Wrong { path: "bias", got, expected: "none", why, ..Wrong::default() });
    }
    if report.trend != Trend::Unclear {
        let got = report.trend.as_str();
        findings.fails(&Wrong { path: "trend", got, expected: "unclear", why, ..Wrong::default() });
    }
    if report.confidence != 0 {
        let got = report.confidence.to_string();
        findings.fails(&Wrong { path: "confidence", got: &got, expected: "0", why, ..Wrong::default() });
    }
}

//! Cites: the address exists, and the value is the one printed there.

use domain::number;
use domain::report::{CheckStatus, Cite, Report};
use rust_decimal::Decimal;

use super::Evidence;
use super::findings::{Findings, Wrong};
use super::known::Known;
use super::refs::{Found, resolve};

/// What a cite leads to.
pub(super) struct Cited {
    /// What the data prints there.
    pub(super) known: Known,
    /// What the answer writes for it.
    pub(super) written: Decimal,
}

/// Checks every cite; for each observation, what those that resolve lead to.
pub(super) fn check(report: &Report, evidence: &Evidence<'_>, findings: &mut Findings) -> Vec<Vec<Cited>> {
    let claims = report.observations.iter().enumerate();
    claims
        .map(|(i, observation)| {
            let path = format!("observations[{i}]");
            of_claim(&path, &observation.cites, |reference| resolve(evidence, reference), findings)
        })
        .collect()
}

/// Checks the cites of the claim at `path`; what those that resolve lead to.
pub(super) fn of_claim(
    path: &str,
    cites: &[Cite],
    resolve: impl Fn(&str) -> Result<Found, String>,
    findings: &mut Findings,
) -> Vec<Cited> {
    let mut cited = Vec::with_capacity(cites.len());
    for (j, cite) in cites.iter().enumerate() {
        let path = format!("{path}.cites[{j}]");
        let got = number::trimmed(cite.value);
        let reference = cite.reference.as_str();
        let mut wrong = Wrong { path: &path, got: &got, reference, ..Wrong::default() };
        let found = match resolve(reference) {
            Ok(found) => found,
            Err(why) => {
                wrong.why = &why;
                findings.fails(&wrong);
                continue;
            }
        };
        let Some(value) = found.value() else {
            wrong.expected = &found.text;
            wrong.why = "bad_ref: there is no number at this address";
            findings.fails(&wrong);
            continue;
        };
        if value == cite.value {
            findings.holds(&path, CheckStatus::Verified, &got, &found.text, reference, None);
        } else {
            wrong.expected = &found.text;
            wrong.why = "the data prints another value at this address";
            findings.fails(&wrong);
        }
        let known = Known { text: found.text, value, kind: found.kind, reference: reference.to_owned() };
        cited.push(Cited { known, written: cite.value });
    }
    cited
}

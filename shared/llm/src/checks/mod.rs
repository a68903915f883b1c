//! Holding an answer against its data. Every number a report shows is an item: each cite, each number in prose,
//! each level, each invalidation price, and the odds as one. What is wrong is listed for one repair call; what
//! stays wrong is marked, and nothing is discarded.

mod abstain;
pub(crate) mod answer;
mod cites;
mod facts;
pub(crate) mod findings;
mod invalidation;
mod judge;
mod known;
mod masks;
mod numerals;
mod order;
pub(crate) mod path;
mod prose;
pub(crate) mod recommendation;
mod refs;
mod rules;
mod scope;
mod tokens;
mod tools;
mod units;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;

use domain::ohlcv::Ohlcv;
use domain::report::{Checks, Report, Trust};
use domain::tool::ToolDocument;
use serde::{Deserialize, Serialize};

use crate::ParentReport;

pub use recommendation::{CheckedRecommendation, RecommendationEvidence, check_recommendation};

/// What the model was given.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The candles and figures.
    pub ohlcv: &'a Ohlcv,
    /// The report above.
    pub parent: Option<&'a ParentReport>,
    /// What tools answered.
    pub tools: &'a [ToolDocument],
}

/// An answer with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The answer.
    pub report: Report,
    /// Every item and how it was found.
    pub checks: Checks,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
    /// What a repair call may correct; empty if nothing is wrong or nothing of it can be corrected.
    pub problems: Vec<RepairItem>,
}

/// One thing to correct. Its path is the only place of the answer it opens, but a wrong cite opens its claim too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairItem {
    /// The place in the answer.
    pub path: String,
    /// What stands there.
    pub got: String,
    /// The address it was held against; empty if none.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What the data prints; empty if nothing matches.
    pub data: String,
    /// What is wrong.
    pub why: String,
}

/// An answer that is no report. All of them: ask once more with [`build_again`](crate::request::build_again);
/// twice fails the step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not JSON, or not of the schema.
    #[error("the answer breaks the schema: {0}")]
    Schema(String),
    /// Over what a report can need.
    #[error("the answer has {0} bytes, over {max}", max = answer::LONGEST)]
    TooLong(usize),
}

/// Reads an answer and checks it.
pub fn check(answer_text: &str, evidence: &Evidence<'_>) -> Result<Checked, AnswerError> {
    let answer = answer::read(answer_text)?;
    Ok(examine(answer.report, answer.key_order, evidence))
}

pub(crate) fn examine(report: Report, key_order: bool, evidence: &Evidence<'_>) -> Checked {
    let facts = facts::Facts::of(&report, evidence);
    let mut findings = findings::Findings::default();
    let cites = cites::check(&report, evidence, &mut findings);
    let odds = rules::odds(&report, &mut findings);
    rules::levels(&report, &facts, &mut findings);
    let prices = invalidation::check(&report, &facts, &mut findings);
    let scope = scope::Scope::of(&report, &facts, cites, odds, prices);
    prose::check(&report, &facts, &scope, &mut findings);
    rules::check(&report, &facts, &mut findings);
    abstain::check(&report, &mut findings);
    findings.into_checked(report, key_order)
}

//! Holding a recommendation against its sources, as [`super`] holds a report against its candles.

mod account;
mod answer;
mod plan;
mod refs;
mod rules;
#[cfg(test)]
mod tests;
mod texts;

use domain::account::AccountDocument;
use domain::recommendation::{Direction, Recommendation};
use domain::report::{CheckItem, CheckStatus, Checks, Trust};
use domain::tool::ToolDocument;

use super::facts::Facts;
use super::findings::{Findings, record};
use super::known::{Kind, Known};
use super::scope::Scope;
use super::{AnswerError, Evidence, RepairItem, cites, prose};
use crate::{SourceGiven, Terms};

/// What the model was given.
#[derive(Debug, Clone, Copy)]
pub struct RecommendationEvidence<'a> {
    /// The reports, the longest timeframe first. The last is the one a plan stands on.
    pub sources: &'a [SourceGiven],
    /// What a plan has to reckon with.
    pub terms: &'a Terms,
    /// The account, where it was read.
    pub account: Option<&'a AccountDocument>,
    /// What tools answered.
    pub tools: &'a [ToolDocument],
}

/// A recommendation with what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRecommendation {
    /// The answer.
    pub recommendation: Recommendation,
    /// Every item and how it was found.
    pub checks: Checks,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
    /// What a repair call may correct; empty if nothing is wrong or nothing of it can be corrected.
    pub problems: Vec<RepairItem>,
}

impl CheckedRecommendation {
    /// Whether a verified bar or indicator speaks for the direction taken.
    pub fn is_supported(&self) -> bool {
        let case = match self.recommendation.direction {
            Direction::Long => "case_long[",
            Direction::Short => "case_short[",
            Direction::StandAside => return true,
        };
        let of_market = |item: &CheckItem| {
            let address = item.reference.split_once(':').map_or("", |(_, address)| address);
            address.starts_with("bars[") || address.starts_with("indicators[")
        };
        self.checks.items.iter().any(|item| {
            item.path.starts_with(case)
                && item.path.contains(".cites[")
                && item.status != CheckStatus::Unverified
                && of_market(item)
        })
    }
}

/// Reads an answer and checks it.
///
/// # Errors
/// [`AnswerError`].
pub fn check_recommendation(
    answer_text: &str,
    evidence: &RecommendationEvidence<'_>,
) -> Result<CheckedRecommendation, AnswerError> {
    let (recommendation, key_order) = answer::read(answer_text)?;
    Ok(examine_recommendation(recommendation, key_order, evidence))
}

pub(crate) fn is_checkable(recommendation: &Recommendation) -> bool {
    answer::excess(recommendation).is_none()
}

pub(crate) fn examine_recommendation(
    recommendation: Recommendation,
    key_order: bool,
    evidence: &RecommendationEvidence<'_>,
) -> CheckedRecommendation {
    let mut findings = Findings::default();
    let resolve = |reference: &str| refs::resolve(evidence, reference);
    let cases = texts::cases(&recommendation);
    let claims: Vec<_> = cases
        .iter()
        .map(|(path, argument)| cites::of_claim(path, &argument.cites, resolve, &mut findings))
        .collect();
    let mut scope = Scope::of_claims(claims);
    for price in plan::check(&recommendation, evidence, &mut findings) {
        scope.add(price);
    }
    for number in refs::told(evidence) {
        scope.add(number);
    }
    rules::check(&recommendation, evidence, &mut findings);
    let odds = recommendation.probability;
    scope.add(Known {
        text: odds.to_string(),
        value: odds.into(),
        kind: Kind::Odds,
        reference: "probability".to_owned(),
    });
    if let Some(facts) = facts(evidence) {
        for source in evidence.sources {
            let given = Evidence { ohlcv: &source.ohlcv, parent: None, tools: &[] };
            scope.add_data(&given, &format!("{}:", source.prefix()));
        }
        let own = evidence.account.map(|account| account::told(account, evidence.terms)).unwrap_or_default();
        let account_effect = scope.add_place(own);
        prose::check_all(texts::all(&recommendation, account_effect), &facts, &scope, &mut findings);
    }
    let (items, problems) = findings.into_parts();
    let (checks, trust) = record(items, key_order);
    CheckedRecommendation { recommendation, checks, trust, problems }
}

/// The figures of the timeframe that a plan stands on, reaching as far back and ahead as any source does.
fn facts<'a>(evidence: &RecommendationEvidence<'a>) -> Option<Facts<'a>> {
    let of = |source: &'a SourceGiven| {
        let tools = evidence.tools;
        Facts::beside(0, &Evidence { ohlcv: &source.ohlcv, parent: Some(&source.report), tools })
    };
    let mut all = evidence.sources.iter().rev().map(of);
    let mut facts = all.next()?;
    for other in all {
        facts.first_day = other.first_day.into_iter().chain(facts.first_day).min();
        facts.last_day = facts.last_day.max(other.last_day);
        facts.bars = facts.bars.max(other.bars);
        facts.days = facts.days.max(other.days);
    }
    Some(facts)
}

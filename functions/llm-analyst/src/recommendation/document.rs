use domain::recommendation::{
    Conflict, Contract, Costs, Direction, Geometry, PlanDocument, PlannedTarget, RecommendationDocument,
    SCHEMA,
};
use domain::tool::ToolUse;
use domain::{Market, RecommendationId, hash};
use jiff::{SignedDuration, Timestamp};
use llm::checks::{CheckedRecommendation, RecommendationEvidence};
use runtime::Stop;
use rust_decimal::Decimal;
use storage::{Artifact, RecommendationRow, StepDocument, StepResult};

use super::inputs::Inputs;
use super::size::{self, Means};
use super::verdict::Verdict;
use super::{strength, verdict};
use crate::ask::Spent;

pub(crate) fn build(
    inputs: &Inputs,
    checked: CheckedRecommendation,
    llm_model: String,
    tools: Vec<ToolUse>,
    step: &StepDocument,
    decided_at: Timestamp,
) -> Result<RecommendationDocument, Stop> {
    let (run, terms) = (&inputs.run, &inputs.terms);
    let account = inputs.account.document();
    let evidence = RecommendationEvidence { sources: &inputs.given, terms, account, tools: &[] };
    let verdict = verdict::of(&checked.recommendation, &checked.checks, &evidence);
    let strength = strength::of(inputs, &checked, &verdict);
    let day = inputs.given.last().ok_or_else(|| Stop::failed("a recommendation needs reports"))?;
    let (plan, geometry) = figures(&verdict, &checked, terms.atr14_1d, decided_at);
    let means = account.map(|account| Means::of(account, terms));
    let wanted = size::Wanted { means: means.as_ref(), filters: inputs.filters.as_ref(), terms };
    let (size, size_reason) = match size::of(&verdict, &wanted, &inputs.risk) {
        None => (None, None),
        Some(Ok(size)) => (Some(size), None),
        Some(Err(reason)) => (None, Some(reason)),
    };
    let zone = plan.as_ref().map(|plan| (plan.entry_low, plan.entry_high));
    let direction = checked.recommendation.direction;
    let mut conflicts = inputs.account.conflicts(direction, zone, terms.last_price, &terms.price_unit);
    let more = size.as_ref().map(|size| size.notional);
    if more.zip(means).is_some_and(|(more, means)| means.is_exceeded(more, &inputs.risk)) {
        conflicts.push(Conflict::ExposureLimit);
    }
    Ok(RecommendationDocument {
        schema: SCHEMA.to_owned(),
        recommendation_id: id(step),
        run_id: run.run_id.clone(),
        step_id: step.step_id.clone(),
        symbol: run.symbol.clone(),
        as_of: run.as_of,
        decided_at,
        source: run.source.clone(),
        venue: day.ohlcv.venue.clone(),
        market: terms.market.as_str().to_owned(),
        tick: terms.tick,
        price_unit: terms.price_unit.clone(),
        last_price: terms.last_price,
        atr: terms.atr14_1d,
        language: run.language.clone(),
        analyst: inputs.profile.analyst,
        llm_prompt_id: inputs.prompt.id().clone(),
        llm_model_id: inputs.profile.id().clone(),
        llm_model,
        // the shortest timeframe first: what a plan stands on
        source_report_id: inputs.sources.iter().rev().map(|source| source.report_id.clone()).collect(),
        source_reports: inputs.sources.iter().rev().cloned().collect(),
        beside: inputs.beside.clone(),
        account: inputs.account.state(),
        account_ref: inputs.account.read.as_ref().map(|(_, reference)| reference.clone()),
        account_read_at: account.map(|account| account.read_at),
        account_reason: inputs.account.reason.clone(),
        costs: Costs { per_side: terms.cost_per_side, funding: verdict.funding },
        contract: contract(inputs, &verdict),
        recommendation: checked.recommendation,
        plan,
        geometry,
        broken: verdict.broken,
        size,
        size_reason,
        conflicts,
        strength,
        tools,
        checks: checked.checks,
        trust: checked.trust,
    })
}

/// What of a contract the plan was held against.
fn contract(inputs: &Inputs, verdict: &Verdict) -> Option<Contract> {
    let terms = &inputs.terms;
    (terms.market == Market::Perp).then(|| Contract {
        mean_funding: terms.mean_funding,
        funding_interval_hours: terms.funding_interval_hours,
        leverage: terms.leverage,
        maintenance_margin: terms.maintenance_margin,
        liquidation: verdict.liquidation.map(|found| found.price.round_dp(8).normalize()),
        is_held: verdict.liquidation.is_some_and(|found| found.is_held),
    })
}

fn id(step: &StepDocument) -> RecommendationId {
    let digits = hash::short_id(&format!("{}/{}", step.run_id, step.step_id), 8);
    #[expect(clippy::expect_used, reason = "base 32 digits are an id by construction")]
    format!("rec-{digits}").parse().expect("an id")
}

/// The plan and its geometry, as they are kept.
fn figures(
    verdict: &Verdict,
    checked: &CheckedRecommendation,
    atr: Decimal,
    decided_at: Timestamp,
) -> (Option<PlanDocument>, Option<Geometry>) {
    let Some(plan) = &verdict.plan else { return (None, None) };
    let answer = &checked.recommendation;
    let found = verdict.geometry.as_ref();
    let after = |hours: i64| decided_at + SignedDuration::from_hours(hours.clamp(0, 24 * 366));
    let gain = |i: usize| {
        let geometry = found?;
        geometry.gains.get(i)?.checked_div(geometry.loss).map(|r| r.round_dp(4))
    };
    let targets = plan.targets.iter().enumerate().map(|(i, target)| PlannedTarget {
        price: target.price,
        fraction_pct: target.fraction_pct,
        r: gain(i).unwrap_or_default(),
    });
    let document = PlanDocument {
        entry_low: plan.entry_low,
        entry_high: plan.entry_high,
        stop: plan.stop,
        targets: targets.collect(),
        enter_by: after(answer.plan.valid_hours.unwrap_or_default()),
        hold_until: after(answer.plan.horizon_days.unwrap_or_default().saturating_mul(24)),
    };
    let geometry = found.map(|geometry| Geometry {
        entry: geometry.entry,
        loss: geometry.loss.round_dp(8).normalize(),
        reward_to_risk: geometry.reward_to_risk.round_dp(4),
        first_reward_to_risk: geometry.first_reward_to_risk.round_dp(4),
        expected_value: geometry.expected_value(answer.probability).round_dp(4),
        stop_atr: ((plan.entry() - plan.stop).abs() / atr).round_dp(2),
    });
    (Some(document), geometry)
}

pub(crate) fn row(
    document: &RecommendationDocument,
    spent: &Spent,
    artifact: &Artifact,
) -> RecommendationRow {
    let answer = &document.recommendation;
    RecommendationRow {
        recommendation_id: document.recommendation_id.clone(),
        run_id: document.run_id.clone(),
        step_id: document.step_id.clone(),
        source: document.source.clone(),
        symbol: document.symbol.clone(),
        as_of: document.as_of,
        decided_at: document.decided_at,
        direction: answer.direction,
        signal_strength: document.strength.value,
        probability: (answer.direction != Direction::StandAside).then_some(answer.probability),
        plan_state: document.plan_state(),
        summary: answer.summary.clone(),
        reasoning: answer.reasoning.clone(),
        source_report_id: document.source_report_id.clone(),
        trust: document.trust,
        analyst: document.analyst,
        llm_prompt_id: document.llm_prompt_id.clone(),
        llm_model_id: document.llm_model_id.clone(),
        llm_model: document.llm_model.clone(),
        model_calls: spent.calls,
        prompt_tokens: spent.prompt_tokens,
        completion_tokens: spent.completion_tokens,
        cost_usd: spent.cost_usd,
        gcs_uri: artifact.gcs_uri.clone(),
        sha256: artifact.sha256.clone(),
    }
}

pub(crate) fn result(document: RecommendationDocument, artifact: Artifact, spent: Spent) -> StepResult {
    StepResult {
        llm_prompt_id: Some(document.llm_prompt_id),
        llm_model_id: Some(document.llm_model_id),
        llm_model: Some(document.llm_model),
        recommendation_id: Some(document.recommendation_id),
        signal_strength: Some(document.strength.value),
        summary: Some(document.recommendation.summary),
        reasoning: Some(document.recommendation.reasoning),
        source_report_id: document.source_report_id,
        ..spent.into_result()
    }
    .with(artifact)
}

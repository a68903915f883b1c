use domain::report::{ReportDocument, SCHEMA};
use domain::tool::ToolUse;
use domain::{ReportId, hash};
use jiff::Timestamp;
use llm::checks::Checked;
use runtime::Stop;
use rust_decimal::Decimal;
use storage::{Artifact, ReportRow, StepDocument, StepResult};

use crate::ask::Spent;
use crate::inputs::Inputs;

pub(crate) fn build(
    inputs: &Inputs,
    checked: Checked,
    llm_model: String,
    tools: Vec<ToolUse>,
    step: &StepDocument,
    decided_at: Timestamp,
) -> Result<ReportDocument, Stop> {
    let (run, ohlcv) = (&inputs.run, &inputs.ohlcv);
    Ok(ReportDocument {
        schema: SCHEMA.to_owned(),
        report_id: report_id(step),
        run_id: run.run_id.clone(),
        step_id: step.step_id.clone(),
        symbol: run.symbol.clone(),
        timeframe: inputs.timeframe,
        as_of: run.as_of,
        decided_at,
        source: run.source.clone(),
        venue: ohlcv.venue.clone(),
        market: ohlcv.market.clone(),
        tick: decimal(&ohlcv.tick)?,
        price_unit: ohlcv.price_unit.clone(),
        last_price: decimal(&ohlcv.stats.last_price)?,
        last_bar: ohlcv.bars.last_t().unwrap_or_default().to_owned(),
        language: run.language.clone(),
        analyst: inputs.profile.analyst,
        llm_prompt_id: inputs.prompt.id().clone(),
        llm_model_id: inputs.profile.id().clone(),
        llm_model,
        ohlcv_ref: inputs.ohlcv_ref.clone(),
        chart_refs: inputs.charts.iter().map(|chart| chart.reference.clone()).collect(),
        parent_report_id: inputs.parent.as_ref().map(|parent| parent.report_id.clone()),
        barriers: ohlcv.barriers.clone(),
        report: checked.report,
        tools,
        checks: checked.checks,
        trust: checked.trust,
    })
}

/// A decimal of the artifact.
pub(crate) fn decimal(text: &str) -> Result<Decimal, Stop> {
    Decimal::from_str_exact(text)
        .map_err(|_| Stop::failed(format!("the artifact holds `{text}` where a price should be")))
}

fn report_id(step: &StepDocument) -> ReportId {
    let timeframe = step.timeframe.map_or("x", domain::Timeframe::as_str);
    let digits = hash::short_id(&format!("{}/{}", step.run_id, step.step_id), 8);
    #[expect(clippy::expect_used, reason = "a timeframe's name and base 32 digits are an id by construction")]
    format!("rep-{timeframe}-{digits}").parse().expect("an id")
}

pub(crate) fn row(document: &ReportDocument, spent: &Spent, artifact: &Artifact) -> ReportRow {
    let (report, checks) = (&document.report, &document.checks);
    ReportRow {
        report_id: document.report_id.clone(),
        run_id: document.run_id.clone(),
        step_id: document.step_id.clone(),
        source: document.source.clone(),
        symbol: document.symbol.clone(),
        timeframe: document.timeframe,
        as_of: document.as_of,
        decided_at: document.decided_at,
        outcome: report.outcome,
        bias: report.bias,
        p_up: report.scenarios.p_up,
        p_neither: report.scenarios.p_neither,
        p_down: report.scenarios.p_down,
        confidence: report.confidence,
        checked: checks.checked,
        verified: checks.verified,
        repaired: checks.repaired,
        unverified: checks.unverified,
        trust: document.trust,
        analyst: document.analyst,
        llm_prompt_id: document.llm_prompt_id.clone(),
        llm_model_id: document.llm_model_id.clone(),
        llm_model: document.llm_model.clone(),
        model_calls: spent.calls,
        prompt_tokens: spent.prompt_tokens,
        completion_tokens: spent.completion_tokens,
        cost_usd: spent.cost_usd,
        parent_report_id: document.parent_report_id.clone(),
        gcs_uri: artifact.gcs_uri.clone(),
        sha256: artifact.sha256.clone(),
    }
}

pub(crate) fn result(
    document: ReportDocument,
    artifact: Artifact,
    spent: Spent,
    inputs: &Inputs,
) -> StepResult {
    StepResult {
        llm_prompt_id: Some(document.llm_prompt_id),
        llm_model_id: Some(document.llm_model_id),
        llm_model: Some(document.llm_model),
        ohlcv_ref: Some(inputs.ohlcv_ref.gcs_uri.clone()),
        chart_refs: inputs.charts.iter().map(|chart| chart.reference.artifact.gcs_uri.clone()).collect(),
        report_id: Some(document.report_id),
        parent_report_id: document.parent_report_id,
        ..spent.into_result()
    }
    .with(artifact)
}

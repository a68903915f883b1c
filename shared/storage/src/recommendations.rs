use domain::recommendation::{Direction, PlanState};
use domain::report::{Analyst, Trust};
use domain::{ContentId, RecommendationId, ReportId, RunId, Sha256Hex, Source, StepId, Symbol};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A recommendation as a row, for a person who audits by symbol, prompt, model, date and signal. The document itself
/// is the artifact at `gcs_uri`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecommendationRow {
    /// Its id, derived from run and step: a row appended twice counts once.
    pub recommendation_id: RecommendationId,
    /// The run.
    pub run_id: RunId,
    /// The step.
    pub step_id: StepId,
    /// Where the candles came from.
    pub source: Source,
    /// The symbol.
    pub symbol: Symbol,
    /// Nothing it was given happened after this instant.
    pub as_of: Timestamp,
    /// When it counts from.
    pub decided_at: Timestamp,
    /// The verdict.
    pub direction: Direction,
    /// 0 to 100, computed; 0 when standing aside or invalid.
    pub signal_strength: u8,
    /// The recommendation in a few sentences, the first the headline.
    pub summary: String,
    /// Why, weighing both sides.
    pub reasoning: String,
    /// The reports it was made from, the shortest timeframe first.
    pub source_report_id: Vec<ReportId>,
    /// Whether its numbers can be relied on.
    pub trust: Trust,
    /// Who wrote it.
    pub analyst: Analyst,
    /// The prompt's version.
    pub llm_prompt_id: ContentId,
    /// The model profile's version.
    pub llm_model_id: ContentId,
    /// The model that answered.
    pub llm_model: String,
    /// Calls paid for.
    pub model_calls: u32,
    /// Tokens sent.
    pub prompt_tokens: u64,
    /// Tokens received.
    pub completion_tokens: u64,
    /// What they cost, USD.
    pub cost_usd: Decimal,
    /// The document.
    pub gcs_uri: String,
    /// Hash of the document.
    pub sha256: Sha256Hex,
    /// Stated probability that the first target trades before the stop, percent; none when standing aside.
    pub probability: Option<i64>,
    /// What became of its plan.
    pub plan_state: PlanState,
}

/// Which recommendations are wanted; what is `None` lets all through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecommendationFilter {
    /// Of this symbol.
    pub symbol: Option<Symbol>,
    /// On candles from there.
    pub source: Option<Source>,
    /// With this verdict.
    pub direction: Option<Direction>,
    /// At least this strong.
    pub min_strength: Option<u8>,
    /// As of this instant or later.
    pub from: Option<Timestamp>,
    /// As of an instant before this one.
    pub to: Option<Timestamp>,
}

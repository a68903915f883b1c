use async_trait::async_trait;
use domain::report::{Analyst, Bias, Outcome, Trust};
use domain::{ContentId, RecommendationId, ReportId, RunId, Sha256Hex, Source, StepId, Symbol, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{RecommendationFilter, RecommendationRow, StoreError};

/// A report as a row, for a person who audits by symbol, timeframe, prompt, model and date. The document itself
/// is the artifact at `gcs_uri`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Its id, derived from run and step: a row appended twice counts once.
    pub report_id: ReportId,
    /// The run.
    pub run_id: RunId,
    /// The step.
    pub step_id: StepId,
    /// Where the candles came from.
    pub source: Source,
    /// The symbol.
    pub symbol: Symbol,
    /// The timeframe.
    pub timeframe: Timeframe,
    /// Nothing it was given happened after this instant.
    pub as_of: Timestamp,
    /// When it counts from.
    pub decided_at: Timestamp,
    /// A report, or the reason there is none.
    pub outcome: Outcome,
    /// Its bias.
    pub bias: Bias,
    /// Odds of the upper barrier, percent.
    pub p_up: i64,
    /// Odds of neither barrier, percent.
    pub p_neither: i64,
    /// Odds of the lower barrier, percent.
    pub p_down: i64,
    /// Stated probability that it stands, percent.
    pub confidence: i64,
    /// Numbers checked.
    pub checked: u32,
    /// Numbers verified.
    pub verified: u32,
    /// Numbers repaired.
    pub repaired: u32,
    /// Numbers left unverified.
    pub unverified: u32,
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
    /// The report above.
    pub parent_report_id: Option<ReportId>,
    /// The document.
    pub gcs_uri: String,
    /// Hash of the document.
    pub sha256: Sha256Hex,
}

/// Reports and recommendations for auditing, append-only.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Appends a row; one with the same id again changes nothing.
    async fn append(&self, row: &ReportRow) -> Result<(), StoreError>;

    /// The row of that id.
    async fn report(&self, id: &ReportId) -> Result<Option<ReportRow>, StoreError>;

    /// The rows of a series of reports, newest `as_of` first.
    async fn reports(
        &self,
        source: &Source,
        symbol: &Symbol,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<ReportRow>, StoreError>;

    /// Appends a recommendation's row; one with the same id again changes nothing.
    async fn append_recommendation(&self, row: &RecommendationRow) -> Result<(), StoreError>;

    /// The recommendation's row of that id.
    async fn recommendation(&self, id: &RecommendationId) -> Result<Option<RecommendationRow>, StoreError>;

    /// The recommendations' rows that a filter lets through, newest `as_of` first, then by id.
    async fn recommendations(
        &self,
        filter: &RecommendationFilter,
        limit: usize,
    ) -> Result<Vec<RecommendationRow>, StoreError>;
}

//! Runs and steps as the API shows them.

use domain::recommendation::Lifecycle;
use domain::{
    Market, RecommendationId, ReportId, RunId, Sha256Hex, Source, StepId, Symbol, Timeframe, Venue,
};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use storage::{Kind, RunDocument, Status, StepDocument};

/// What a run is, and where it stands.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunView {
    run_id: RunId,
    href: String,
    flow: u8,
    symbol: Symbol,
    venue: Venue,
    market: Market,
    source: Source,
    as_of: Timestamp,
    live: bool,
    language: String,
    model: Option<String>,
    notify: bool,
    resumes: Option<RunId>,
    requested_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl RunView {
    /// What will be true of it for ever: the answer to its request, however often that comes.
    pub(crate) fn accepted(run: &RunDocument) -> Self {
        Self {
            run_id: run.run_id.clone(),
            href: format!("/v1/runs/{}", run.run_id),
            flow: run.flow,
            symbol: run.symbol.clone(),
            venue: run.venue,
            market: run.market,
            source: run.source.clone(),
            as_of: run.as_of,
            live: run.live,
            language: run.language.clone(),
            model: run.model.clone(),
            notify: run.asked.as_ref().is_none_or(|asked| asked.notify),
            resumes: run.resumes.clone(),
            requested_at: run.requested_at,
            state: None,
            ended_at: None,
            reason: None,
        }
    }

    /// All of it.
    pub(crate) fn of(run: &RunDocument) -> Self {
        Self {
            state: Some(run.status),
            ended_at: run.ended_at,
            reason: run.reason.clone(),
            ..Self::accepted(run)
        }
    }
}

/// A run with all that came of it so far.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WholeRun {
    #[serde(flatten)]
    pub(crate) run: RunView,
    /// USD.
    pub(crate) cost_usd: Decimal,
    pub(crate) model_calls: u32,
    /// When it will have ended, by the medians of its steps; of an ended run, and where nothing is known yet, nothing.
    pub(crate) estimated_end: Option<Timestamp>,
    /// The report of the shortest timeframe that has one, as it is kept.
    pub(crate) report: Option<Value>,
    pub(crate) recommendation: Option<Value>,
    /// What became of the recommendation; nothing where it stands aside.
    pub(crate) lifecycle: Option<Lifecycle>,
    pub(crate) steps: Vec<StepView>,
}

/// An artifact, and an address that opens it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ArtifactView {
    pub(crate) gcs_uri: String,
    pub(crate) sha256: Option<Sha256Hex>,
    pub(crate) signed_url: String,
    pub(crate) expires_at: Timestamp,
}

/// A step: one that has a document, or one that is to come.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct StepView {
    pub(crate) step_id: StepId,
    pub(crate) kind: Kind,
    pub(crate) timeframe: Option<Timeframe>,
    pub(crate) state: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ended_at: Option<Timestamp>,
    /// From its document to its first claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) waited_ms: Option<i64>,
    /// Claims.
    pub(crate) attempts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reused_from: Option<RunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Of the last 20 that were done, from claim to end.
    pub(crate) median_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_usd: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model_calls: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) report_id: Option<ReportId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation_id: Option<RecommendationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact: Option<ArtifactView>,
}

impl StepView {
    /// A step that nothing has been written of yet.
    pub(crate) fn to_come(step_id: StepId, kind: Kind, timeframe: Option<Timeframe>) -> Self {
        Self {
            step_id,
            kind,
            timeframe,
            state: Status::Waiting,
            created_at: None,
            started_at: None,
            ended_at: None,
            waited_ms: None,
            attempts: 0,
            reused_from: None,
            reason: None,
            median_ms: None,
            cost_usd: None,
            model_calls: None,
            report_id: None,
            recommendation_id: None,
            artifact: None,
        }
    }

    /// A step by its document, without its artifact.
    pub(crate) fn of(step: &StepDocument) -> Self {
        let result = &step.result;
        Self {
            state: step.status,
            created_at: Some(step.created_at),
            started_at: step.started_at,
            ended_at: step.ended_at,
            waited_ms: step.started_at.map(|started| millis(step.created_at, started)),
            attempts: if result.reused_from.is_some() { 0 } else { step.fence },
            reused_from: result.reused_from.clone(),
            reason: result.reason.clone(),
            cost_usd: result.cost_usd,
            model_calls: result.model_calls,
            report_id: result.report_id.clone(),
            recommendation_id: result.recommendation_id.clone(),
            ..Self::to_come(step.step_id.clone(), step.kind, step.timeframe)
        }
    }
}

/// Milliseconds between two instants; none if they stand the other way round.
pub(crate) fn millis(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis()).unwrap_or(i64::MAX).max(0)
}

use async_trait::async_trait;
use domain::{
    ContentId, Market, RecommendationId, ReportId, RunId, Sha256Hex, Source, StepId, Symbol, Timeframe, Venue,
};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Artifact, Delivery, StoreError};

/// Version of the documents written here; a newer one is left untouched.
pub const DOCUMENT_VERSION: u32 = 1;

/// Parts of the sweeper's index.
pub const SHARDS: u32 = 16;

/// Spreads runs over the sweeper's index.
pub fn shard_of(run_id: &RunId) -> u32 {
    let digest = Sha256Hex::of(run_id.as_str().as_bytes());
    u32::from_str_radix(digest.short(), 16).unwrap_or_default() % SHARDS
}

/// Where a step or run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Needs steps that have not ended.
    Waiting,
    /// Can be claimed.
    Pending,
    /// Claimed, until its lease ends.
    Running,
    /// Ended well.
    Done,
    /// Ended badly; the document says why.
    Failed,
    /// Not done, for the reason in the document.
    Skipped,
    /// Called off.
    Cancelled,
}

impl Status {
    /// Whether it never changes again.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Skipped | Self::Cancelled)
    }

    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a step makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Candles of a timeframe.
    Ohlcv,
    /// A chart of a timeframe.
    Chart,
    /// What an account holds.
    Account,
    /// A report of a timeframe.
    Report,
    /// A recommendation.
    Recommendation,
    /// The page and the notices.
    Notification,
}

/// A version of a prompt, model profile or template, kept as an artifact for the whole run: a new binary or an
/// edited catalog changes no run that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Name and hash of the version.
    pub id: ContentId,
    /// Where its bytes are.
    pub gcs_uri: String,
}

/// Everything a run fixed when it began.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pins {
    /// Prompt files, each with its shared parts in their places.
    pub prompts: Vec<Pin>,
    /// The model profiles.
    pub models: Vec<Pin>,
    /// Chart templates.
    pub templates: Vec<Pin>,
}

/// `flow_runs/{run_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDocument {
    /// Version of the document.
    pub v: u32,
    /// The run.
    pub run_id: RunId,
    /// Number of the flow.
    pub flow: u8,
    /// The symbol.
    pub symbol: Symbol,
    /// The exchange; in a simulated world the one that it stands in for.
    #[serde(default, skip_serializing_if = "crate::usual::is_usual")]
    pub venue: Venue,
    /// The market that a plan is made for.
    #[serde(default, skip_serializing_if = "crate::usual::is_usual")]
    pub market: Market,
    /// Where the candles come from.
    pub source: Source,
    /// The one instant that entered the run.
    pub as_of: Timestamp,
    /// Whether `as_of` was the present when the run was requested.
    pub live: bool,
    /// Language of the texts.
    pub language: String,
    /// Model profile asked for, over the prompt's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The failed run that this one goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<RunId>,
    /// Who asked for it, where somebody did: a run of the schedule has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What the run fixed when it began.
    pub pins: Pins,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When the document was created.
    pub created_at: Timestamp,
    /// Where it stands: running, done, failed or cancelled.
    pub status: Status,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended as it did, where that was not well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Spreads runs over the sweeper's index.
    pub shard: u32,
    /// When the document may be deleted.
    pub expire_at: Timestamp,
}

/// A request for a run through the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The caller, by the name that the door knows it by.
    pub by: String,
    /// Hash of what was asked: a key that comes with anything else is another request's.
    pub sha256: Sha256Hex,
    /// Whether messages are sent when it ends.
    pub notify: bool,
}

/// A place in the list of runs, which is by request, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// When the run was requested.
    pub requested_at: Timestamp,
    /// The run: of those requested at once, the greater id is first.
    pub run_id: RunId,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// Done, failed or cancelled.
    pub status: Status,
    /// When.
    pub ended_at: Timestamp,
    /// Why, unless all went well.
    pub reason: Option<String>,
}

/// `flow_runs/{run_id}/steps/{step_id}`: what a step is, where it stands, what it made and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDocument {
    /// Version of the document.
    pub v: u32,
    /// The run.
    pub run_id: RunId,
    /// The step, unique within the run.
    pub step_id: StepId,
    /// What it makes.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// The symbol.
    pub symbol: Symbol,
    /// The timeframe, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeframe: Option<Timeframe>,
    /// When the run was requested.
    pub requested_at: Timestamp,
    /// When the document was created.
    pub created_at: Timestamp,
    /// When it was first claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who may commit: grows with each claim. It also counts the attempts.
    pub fence: u64,
    /// Until when the claim holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Timestamp>,
    /// Intents to pay, by call: an intent precedes every paid call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<u32>,
    /// Spreads runs over the sweeper's index.
    pub shard: u32,
    /// When the document may be deleted.
    pub expire_at: Timestamp,
    /// What it made and from what.
    #[serde(flatten)]
    pub result: StepResult,
}

/// What a step made and from what. Empty until it ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// The artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gcs_uri: Option<String>,
    /// Hash of its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256Hex>,
    /// Which object of that name it is, where a bucket numbers them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<i64>,
    /// An address that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_url: Option<String>,
    /// Until when it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Candles: the series that charts and pages draw on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_uri: Option<String>,
    /// Chart: the template's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_template_id: Option<ContentId>,
    /// Chart: who drew it, `built-in` or `chart-img`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart_provider: Option<String>,
    /// Chart of a vendor: the indicators it drew, by its names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chart_studies: Vec<String>,
    /// Report, recommendation: the prompt's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub llm_prompt_id: Option<ContentId>,
    /// Report, recommendation: the model profile's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub llm_model_id: Option<ContentId>,
    /// Report, recommendation: the model that answered, by its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub llm_model: Option<String>,
    /// Report: the candles it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ohlcv_ref: Option<String>,
    /// Report: the charts it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chart_refs: Vec<String>,
    /// Report: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_id: Option<ReportId>,
    /// Report: the report above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_report_id: Option<ReportId>,
    /// Recommendation: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recommendation_id: Option<RecommendationId>,
    /// Recommendation: its strength, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal_strength: Option<u8>,
    /// Recommendation: in a few sentences, the first the headline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Recommendation: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// Recommendation: the reports it was made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_report_id: Vec<ReportId>,
    /// Report, recommendation: requests and answers, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call_refs: Vec<String>,
    /// Report, recommendation: answers of tools, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_refs: Vec<String>,
    /// Report, recommendation: calls to the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_calls: Option<u32>,
    /// Report, recommendation: tokens sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Report, recommendation: tokens received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Report, recommendation: what they cost, USD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<Decimal>,
    /// The run that did the step, where this run took its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused_from: Option<RunId>,
    /// Notification: what became of the notice on each channel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliveries: Vec<Delivery>,
    /// Why it failed, was skipped, or what a person should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl StepResult {
    /// The same with the artifact that was made.
    #[must_use]
    pub fn with(self, artifact: Artifact) -> Self {
        let Artifact { gcs_uri, sha256, generation, media_type: _ } = artifact;
        Self { gcs_uri: Some(gcs_uri), sha256: Some(sha256), generation, ..self }
    }
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The step is the caller's until the lease ends.
    Held(StepDocument),
    /// It has ended.
    Terminal(StepDocument),
    /// Another worker has it.
    Leased {
        /// Until when.
        until: Timestamp,
    },
}

/// The record of every run.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Creates the run's document unless it exists; says whether it did.
    async fn create_run(&self, run: &RunDocument) -> Result<bool, StoreError>;

    /// The run's document.
    async fn run(&self, run_id: &RunId) -> Result<Option<RunDocument>, StoreError>;

    /// The newest runs by request, at most `limit`.
    async fn runs(&self, limit: usize) -> Result<Vec<RunDocument>, StoreError>;

    /// The runs after that place in the list, at most `limit`.
    async fn runs_after(&self, place: &Place, limit: usize) -> Result<Vec<RunDocument>, StoreError>;

    /// Runs that have not ended, oldest first.
    async fn unfinished(&self) -> Result<Vec<RunDocument>, StoreError>;

    /// Steps that nobody may be working on, the longest waiting first: pending, and created before
    /// `pending_since`; or running, under a lease that ended before `now`. What cannot be read is left out. A
    /// backend may answer with some hundreds of them, and with the next ones once these have changed.
    async fn stale(&self, now: Timestamp, pending_since: Timestamp) -> Result<Vec<StepDocument>, StoreError>;

    /// Ends a running run; says whether it was running.
    async fn end_run(&self, run_id: &RunId, end: &RunEnd) -> Result<bool, StoreError>;

    /// Creates each document unless it exists; answers which ones it created.
    async fn create_steps(&self, steps: &[StepDocument]) -> Result<Vec<StepId>, StoreError>;

    /// All steps of a run, in order of creation.
    async fn steps(&self, run_id: &RunId) -> Result<Vec<StepDocument>, StoreError>;

    /// Claims steps in one transaction, each with its fence raised by one and a lease from `now`.
    async fn claim(
        &self,
        run_id: &RunId,
        steps: &[StepId],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Claim>, StoreError>;

    /// Records the intent to pay for call number `call` (from 0) under the fence; answers how many intents that
    /// call has now.
    async fn intend(&self, step: &StepDocument, call: usize) -> Result<u32, StoreError>;

    /// Ends a claimed step under its fence; its intents are kept as the journal has them.
    async fn commit(&self, step: &StepDocument) -> Result<(), StoreError>;

    /// Gives a claimed step back under its fence: it is pending again.
    async fn release(&self, step: &StepDocument) -> Result<(), StoreError>;
}

//! Asks the model for reports and recommendations and checks what came back.
//!
//! Each call is paid for once, and once more where its answer was lost (see `runtime::paid_call`); a step makes at
//! most two: the answer, and one more that repairs it or asks again for an answer that was cut off or broke the
//! schema. In a flow with tools, rounds of calls come before the answer: what the model asks for is read from the run's
//! exchange, as far as it had happened by the run's instant.

mod ask;
mod config;
mod document;
mod inputs;
mod markets;
/// Keys, hosts and ceilings of models.
pub mod models;
mod purse;
mod ready;
mod recommendation;
mod risk;
#[cfg(feature = "gcp")]
pub mod settings;
mod task;
mod tools;

use std::sync::Arc;

use async_trait::async_trait;
pub use config::{Caller, Config, ConfigError};
use jiff::Timestamp;
use llm::checks::{Evidence, RecommendationEvidence};
use llm::tools::ToolLimits;
use llm::{ModelProfile, Prompt, request};
pub use markets::{Markets, PublicData, Watching};
pub use models::{CeilingError, ModelAccess};
pub use risk::{MAX_EXPOSURE_PCT, RISK_PCT, Risk, RiskError};
use runtime::{Batch, Budget, Catalog, Function, Redeliver, Services, Stop, artifact_key, begin};
use serde::Serialize;
use serde::de::DeserializeOwned;
use storage::{Artifact, Kind, Message, ReportStore, StepDocument, StepResult, Topic};

use crate::ask::{Ledger, Spent};
use crate::inputs::Inputs;
use crate::purse::{Purse, Worst};
use crate::task::Task;
use crate::tools::{Subject, Toolbox};

/// The analyst.
pub struct LlmAnalyst {
    services: Services,
    reports: Arc<dyn ReportStore>,
    config: Config,
    markets: Markets,
    budget: Budget,
}

/// What is asked, of whom.
struct Asking<'a> {
    prompt: &'a Prompt,
    profile: &'a ModelProfile,
    /// The first request.
    first: Vec<u8>,
    /// Whether the flow lets the model ask for more.
    tools: bool,
    /// What its tools are about.
    subject: Subject<'a>,
}

/// What a person should know where tools were wanted and none could be offered.
fn without_tools(prompt: &Prompt, profile: &ModelProfile) -> String {
    if profile.capabilities.tools {
        format!("answered without tools: the prompt {} says nothing of them in @tools", prompt.id())
    } else {
        format!("answered without tools: the profile `{}` takes none", profile.name())
    }
}

impl LlmAnalyst {
    /// An analyst on these ports; `markets` is what its tools may ask.
    pub fn new(services: Services, reports: Arc<dyn ReportStore>, config: Config, markets: Markets) -> Self {
        let budget = Budget::new(config.usd_per_day);
        Self { services, reports, config, markets, budget }
    }

    async fn report(&self, batch: &Batch<'_>, catalog: &Catalog, step: &StepDocument) -> Made {
        let inputs = Inputs::gather(&self.services, batch, catalog, step, &self.config).await?;
        let parent = inputs.parent_report();
        let evidence = Evidence { ohlcv: &inputs.ohlcv, parent: parent.as_ref(), tools: &[] };
        let asking = Asking {
            prompt: &inputs.prompt,
            profile: &inputs.profile,
            first: inputs.request()?,
            tools: inputs.tools,
            subject: Subject { run: &inputs.run, tick: document::decimal(&inputs.ohlcv.tick)? },
        };
        let (checked, model, spent) = match self.ask(step, asking, &evidence).await? {
            Ok(answered) => answered,
            Err(failure) => return Ok(Err(failure)),
        };
        let tools = spent.tools.clone();
        let document = document::build(&inputs, checked, model, tools, step, self.decided_at(batch))?;
        let (document, artifact) = self.keep(batch, step, document).await?;
        let row = document::row(&document, &spent, &artifact);
        self.reports.append(&row).await?;
        Ok(Ok(document::result(document, artifact, spent, &inputs)))
    }

    async fn recommendation(&self, batch: &Batch<'_>, catalog: &Catalog, step: &StepDocument) -> Made {
        let inputs =
            recommendation::Inputs::gather(&self.services, batch, catalog, step, &self.config).await?;
        let evidence = RecommendationEvidence {
            sources: &inputs.given,
            terms: &inputs.terms,
            account: inputs.account.document(),
            tools: &[],
        };
        let asking = Asking {
            prompt: &inputs.prompt,
            profile: &inputs.profile,
            first: inputs.request()?,
            tools: inputs.tools,
            subject: Subject { run: &inputs.run, tick: inputs.terms.tick },
        };
        let (checked, model, spent) = match self.ask(step, asking, &evidence).await? {
            Ok(answered) => answered,
            Err(failure) => return Ok(Err(failure)),
        };
        let tools = spent.tools.clone();
        let document = recommendation::build(&inputs, checked, model, tools, step, self.decided_at(batch))?;
        let (document, artifact) = self.keep(batch, step, document).await?;
        let row = recommendation::row(&document, &spent, &artifact);
        self.reports.append_recommendation(&row).await?;
        Ok(Ok(recommendation::result(document, artifact, spent)))
    }

    /// Asks, and settles what was spent with the day's budget. What the calls of a step that ends here have come to is
    /// in its failure.
    async fn ask<T: Task>(
        &self,
        step: &StepDocument,
        asking: Asking<'_>,
        task: &T,
    ) -> Result<Result<(T::Checked, String, Spent), StepResult>, Stop> {
        let Asking { prompt, profile, first, tools, subject } = asking;
        let client = self.config.client(profile).await.map_err(Stop::failed)?;
        let most_tokens = self.config.limits.max_tokens;
        let limits = ToolLimits::OF_A_STEP;
        let are_offered = request::offers_tools(prompt, profile, tools);
        let mut toolbox =
            are_offered.then(|| Toolbox::new(&self.services, step, subject, &self.markets, limits));
        let rounds = if are_offered { limits.rounds } else { 0 };
        let worst = Worst::of(profile, &first, most_tokens, rounds)?;
        let purse = Purse::new(&self.budget, &self.services, step, worst);
        let mut ledger = Ledger::new(&self.services, client, step, (prompt, profile), most_tokens, purse);
        let asked = ask::ask(&mut ledger, first, task, toolbox.as_mut()).await;
        let (mut spent, settled) = ledger.close().await;
        spent.tools = toolbox.map(|toolbox| toolbox.uses().to_vec()).unwrap_or_default();
        if tools && !are_offered {
            spent.note = Some(without_tools(prompt, profile));
        }
        match asked {
            Ok((checked, model)) => {
                settled?;
                Ok(Ok((checked, model, spent)))
            }
            Err(Stop::Failed(reason)) => {
                settled?;
                Ok(Err(spent.failure(reason)))
            }
            // why the work ends is told; what could not be settled counts as spent
            Err(stop) => Err(stop),
        }
    }

    fn decided_at(&self, batch: &Batch<'_>) -> Timestamp {
        if batch.run.live { self.services.clock.now() } else { batch.run.as_of }
    }

    /// Writes the step's document. One that an attempt wrote which was cut off after this point is the step's.
    async fn keep<D: Serialize + DeserializeOwned>(
        &self,
        batch: &Batch<'_>,
        step: &StepDocument,
        document: D,
    ) -> Result<(D, Artifact), Stop> {
        let bytes = serde_json::to_vec(&document).map_err(Stop::failed)?;
        let key = artifact_key(&batch.run.run_id, &format!("{}.json", step.step_id))?;
        let put = self.services.artifacts.put(&key, "application/json", &bytes).await?;
        if put.created {
            return Ok((document, put.artifact));
        }
        let kept = self.services.artifacts.get(&put.artifact.gcs_uri).await?;
        Ok((serde_json::from_slice(&kept).map_err(Stop::failed)?, put.artifact))
    }
}

/// What a step made, or what it came to before it failed.
type Made = Result<Result<StepResult, StepResult>, Stop>;

#[async_trait]
impl Function for LlmAnalyst {
    fn topic(&self) -> Topic {
        Topic::LlmAnalyst
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let Some(batch) = begin(&self.services, message).await? else { return Ok(()) };
        let catalog = match Catalog::pinned(&self.services, &batch.run.pins).await {
            Ok(catalog) => catalog,
            Err(error) => return batch.stop(error.into()).await,
        };
        for step in &batch.steps {
            let made = match step.kind {
                Kind::Recommendation => self.recommendation(&batch, &catalog, step).await,
                _ => self.report(&batch, &catalog, step).await,
            };
            match made {
                Ok(Ok(result)) => batch.conclude(step, Ok(result)).await?,
                Ok(Err(result)) => batch.fail(step, result).await?,
                Err(stop) => batch.conclude(step, Err(stop)).await?,
            }
        }
        Ok(())
    }
}

//! Asks the model for a report and checks what came back.
//!
//! Each call is paid for at most once (see `runtime::paid_call`); a step makes at most two: the report, and one
//! more that repairs it or asks again for an answer that was cut off or broke the schema.

mod ask;
mod config;
mod document;
mod inputs;
/// Keys, hosts and ceilings of models.
pub mod models;
#[cfg(feature = "gcp")]
pub mod settings;

use std::sync::Arc;

use async_trait::async_trait;
pub use config::{Caller, Config, ConfigError, named};
use domain::report::ReportDocument;
pub use models::{CeilingError, ModelAccess};
use runtime::{
    Batch, Budget, BudgetError, Catalog, Function, Redeliver, Services, Stop, artifact_key, begin,
};
use storage::{Message, ReportRow, ReportStore, StepDocument, StepResult, Topic};

use crate::ask::Ledger;
use crate::inputs::Inputs;

/// The analyst.
pub struct LlmAnalyst {
    services: Services,
    reports: Arc<dyn ReportStore>,
    config: Config,
    budget: Budget,
}

impl LlmAnalyst {
    /// An analyst on these ports.
    pub fn new(services: Services, reports: Arc<dyn ReportStore>, config: Config) -> Self {
        let budget = Budget::new(config.usd_per_day);
        Self { services, reports, config, budget }
    }

    async fn report(
        &self,
        batch: &Batch<'_>,
        catalog: &Catalog,
        step: &StepDocument,
    ) -> Result<Result<StepResult, StepResult>, Stop> {
        let inputs = Inputs::gather(&self.services, batch, catalog, step, &self.config).await?;
        let client = self.config.client(&inputs.profile).await.map_err(Stop::failed)?;
        let most_tokens = self.config.limits.max_tokens;
        let worst = ask::worst_case(&inputs, most_tokens)?;
        let reserved = self.budget.reserve(&self.services, step, worst).await;
        let reserved = reserved.map_err(|error| match error {
            BudgetError::Store(error) => Stop::Store(error),
            spent @ BudgetError::Spent { .. } => Stop::failed(spent),
        })?;
        let mut ledger = Ledger::new(&self.services, client, step, &inputs, most_tokens);
        let asked = ask::ask(&mut ledger).await;
        if !matches!(asked, Err(Stop::Store(_))) {
            self.budget.settle(reserved, ledger.cost_usd).await;
        }
        let (checked, model) = match asked {
            Ok(answered) => answered,
            Err(Stop::Failed(reason)) => return Ok(Err(ledger.failure(reason))),
            Err(store) => return Err(store),
        };
        let decided_at = if batch.run.live { self.services.clock.now() } else { batch.run.as_of };
        let document = document::build(&inputs, checked, model, step, decided_at)?;
        let bytes = serde_json::to_vec(&document).map_err(Stop::failed)?;
        let key = artifact_key(&batch.run.run_id, &format!("{}.json", step.step_id))?;
        let put = self.services.artifacts.put(&key, "application/json", &bytes).await?;
        let document = if put.created {
            document
        } else {
            // an attempt that was cut off after this point wrote it: its document is the step's
            let kept = self.services.artifacts.get(&put.artifact.gcs_uri).await?;
            serde_json::from_slice::<ReportDocument>(&kept).map_err(Stop::failed)?
        };
        let row = document::row(&document, &ledger, &put.artifact);
        self.reports.append(&row).await?;
        Ok(Ok(result(document, row, ledger.call_refs, &inputs)))
    }
}

fn result(document: ReportDocument, row: ReportRow, call_refs: Vec<String>, inputs: &Inputs) -> StepResult {
    StepResult {
        gcs_uri: Some(row.gcs_uri),
        sha256: Some(row.sha256),
        llm_prompt_id: Some(document.llm_prompt_id),
        llm_model_id: Some(document.llm_model_id),
        llm_model: Some(document.llm_model),
        ohlcv_ref: Some(inputs.ohlcv_ref.gcs_uri.clone()),
        chart_refs: inputs.charts.iter().map(|chart| chart.reference.gcs_uri.clone()).collect(),
        report_id: Some(document.report_id),
        parent_report_id: document.parent_report_id,
        call_refs,
        model_calls: Some(row.model_calls),
        prompt_tokens: Some(row.prompt_tokens),
        completion_tokens: Some(row.completion_tokens),
        cost_usd: Some(row.cost_usd),
        ..StepResult::default()
    }
}

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
            match self.report(&batch, &catalog, step).await {
                Ok(Ok(result)) => batch.conclude(step, Ok(result)).await?,
                Ok(Err(result)) => batch.fail(step, result).await?,
                Err(stop) => batch.conclude(step, Err(stop)).await?,
            }
        }
        Ok(())
    }
}

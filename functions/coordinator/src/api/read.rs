//! A run with all that came of it.

use domain::RunId;
use domain::recommendation::{Lifecycle, RecommendationDocument};
use flows::{Flow, Plan};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;
use storage::{Kind, RunDocument, Status, StepDocument, StoreError};

use super::Api;
use super::forecast::estimated_end;
use super::problem::{NOT_FOUND, Problem};
use super::view::{ArtifactView, RunView, StepView, WholeRun};
use crate::kind;

/// How long a signed address works: long enough to look at, too short to be kept.
const SIGNED_FOR: SignedDuration = SignedDuration::from_hours(1);

impl Api {
    /// The run of that id.
    pub(crate) async fn run(&self, id: &str) -> Result<RunDocument, Problem> {
        let unknown = || Problem::new(NOT_FOUND, "there is no run of that id; GET /v1/runs lists them");
        let id: RunId = id.parse().map_err(|_| unknown())?;
        self.services.journal.run(&id).await?.ok_or_else(unknown)
    }

    /// The run with all that came of it so far.
    pub(crate) async fn whole(&self, run: &RunDocument) -> Result<WholeRun, Problem> {
        let journal = self.services.journal.as_ref();
        let now = self.services.clock.now();
        let steps = journal.steps(&run.run_id).await?;
        let known = self.medians.of(journal, &run.source, now).await?;
        // a flow of another version has the steps that it has
        let plan = Flow::numbered(&run.flow.to_string()).map(|flow| Plan::of(&flow)).ok();
        let mut views = Vec::new();
        for step in &steps {
            let mut view = StepView::of(step);
            view.artifact = self.artifact(step).await?;
            views.push(view);
        }
        let is_open = !run.status.is_terminal();
        let mut estimated = None;
        if let Some(plan) = plan.filter(|_| is_open) {
            let missing =
                plan.steps.iter().filter(|planned| steps.iter().all(|step| step.step_id != planned.id));
            views.extend(missing.map(|planned| {
                StepView::to_come(planned.id.clone(), kind(&planned.kind), planned.timeframe)
            }));
            estimated = estimated_end(&plan, &steps, &known, now);
        }
        for view in &mut views {
            view.median_ms = known.get(&view.step_id).copied();
        }
        let recommendation = self.last(&steps, Kind::Recommendation).await?;
        Ok(WholeRun {
            lifecycle: self.lifecycle(recommendation.as_ref()).await?,
            run: RunView::of(run),
            cost_usd: steps.iter().filter_map(|step| step.result.cost_usd).sum(),
            model_calls: steps.iter().filter_map(|step| step.result.model_calls).sum(),
            estimated_end: estimated,
            report: self.last(&steps, Kind::Report).await?,
            recommendation,
            steps: views,
        })
    }

    async fn artifact(&self, step: &StepDocument) -> Result<Option<ArtifactView>, Problem> {
        let Some(gcs_uri) = step.result.gcs_uri.as_ref() else { return Ok(None) };
        let signed = self.services.artifacts.sign(gcs_uri, self.services.clock.now(), SIGNED_FOR).await;
        match signed {
            Ok(signed) => Ok(Some(ArtifactView {
                gcs_uri: gcs_uri.clone(),
                sha256: step.result.sha256.clone(),
                signed_url: signed.url,
                expires_at: signed.expires_at,
            })),
            // it has expired: the step is shown all the same
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What became of a recommendation; nothing of one that a newer version wrote.
    async fn lifecycle(&self, recommendation: Option<&Value>) -> Result<Option<Lifecycle>, Problem> {
        let document = recommendation.and_then(|value| RecommendationDocument::deserialize(value).ok());
        let Some(document) = document else { return Ok(None) };
        Ok(self.followed.one(&document, self.services.clock.now()).await?)
    }

    /// The document of the last done step of that kind.
    async fn last(&self, steps: &[StepDocument], kind: Kind) -> Result<Option<Value>, Problem> {
        let last = steps.iter().rfind(|step| step.kind == kind && step.status == Status::Done);
        let Some(gcs_uri) = last.and_then(|step| step.result.gcs_uri.as_deref()) else { return Ok(None) };
        match self.services.artifacts.get(gcs_uri).await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(StoreError::NotFound(_) | StoreError::Damaged { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

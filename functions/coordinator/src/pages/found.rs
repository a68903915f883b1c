//! What runs left, found by the journal and read from their artifacts.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ohlcv::Ohlcv;
use domain::recommendation::RecommendationDocument;
use domain::report::ReportDocument;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use storage::{Kind, RunDocument, Status, StepDocument, StoreError};

use super::Pages;
use crate::api::steps::with_steps;

/// Documents of each kind that are kept in memory: an artifact never changes under its address.
const MOST: usize = 2000;

/// Runs that are looked through, the newest first.
pub(super) const RUNS: usize = 200;

type Documents<T> = Mutex<BTreeMap<String, Option<Arc<T>>>>;

/// Artifacts that were read before.
#[derive(Default)]
pub(super) struct Kept {
    reports: Documents<ReportDocument>,
    recommendations: Documents<RecommendationDocument>,
    lines: Documents<Vec<f64>>,
}

/// A run with its steps.
pub(super) struct Ran {
    pub(super) run: RunDocument,
    pub(super) steps: Vec<StepDocument>,
}

impl Ran {
    /// Its done steps of that kind.
    pub(super) fn done(&self, kind: Kind) -> impl Iterator<Item = &StepDocument> {
        self.steps.iter().filter(move |step| step.kind == kind && step.status == Status::Done)
    }

    /// Where a done report is read: on its page, which is written when the run tells of it, else on its audit.
    pub(super) fn report_address(&self, step: &StepDocument) -> String {
        let run_id = &self.run.run_id;
        match step.timeframe.filter(|_| self.done(Kind::Notification).next().is_some()) {
            Some(timeframe) => format!("/runs/{run_id}/page/{timeframe}"),
            None => format!("/runs/{run_id}/audit/{}", step.step_id),
        }
    }
}

impl Pages {
    /// The newest runs on this server's candles. What cannot be read is left out: the command line tells of it.
    pub(super) async fn newest(&self) -> Result<Vec<Ran>, StoreError> {
        let journal = self.api.services.journal.as_ref();
        let runs = journal.runs(RUNS).await?.into_iter().filter(|run| self.api.sources.hold(&run.source));
        let mut read = pin!(with_steps(journal, runs));
        let mut found = Vec::new();
        while let Some((run, steps)) = read.next().await {
            match steps {
                Ok(steps) => found.push(Ran { run, steps }),
                Err(StoreError::Newer { .. } | StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    /// The run with its steps.
    pub(super) async fn ran(&self, run: RunDocument) -> Result<Ran, StoreError> {
        let steps = self.api.services.journal.steps(&run.run_id).await?;
        Ok(Ran { run, steps })
    }

    /// The report of a step; none if its artifact is gone or cannot be read.
    pub(super) async fn report(
        &self,
        step: &StepDocument,
    ) -> Result<Option<Arc<ReportDocument>>, StoreError> {
        self.document(&self.kept.reports, step, |report: ReportDocument| report).await
    }

    /// The recommendation of a step; none if its artifact is gone or cannot be read.
    pub(super) async fn recommendation(
        &self,
        step: &StepDocument,
    ) -> Result<Option<Arc<RecommendationDocument>>, StoreError> {
        self.document(&self.kept.recommendations, step, |found: RecommendationDocument| found).await
    }

    /// The last closes of a step's candles, the oldest first.
    pub(super) async fn closes(&self, step: &StepDocument) -> Result<Option<Arc<Vec<f64>>>, StoreError> {
        self.document(&self.kept.lines, step, |ohlcv: Ohlcv| last_closes(&ohlcv)).await
    }

    async fn document<T, D: DeserializeOwned>(
        &self,
        kept: &Documents<T>,
        step: &StepDocument,
        made: impl Fn(D) -> T,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let Some(gcs_uri) = step.result.gcs_uri.as_deref() else { return Ok(None) };
        if let Some(found) = kept.lock().unwrap_or_else(PoisonError::into_inner).get(gcs_uri) {
            return Ok(found.clone());
        }
        let read = match self.api.services.artifacts.get(gcs_uri).await {
            Ok(bytes) => serde_json::from_slice(&bytes).ok().map(|document| Arc::new(made(document))),
            Err(StoreError::NotFound(_) | StoreError::Damaged { .. }) => None,
            Err(error) => return Err(error),
        };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(gcs_uri.to_owned(), read.clone());
        Ok(read)
    }
}

/// Closes that a line is drawn of.
const CLOSES: usize = 24;

fn last_closes(ohlcv: &Ohlcv) -> Vec<f64> {
    let column = ohlcv.bars.columns.split(',').position(|name| name == "c").unwrap_or(4);
    let rows = ohlcv.bars.rows.iter();
    let mut closes: Vec<f64> = rows.filter_map(|row| row.split(',').nth(column)?.parse().ok()).collect();
    closes.extend(ohlcv.forming.as_ref().and_then(|forming| forming.c.parse::<f64>().ok()));
    closes.split_off(closes.len().saturating_sub(CLOSES))
}

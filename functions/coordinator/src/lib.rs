//! Chains the timeframes of a run: starts it, hands its steps to the functions as they become ready, ends it.
//!
//! It keeps nothing in memory: the state of a run is folded from its step documents at each event, and whoever
//! creates a step's document is the one who hands it over.

pub mod api;
#[cfg(feature = "gcp")]
mod bucket;
pub mod catalog;
mod documents;
mod followed;
mod late;
pub mod pages;
mod pinning;
mod request;
#[cfg(feature = "gcp")]
mod schedule;
#[cfg(feature = "gcp")]
pub mod settings;

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{RunId, StepId};
use flows::{Command, Ending, Flow, Plan, Progress, State, StepKind, advance};
pub use followed::Followed;
use jiff::{SignedDuration, Timestamp};
pub use late::Watch;
pub use pinning::Pinning;
pub use request::RunRequest;
use runtime::{Catalog, Function, Redeliver, Services};
#[cfg(feature = "gcp")]
pub use schedule::{OnSchedule, OnSweep, Scheduled};
use storage::{
    Asked, Kind, MESSAGE_VERSION, Message, RunDocument, RunEnd, Status, StepDocument, StoreError, Topic,
};
use tracing::{error, info, warn};

/// Why a run cannot be gone on from: tell the user.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// No such run.
    #[error("there is no run {0}; `topdown runs` lists them")]
    Unknown(RunId),
    /// It needs no other.
    #[error("run {run} is {status}: only a failed or cancelled run is resumed")]
    NotFailed {
        /// The run.
        run: RunId,
        /// Where it stands.
        status: &'static str,
    },
    /// Somebody is at work on a step of it, and what that brings is not to be paid for again: ask later.
    #[error(
        "{step} of run {run} is still at work, until {until} at the latest; resume the run when it has ended"
    )]
    AtWork {
        /// The run.
        run: RunId,
        /// The step.
        step: StepId,
        /// When its lease ends.
        until: Timestamp,
    },
    /// Storage could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long the journal is kept unless it is told, and so how long a run can be replayed.
const RETENTION: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The coordinator.
pub struct Coordinator {
    services: Services,
    retention: SignedDuration,
}

impl Coordinator {
    /// A coordinator on these ports.
    pub fn new(services: Services) -> Self {
        Self { services, retention: RETENTION }
    }

    /// The same, keeping the journal for so long: as long as artifacts are.
    #[must_use]
    pub fn keeping_for(self, retention: SignedDuration) -> Self {
        Self { retention, ..self }
    }

    /// Starts a run, or finds the one that this request started before.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    pub async fn start(&self, request: &RunRequest, catalog: &Catalog) -> Result<RunId, Redeliver> {
        self.start_of(request, &Pinning::new(catalog)).await
    }

    /// The same, as one of many runs by one catalog.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    pub async fn start_of(&self, request: &RunRequest, catalog: &Pinning<'_>) -> Result<RunId, Redeliver> {
        let run_id = request.run_id();
        if self.services.journal.run(&run_id).await?.is_some() {
            return Ok(run_id);
        }
        let pins = catalog.pins(&self.services).await?;
        let now = self.services.clock.now();
        let run = documents::run(request, pins, now, now + self.retention);
        if self.services.journal.create_run(&run).await? {
            info!(%run_id, flow = run.flow, symbol = %run.symbol, as_of = %run.as_of, "run {run_id} begins");
            self.announce(&run_id).await?;
        }
        Ok(run_id)
    }

    /// Goes on from a failed run in a new one: what was done is taken, the rest is done by the catalog as it is now,
    /// for the failure may have been mended there. Called again it finds the run that it started before.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub async fn resume(
        &self,
        failed: &RunId,
        catalog: &Catalog,
        model: Option<String>,
    ) -> Result<RunId, ResumeError> {
        self.resume_for(failed, catalog, model, None).await
    }

    /// The same for somebody who asked for it.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub async fn resume_for(
        &self,
        failed: &RunId,
        catalog: &Catalog,
        model: Option<String>,
        asked: Option<Asked>,
    ) -> Result<RunId, ResumeError> {
        let earlier = self.services.journal.run(failed).await?;
        let earlier = earlier.ok_or_else(|| ResumeError::Unknown(failed.clone()))?;
        if !matches!(earlier.status, Status::Failed | Status::Cancelled) {
            return Err(ResumeError::NotFailed { run: failed.clone(), status: earlier.status.as_str() });
        }
        let steps = self.services.journal.steps(failed).await?;
        let now = self.services.clock.now();
        if let Some((step, until)) = steps.iter().find_map(|step| at_work(step, now)) {
            return Err(ResumeError::AtWork { run: failed.clone(), step: step.clone(), until });
        }
        let run_id = request::run_id(&format!("resume {failed} {} {model:?}", catalog.hash()));
        let model = model.or_else(|| earlier.model.clone());
        let pins = catalog.pin(&self.services).await?;
        let asked = asked.or_else(|| earlier.asked.clone());
        let times = (now, now + self.retention);
        let run = documents::resumed(&earlier, run_id.clone(), pins, model, asked, times);
        // the steps first: once the run exists, whoever finds it finds what it reuses
        // an account is read just before it is used, so it is read again
        let taken = |step: &&StepDocument| !matches!(step.kind, Kind::Account | Kind::Notification);
        let done = steps.iter().filter(|step| step.status == Status::Done).filter(taken);
        let reused: Vec<_> = done.map(|step| documents::reused(&run, step)).collect();
        self.services.journal.create_steps(&reused).await?;
        if self.services.journal.create_run(&run).await? {
            info!(%run_id, resumes = %failed, reused = reused.len(), "run {run_id} goes on from {failed}");
        }
        self.announce(&run_id).await.map_err(|redeliver| redeliver.0)?;
        Ok(run_id)
    }

    /// Calls a run off: nobody begins a step of it any more. A step in work comes to its end, for what is paid for is
    /// kept. Says whether the run was running.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached, or has no such run.
    pub async fn cancel(&self, run_id: &RunId, reason: String) -> Result<bool, Redeliver> {
        let journal = &self.services.journal;
        let end =
            RunEnd { status: Status::Cancelled, ended_at: self.services.clock.now(), reason: Some(reason) };
        let was_running = journal.end_run(run_id, &end).await?;
        // again if an earlier call stopped halfway
        for step in journal.steps(run_id).await? {
            if step.status == Status::Pending {
                self.call_off(step).await?;
            }
        }
        Ok(was_running)
    }

    /// Hands over again whatever is open: called at the start of the process that holds the data folder, when nobody
    /// else can be at work. [`Self::sweep_late`] is for later.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    pub async fn sweep(&self) -> Result<Vec<RunDocument>, Redeliver> {
        let runs = self.services.journal.unfinished().await?;
        for run in &runs {
            let Some(steps) = readable(&run.run_id, self.services.journal.steps(&run.run_id).await)? else {
                continue;
            };
            for step in steps {
                if step.status == Status::Pending {
                    self.hand_over(&run.run_id, step.kind, vec![step.step_id]).await?;
                }
            }
            self.announce(&run.run_id).await?;
        }
        Ok(runs)
    }

    async fn announce(&self, run_id: &RunId) -> Result<(), Redeliver> {
        let message = Message {
            v: MESSAGE_VERSION,
            topic: Topic::FlowEvents,
            run_id: run_id.clone(),
            steps: Vec::new(),
        };
        Ok(self.services.bus.publish(&message).await?)
    }

    async fn hand_over(&self, run_id: &RunId, kind: Kind, steps: Vec<StepId>) -> Result<(), Redeliver> {
        let message = Message { v: MESSAGE_VERSION, topic: Topic::of(kind), run_id: run_id.clone(), steps };
        Ok(self.services.bus.publish(&message).await?)
    }

    async fn start_steps(&self, run: &RunDocument, plan: &Plan, ids: &[StepId]) -> Result<(), Redeliver> {
        let now = self.services.clock.now();
        let planned: Vec<_> = ids.iter().filter_map(|id| plan.step(id)).collect();
        let documents: Vec<StepDocument> =
            planned.iter().map(|step| documents::step(run, step, now)).collect();
        let created = self.services.journal.create_steps(&documents).await?;
        let Some(first) = documents.first().filter(|_| !created.is_empty()) else { return Ok(()) };
        self.hand_over(&run.run_id, first.kind, created).await
    }

    async fn end(&self, run: &RunDocument, ending: &Ending, steps: &[StepDocument]) -> Result<(), Redeliver> {
        let (status, reason) = match ending {
            Ending::Done => (Status::Done, None),
            Ending::Failed(id) => (Status::Failed, Some(failure(id, steps))),
        };
        let end = RunEnd { status, ended_at: self.services.clock.now(), reason };
        if self.services.journal.end_run(&run.run_id, &end).await? {
            info!(run_id = %run.run_id, status = status.as_str(), "run {} ended", run.run_id);
        }
        Ok(())
    }
}

/// A step that somebody holds, and until when.
fn at_work(step: &StepDocument, now: Timestamp) -> Option<(&StepId, Timestamp)> {
    let until = step.lease_until.filter(|until| step.status == Status::Running && *until > now)?;
    Some((&step.step_id, until))
}

/// Where a run failed and why, as a person reads it.
fn failure(id: &StepId, steps: &[StepDocument]) -> String {
    let step = steps.iter().find(|step| step.step_id == *id);
    let reason = step.and_then(|step| step.result.reason.as_deref()).unwrap_or("no reason was recorded");
    format!("{id}: {reason}")
}

#[async_trait]
impl Function for Coordinator {
    fn topic(&self) -> Topic {
        Topic::FlowEvents
    }

    async fn handle(&self, message: &Message) -> Result<(), Redeliver> {
        let run_id = &message.run_id;
        let run = readable(run_id, self.services.journal.run(run_id).await)?.flatten();
        let Some(run) = run.filter(|run| !run.status.is_terminal()) else {
            return Ok(());
        };
        let Ok(flow) = Flow::numbered(&run.flow.to_string()) else {
            warn!(%run_id, flow = run.flow, "this version has no such flow: left to the one that started it");
            return Ok(());
        };
        let plan = Plan::of(&flow);
        let Some(steps) = readable(run_id, self.services.journal.steps(run_id).await)? else { return Ok(()) };
        let (_, commands) = advance(&plan, &fold(&steps));
        for command in commands {
            match command {
                Command::Start(ids) => self.start_steps(&run, &plan, &ids).await?,
                Command::Skip(id, cause) => {
                    let Some(planned) = plan.step(&id) else { continue };
                    let now = self.services.clock.now();
                    let skipped = documents::skipped(&run, planned, &cause, now);
                    self.services.journal.create_steps(&[skipped]).await?;
                }
                Command::End(ending) => self.end(&run, &ending, &steps).await?,
            }
        }
        Ok(())
    }
}

/// What was read, or nothing of a document that a newer version wrote or that is damaged: it is left as it is, for
/// that version or for a person.
fn readable<T>(run_id: &RunId, read: Result<T, StoreError>) -> Result<Option<T>, Redeliver> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(error @ (StoreError::Newer { .. } | StoreError::Damaged { .. })) => {
            error!(%run_id, %error, "left untouched");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn fold(steps: &[StepDocument]) -> State {
    let progress = |step: &StepDocument| match step.status {
        Status::Done => Progress::Done,
        Status::Failed | Status::Skipped | Status::Cancelled => Progress::NotDone,
        Status::Waiting | Status::Pending | Status::Running => Progress::Open,
    };
    let steps: BTreeMap<_, _> = steps.iter().map(|step| (step.step_id.clone(), progress(step))).collect();
    State { steps }
}

fn kind(planned: &StepKind) -> Kind {
    match planned {
        StepKind::Ohlcv => Kind::Ohlcv,
        StepKind::Chart(_) => Kind::Chart,
        StepKind::Account => Kind::Account,
        StepKind::Report(_) => Kind::Report,
        StepKind::Recommendation(_) => Kind::Recommendation,
        StepKind::Notification => Kind::Notification,
    }
}

//! The sweeper's tick: what was lost while a process works is handed over again, and a run that takes too long ends.

use std::collections::BTreeMap;

use domain::{RunId, Sources};
use jiff::{SignedDuration, Timestamp};
use runtime::{LEASE, Redeliver};
use storage::{Claim, RunDocument, RunEnd, Status, StepDocument, StepResult};
use tracing::warn;

use crate::{Coordinator, readable};

/// How long a step may be pending before its message counts as lost.
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);

/// Whose runs the sweeper looks after, and how long they may take.
#[derive(Debug, Clone)]
pub struct Watch {
    /// Runs on other candles are left alone: they reach another exchange and model.
    pub sources: Sources,
    /// Since when somebody works here: a run is not late for a time in which nobody did.
    pub since: Timestamp,
    /// How long a run may take.
    pub deadline: SignedDuration,
}

impl Watch {
    /// How long a run may take unless configured.
    pub const DEADLINE: SignedDuration = SignedDuration::from_hours(2);

    fn ends(&self, run: &RunDocument) -> Timestamp {
        run.created_at.max(self.since) + self.deadline
    }
}

impl Coordinator {
    /// One look at every run that has not ended: to be called once a minute. Pending steps older than two minutes
    /// and running ones whose lease has ended are handed over again; a run of which nothing is open is announced, for
    /// the event of its last step may be what was lost; a run past its deadline has failed. Answers the runs it ended.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached; the next call goes on.
    pub async fn sweep_late(&self, watch: &Watch) -> Result<Vec<RunDocument>, Redeliver> {
        let journal = &self.services.journal;
        let now = self.services.clock.now();
        let mut open = BTreeMap::new();
        let mut ended = Vec::new();
        for run in journal.unfinished().await? {
            if !watch.sources.hold(&run.source) {
                continue;
            }
            if now > watch.ends(&run) {
                if self.end_late(&run, watch.deadline).await? {
                    ended.push(run);
                }
                continue;
            }
            let Some(steps) = readable(&run.run_id, journal.steps(&run.run_id).await)? else { continue };
            if steps.iter().all(|step| step.status.is_terminal()) {
                self.announce(&run.run_id).await?;
            }
            open.insert(run.run_id.clone(), run);
        }
        for step in journal.stale(now, now - PATIENCE).await? {
            if open.contains_key(&step.run_id) {
                let (run_id, step_id) = (&step.run_id, &step.step_id);
                warn!(%run_id, %step_id, "step {step_id} is handed over again");
                self.hand_over(run_id, step.kind, vec![step_id.clone()]).await?;
            } else if self.has_ended(&step.run_id).await? {
                self.call_off(step).await?;
            }
        }
        Ok(ended)
    }

    async fn has_ended(&self, run_id: &RunId) -> Result<bool, Redeliver> {
        let run = readable(run_id, self.services.journal.run(run_id).await)?.flatten();
        Ok(run.is_some_and(|run| run.status.is_terminal()))
    }

    /// Ends a step of a run that has ended: nobody will do it.
    pub(crate) async fn call_off(&self, step: StepDocument) -> Result<(), Redeliver> {
        let journal = &self.services.journal;
        let now = self.services.clock.now();
        let claims = journal.claim(&step.run_id, std::slice::from_ref(&step.step_id), now, LEASE).await?;
        for claim in claims {
            let Claim::Held(step) = claim else { continue };
            let reason = Some("the run has ended".to_owned());
            let result = StepResult { reason, ..StepResult::default() };
            journal
                .commit(&StepDocument { status: Status::Cancelled, ended_at: Some(now), result, ..step })
                .await?;
        }
        Ok(())
    }

    async fn end_late(&self, run: &RunDocument, deadline: SignedDuration) -> Result<bool, Redeliver> {
        let steps =
            readable(&run.run_id, self.services.journal.steps(&run.run_id).await)?.unwrap_or_default();
        let open = steps.iter().find(|step| !step.status.is_terminal());
        let open = open.map_or_else(|| "the run".to_owned(), |step| step.step_id.to_string());
        let reason = Some(format!("{open}: not done within {deadline:#}; see whether its vendor answers"));
        let end = RunEnd { status: Status::Failed, ended_at: self.services.clock.now(), reason };
        Ok(self.services.journal.end_run(&run.run_id, &end).await?)
    }
}

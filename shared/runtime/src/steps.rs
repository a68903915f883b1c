use domain::{RunId, StepId, Timeframe};
use flows::{Flow, Plan, Planned};
use jiff::SignedDuration;
use storage::{
    Claim, Kind, MESSAGE_VERSION, Message, RunDocument, Status, StepDocument, StepResult, StoreError, Topic,
};
use tracing::{error, info, warn};

use crate::{Redeliver, Services, Stop, fault};

/// How long a claim holds.
pub const LEASE: SignedDuration = SignedDuration::from_secs(600);

/// How long a signed address works that stands in the journal or in a notice.
pub const SIGNED_FOR: SignedDuration = SignedDuration::from_hours(12);

/// The claimed steps of one message.
pub struct Batch<'a> {
    services: &'a Services,
    topic: Topic,
    /// The run they belong to.
    pub run: RunDocument,
    /// The steps this worker holds. Those that had ended, or that another worker has, are not among them.
    pub steps: Vec<StepDocument>,
}

/// Claims the steps of a message. A step that has ended is announced again: its event may have been lost. One that
/// does not exist, or that another function does, is no business of this message, whoever wrote it.
///
/// # Errors
/// [`Redeliver`] if the journal could not be reached.
pub async fn begin<'a>(services: &'a Services, message: &Message) -> Result<Option<Batch<'a>>, Redeliver> {
    let run_id = &message.run_id;
    let run = match services.journal.run(run_id).await {
        Err(error @ (StoreError::Newer { .. } | StoreError::Damaged { .. })) => {
            return Ok(left(run_id, &error));
        }
        run => run?,
    };
    let Some(run) = run else {
        warn!(%run_id, "message for a run that does not exist: dropped");
        return Ok(None);
    };
    if run.status.is_terminal() {
        return Ok(None);
    }
    // a step that a newer version wrote, or that is damaged, stops its whole run here and no other: nothing is claimed
    // that could not be ended
    let kept = match services.journal.steps(run_id).await {
        Err(error @ (StoreError::Newer { .. } | StoreError::Damaged { .. })) => {
            return Ok(left(run_id, &error));
        }
        kept => kept?,
    };
    let wanted = wanted(message, &kept);
    if wanted.is_empty() {
        return Ok(None);
    }
    fault::point("claim.before");
    let claims = services.journal.claim(run_id, &wanted, services.clock.now(), LEASE).await?;
    fault::point("claim.after");
    let mut steps = Vec::with_capacity(claims.len());
    let mut ended = Vec::new();
    for claim in claims {
        match claim {
            Claim::Held(step) => steps.push(step),
            Claim::Terminal(step) => ended.push(step.step_id),
            Claim::Leased { until } => info!(%run_id, %until, "step is held by another worker"),
        }
    }
    if !ended.is_empty() {
        announce(services, run_id, ended).await?;
    }
    Ok((!steps.is_empty()).then_some(Batch { services, topic: message.topic, run, steps }))
}

fn wanted(message: &Message, kept: &[StepDocument]) -> Vec<StepId> {
    let mine = |id: &&StepId| {
        let kind = kept.iter().find(|step| step.step_id == **id).map(|step| step.kind);
        let is_mine = kind.is_some_and(|kind| Topic::of(kind) == message.topic);
        if !is_mine {
            warn!(run_id = %message.run_id, step_id = %id, "message for a step that is none of its topic's: dropped");
        }
        is_mine
    };
    message.steps.iter().filter(mine).cloned().collect()
}

/// A newer version's document is left to that version, a damaged one to a person: what it needs cannot be known here.
fn left<T>(run_id: &RunId, error: &StoreError) -> Option<T> {
    error!(%run_id, %error, "left untouched");
    None
}

async fn announce(services: &Services, run_id: &RunId, steps: Vec<StepId>) -> Result<(), StoreError> {
    let message = Message { v: MESSAGE_VERSION, topic: Topic::FlowEvents, run_id: run_id.clone(), steps };
    fault::point("dispatch.before");
    services.bus.publish(&message).await?;
    fault::point("dispatch.after");
    Ok(())
}

impl Batch<'_> {
    /// The run's steps that are done.
    ///
    /// # Errors
    /// [`Redeliver`] if the journal could not be reached.
    pub async fn done_steps(&self) -> Result<Done, Redeliver> {
        let mut steps = self.services.journal.steps(&self.run.run_id).await?;
        steps.retain(|step| step.status == Status::Done);
        Ok(Done { steps })
    }

    /// The run's flow; `None` if this version has none of that number.
    pub fn flow(&self) -> Option<Flow> {
        Flow::numbered(&self.run.flow.to_string()).ok()
    }

    /// What the run's flow planned for a step; `None` if this version has no such flow or step.
    pub fn planned(&self, step: &StepDocument) -> Option<Planned> {
        Plan::of(&self.flow()?).step(&step.step_id).cloned()
    }

    /// Ends a step: commits it under its fence, then tells the coordinator. A step whose fence has moved on is
    /// left to its new holder.
    ///
    /// # Errors
    /// [`Redeliver`] if the journal or the bus could not be reached.
    pub async fn end(
        &self,
        step: &StepDocument,
        outcome: Result<StepResult, String>,
    ) -> Result<(), Redeliver> {
        match outcome {
            Ok(result) => self.close(step, Status::Done, result).await,
            Err(reason) => {
                self.fail(step, StepResult { reason: Some(reason), ..StepResult::default() }).await
            }
        }
    }

    /// Ends a step as failed, with the reason and what it had come to by then: calls, tokens, cost.
    ///
    /// # Errors
    /// [`Redeliver`] if the journal or the bus could not be reached.
    pub async fn fail(&self, step: &StepDocument, result: StepResult) -> Result<(), Redeliver> {
        self.close(step, Status::Failed, result).await
    }

    /// Ends a step by what its work came to, or by what storage said on the way: damage and absence fail it, for
    /// no delivery mends them; a lost fence leaves it to its holder; the rest is delivered again.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    pub async fn conclude(
        &self,
        step: &StepDocument,
        outcome: Result<StepResult, Stop>,
    ) -> Result<(), Redeliver> {
        match outcome {
            Ok(result) => self.end(step, Ok(result)).await,
            Err(Stop::Failed(reason)) => self.end(step, Err(reason)).await,
            Err(Stop::NoTime) => self.give_back(step).await,
            Err(Stop::Store(StoreError::Fenced { .. })) => Ok(()),
            Err(Stop::Store(error @ (StoreError::Damaged { .. } | StoreError::NotFound(_)))) => {
                self.end(step, Err(error.to_string())).await
            }
            Err(Stop::Store(error)) => Err(self.free(error).await),
        }
    }

    /// Ends every step of the batch by what went wrong with something they all need, as
    /// [`conclude`](Self::conclude) does.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    pub async fn stop(&self, stop: Stop) -> Result<(), Redeliver> {
        match stop {
            Stop::Store(StoreError::Fenced { .. }) => Ok(()),
            Stop::Store(error @ (StoreError::Damaged { .. } | StoreError::NotFound(_))) => {
                self.fail_all(&error.to_string()).await
            }
            Stop::Failed(reason) => self.fail_all(&reason).await,
            Stop::NoTime => {
                for step in &self.steps {
                    self.give_back(step).await?;
                }
                Ok(())
            }
            Stop::Store(error) => Err(self.free(error).await),
        }
    }

    /// Gives a step back and hands it over again, so that a worker with a whole lease goes on with it. What was paid
    /// for is adopted there.
    async fn give_back(&self, step: &StepDocument) -> Result<(), Redeliver> {
        let (run_id, step_id) = (&step.run_id, &step.step_id);
        match self.services.journal.release(step).await {
            Err(error @ StoreError::Fenced { .. }) => {
                warn!(%error, "not given back");
                return Ok(());
            }
            released => released?,
        }
        info!(%run_id, %step_id, "lease too short for the next call: step given back");
        let steps = vec![step_id.clone()];
        let message = Message { v: MESSAGE_VERSION, topic: self.topic, run_id: run_id.clone(), steps };
        // the step is pending: the sweeper hands it over if this does not. To fail would have this very request, which
        // has no time left, claim it anew
        if let Err(error) = self.services.bus.publish(&message).await {
            warn!(%run_id, %step_id, %error, "not handed over again: left to the sweeper");
        }
        Ok(())
    }

    /// Frees what is still held for the delivery that comes again: a lease would keep that one from it. Should the
    /// journal be what is out of reach, the leases end by themselves.
    async fn free(&self, because: StoreError) -> Redeliver {
        for step in &self.steps {
            match self.services.journal.release(step).await {
                // it has ended, or is another's by now
                Ok(()) | Err(StoreError::Fenced { .. }) => {}
                Err(error) => {
                    info!(run_id = %step.run_id, step_id = %step.step_id, %error, "left to its lease");
                }
            }
        }
        because.into()
    }

    async fn fail_all(&self, reason: &str) -> Result<(), Redeliver> {
        for step in &self.steps {
            self.end(step, Err(reason.to_owned())).await?;
        }
        Ok(())
    }

    async fn close(&self, step: &StepDocument, status: Status, result: StepResult) -> Result<(), Redeliver> {
        match self.commit(step, status, result).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.free(error).await),
        }
    }

    async fn commit(
        &self,
        step: &StepDocument,
        status: Status,
        mut result: StepResult,
    ) -> Result<(), StoreError> {
        let now = self.services.clock.now();
        if let Some(gcs_uri) = &result.gcs_uri
            && matches!(step.kind, Kind::Ohlcv | Kind::Chart | Kind::Account | Kind::Notification)
        {
            match self.services.artifacts.sign(gcs_uri, now, SIGNED_FOR).await {
                Ok(signed) => {
                    result.signed_url = Some(signed.url);
                    result.expires_at = Some(signed.expires_at);
                }
                // whoever reads the step signs again; to do its work once more, a notice among it, would be worse
                Err(error @ StoreError::Unavailable(_)) => {
                    warn!(run_id = %step.run_id, step_id = %step.step_id, %error, "no signed address");
                }
                Err(error) => return Err(error),
            }
        }
        let ended = StepDocument { status, ended_at: Some(now), result, ..step.clone() };
        fault::point("commit.before");
        match self.services.journal.commit(&ended).await {
            Err(error @ StoreError::Fenced { .. }) => {
                warn!(%error, "result dropped");
                return Ok(());
            }
            committed => committed?,
        }
        fault::point("commit.after");
        let (run_id, step_id) = (&step.run_id, &step.step_id);
        match &ended.result.reason {
            Some(reason) if status == Status::Failed => {
                warn!(%run_id, %step_id, reason, "step {step_id} failed")
            }
            _ => info!(%run_id, %step_id, "step {step_id} done"),
        }
        announce(self.services, run_id, vec![step_id.clone()]).await
    }
}

/// The steps of a run that are done.
pub struct Done {
    /// In order of creation.
    pub steps: Vec<StepDocument>,
}

impl Done {
    /// The steps of a kind and timeframe.
    pub fn of(&self, kind: Kind, timeframe: Timeframe) -> impl Iterator<Item = &StepDocument> {
        self.steps.iter().filter(move |step| step.kind == kind && step.timeframe == Some(timeframe))
    }

    /// The step of that id.
    pub fn step(&self, id: &StepId) -> Option<&StepDocument> {
        self.steps.iter().find(|step| step.step_id == *id)
    }
}

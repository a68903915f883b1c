use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{RunId, Sources, StepId};
use platform_local::{Delivery, SqliteBus};
use runtime::{Function, Redeliver};
use storage::{Journal, Message, Status, StoreError, Topic};
use tokio::task::{JoinError, JoinSet};

/// Delivers messages to the functions, several at once, and acknowledges what they handled.
pub(crate) struct Worker {
    pub(crate) functions: Vec<Arc<dyn Function>>,
    pub(crate) bus: Arc<SqliteBus>,
    pub(crate) journal: Arc<dyn Journal>,
    /// Whose runs this process works on.
    pub(crate) sources: Sources,
    /// Steps in hand. A lease may end before its step does: that step is not begun a second time here.
    pub(crate) in_hand: Mutex<BTreeSet<(RunId, StepId)>>,
    /// Messages about steps in hand.
    pub(crate) set_aside: Mutex<Vec<Delivery>>,
}

struct Handled {
    id: i64,
    message: Message,
    outcome: Result<(), Redeliver>,
}

impl Worker {
    /// Works until the run has ended. `on_event` is told after each event of any run.
    ///
    /// # Errors
    /// The first fault of storage, once what was under way has ended: the answer of a call that is paid for is kept.
    /// The rest is delivered again next time.
    pub(crate) async fn drive(
        &self,
        run_id: &RunId,
        on_event: &mut dyn FnMut(&RunId),
    ) -> Result<(), Redeliver> {
        let mut working = JoinSet::new();
        let driven = self.drive_with(&mut working, run_id, on_event).await;
        self.let_end(&mut working).await;
        driven
    }

    async fn drive_with(
        &self,
        working: &mut JoinSet<Handled>,
        run_id: &RunId,
        on_event: &mut dyn FnMut(&RunId),
    ) -> Result<(), Redeliver> {
        loop {
            self.take(working).await?;
            if working.is_empty() {
                if self.ended(run_id).await? {
                    return Ok(());
                }
                // a step that cannot be read is why nobody says anything
                self.journal.steps(run_id).await?;
                // nobody is left to say anything: better an error than waiting for ever
                let what = format!("run {run_id} has steps open and no message about them");
                return Err(Redeliver(StoreError::Unavailable(what)));
            }
            tokio::select! {
                Some(handled) = working.join_next() => self.settle(finished(handled)?, on_event)?,
                () = self.bus.wait() => {}
            }
        }
    }

    /// Works on whatever comes, until storage fails; what was under way then has ended.
    pub(crate) async fn serve(&self) -> Redeliver {
        let mut working = JoinSet::new();
        let failed = loop {
            if let Err(error) = self.serve_once(&mut working).await {
                break error;
            }
        };
        self.let_end(&mut working).await;
        failed
    }

    async fn serve_once(&self, working: &mut JoinSet<Handled>) -> Result<(), Redeliver> {
        self.take(working).await?;
        tokio::select! {
            Some(handled) = working.join_next(), if !working.is_empty() => {
                self.settle(finished(handled)?, &mut |_| ())
            }
            () = self.bus.wait() => Ok(()),
        }
    }

    /// Takes nothing more and waits for what is under way.
    async fn let_end(&self, working: &mut JoinSet<Handled>) {
        if !working.is_empty() {
            tracing::error!("storage failed: waiting for {} that are under way", working.len());
        }
        while let Some(handled) = working.join_next().await {
            // the first fault is the one that is told
            if let Err(error) = finished(handled).and_then(|handled| self.settle(handled, &mut |_| ())) {
                tracing::error!(%error, "after the first fault");
            }
        }
        self.in_hand().clear();
    }

    /// Takes what is there. A message of a run on candles of another world is left out: this process reaches another exchange,
    /// model and messenger than that run began with. Whoever works on that world next finds its steps pending.
    async fn take(&self, working: &mut JoinSet<Handled>) -> Result<(), Redeliver> {
        self.reconsider().await?;
        while let Some(delivery) = self.bus.take()? {
            let run = self.journal.run(&delivery.message.run_id).await;
            if run.is_ok_and(|run| run.is_some_and(|run| !self.sources.hold(&run.source))) {
                self.bus.acknowledge(delivery.id)?;
            } else if self.grasp(&delivery.message) {
                self.spawn(working, delivery);
            } else {
                self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
            }
        }
        Ok(())
    }

    /// Looks at what was set aside and is in hand no more: whoever had a step that has ended told the coordinator, one
    /// that was given back is delivered.
    async fn reconsider(&self) -> Result<(), Redeliver> {
        let mut all = std::mem::take(&mut *self.set_aside.lock().unwrap_or_else(PoisonError::into_inner));
        let free: Vec<_> = {
            let in_hand = self.in_hand();
            all.extract_if(.., |set| steps(&set.message).all(|step| !in_hand.contains(&step))).collect()
        };
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).append(&mut all);
        for Delivery { id, message } in free {
            // of a run that cannot be read nothing is to be done
            let kept = self.journal.steps(&message.run_id).await.unwrap_or_default();
            let is_pending =
                |id: &StepId| kept.iter().any(|step| step.step_id == *id && step.status == Status::Pending);
            if message.steps.iter().any(is_pending) {
                self.bus.put_back(id)?;
            } else {
                self.bus.acknowledge(id)?;
            }
        }
        Ok(())
    }

    /// Takes the message's steps in hand; not if one of them is already.
    fn grasp(&self, message: &Message) -> bool {
        let mut in_hand = self.in_hand();
        let free = steps(message).all(|step| !in_hand.contains(&step));
        if free {
            in_hand.extend(steps(message));
        }
        free
    }

    fn in_hand(&self) -> MutexGuard<'_, BTreeSet<(RunId, StepId)>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ended(&self, run_id: &RunId) -> Result<bool, Redeliver> {
        Ok(self.journal.run(run_id).await?.is_none_or(|run| run.status.is_terminal()))
    }

    fn spawn(&self, working: &mut JoinSet<Handled>, Delivery { id, message }: Delivery) {
        let function = self.functions.iter().find(|function| function.topic() == message.topic).cloned();
        working.spawn(async move {
            let outcome = match function {
                Some(function) => function.handle(&message).await,
                None => Ok(()),
            };
            Handled { id, message, outcome }
        });
    }

    fn settle(&self, handled: Handled, on_event: &mut dyn FnMut(&RunId)) -> Result<(), Redeliver> {
        let Handled { id, message, outcome } = handled;
        for step in steps(&message) {
            self.in_hand().remove(&step);
        }
        match outcome {
            Ok(()) => {
                self.bus.acknowledge(id)?;
                if message.topic == Topic::FlowEvents {
                    on_event(&message.run_id);
                }
                Ok(())
            }
            Err(error) => {
                // best effort: a message that stays taken comes back when the folder is opened again
                let _ = self.bus.put_back(id);
                Err(error)
            }
        }
    }
}

/// The steps that a message asks somebody to do: an event's have ended.
fn steps(message: &Message) -> impl Iterator<Item = (RunId, StepId)> + '_ {
    let asked = message.steps.iter().filter(|_| message.topic != Topic::FlowEvents);
    asked.map(|step| (message.run_id.clone(), step.clone()))
}

/// A function that panicked leaves its message taken: it is delivered again when the folder is opened next. What it
/// panicked with may hold values, so it is not told.
fn finished(handled: Result<Handled, JoinError>) -> Result<Handled, Redeliver> {
    handled
        .map_err(|_| Redeliver(StoreError::Unavailable("a function of this program broke down".to_owned())))
}

#[cfg(test)]
#[path = "worker_tests.rs"]
mod tests;

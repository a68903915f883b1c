use std::sync::Arc;

use domain::{RunId, Source};
use platform_local::SqliteBus;
use runtime::{Function, Redeliver};
use storage::{Journal, StoreError, Topic};
use tokio::task::{JoinError, JoinSet};

/// Delivers messages to the functions, several at once, and acknowledges what they handled.
pub(crate) struct Worker {
    pub(crate) functions: Vec<Arc<dyn Function>>,
    pub(crate) bus: Arc<SqliteBus>,
    pub(crate) journal: Arc<dyn Journal>,
    /// Whose runs this process works on.
    pub(crate) source: Source,
}

struct Handled {
    id: i64,
    topic: Topic,
    run_id: RunId,
    outcome: Result<(), Redeliver>,
}

impl Worker {
    /// Works until the run has ended. `on_event` is told after each event of any run.
    ///
    /// # Errors
    /// The first fault of storage; everything handled so far is kept, the rest is delivered again next time.
    pub(crate) async fn drive(
        &self,
        run_id: &RunId,
        on_event: &mut dyn FnMut(&RunId),
    ) -> Result<(), Redeliver> {
        let mut working = JoinSet::new();
        loop {
            self.take(&mut working).await?;
            if working.is_empty() {
                if self.ended(run_id).await? {
                    return Ok(());
                }
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

    /// Works until it is dropped: between messages it waits.
    ///
    /// # Errors
    /// The first fault of storage.
    pub(crate) async fn serve(&self) -> Result<(), Redeliver> {
        let mut working = JoinSet::new();
        loop {
            self.take(&mut working).await?;
            tokio::select! {
                Some(handled) = working.join_next(), if !working.is_empty() => {
                    self.settle(finished(handled)?, &mut |_| ())?;
                }
                () = self.bus.wait() => {}
            }
        }
    }

    /// Takes what is there. A message of a run on another source stays taken, unhandled: this process reaches
    /// another exchange, model and messenger than that run began with. It comes back when the folder is opened next.
    async fn take(&self, working: &mut JoinSet<Handled>) -> Result<(), Redeliver> {
        while let Some(delivery) = self.bus.take()? {
            let run = self.journal.run(&delivery.message.run_id).await;
            if run.is_ok_and(|run| run.is_some_and(|run| run.source != self.source)) {
                continue;
            }
            self.spawn(working, delivery);
        }
        Ok(())
    }

    async fn ended(&self, run_id: &RunId) -> Result<bool, Redeliver> {
        Ok(self.journal.run(run_id).await?.is_none_or(|run| run.status.is_terminal()))
    }

    fn spawn(&self, working: &mut JoinSet<Handled>, delivery: platform_local::Delivery) {
        let message = delivery.message;
        let function = self.functions.iter().find(|function| function.topic() == message.topic).cloned();
        working.spawn(async move {
            let outcome = match function {
                Some(function) => function.handle(&message).await,
                None => Ok(()),
            };
            Handled { id: delivery.id, topic: message.topic, run_id: message.run_id, outcome }
        });
    }

    fn settle(&self, handled: Handled, on_event: &mut dyn FnMut(&RunId)) -> Result<(), Redeliver> {
        match handled.outcome {
            Ok(()) => {
                self.bus.acknowledge(handled.id)?;
                if handled.topic == Topic::FlowEvents {
                    on_event(&handled.run_id);
                }
                Ok(())
            }
            Err(error) => {
                // best effort: a message that stays taken comes back when the folder is opened again
                let _ = self.bus.put_back(handled.id);
                Err(error)
            }
        }
    }
}

/// A function that panicked leaves its message taken: it is delivered again when the folder is opened next. What it
/// panicked with may hold values, so it is not told.
fn finished(handled: Result<Handled, JoinError>) -> Result<Handled, Redeliver> {
    handled
        .map_err(|_| Redeliver(StoreError::Unavailable("a function of this program broke down".to_owned())))
}

//! What a pushed message becomes: work for a step function, or an end of its steps.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{RunId, StepId};
use storage::{MESSAGE_VERSION, Message};
use tracing::{Span, error, warn};

use super::Delivery;
use crate::{Function, Redeliver, Services, begin};

/// What stands behind `POST /push`.
#[async_trait]
pub trait Push: Send + Sync {
    /// Handles a message. `Ok` acknowledges it.
    ///
    /// # Errors
    /// [`Redeliver`] if storage could not be reached.
    async fn push(&self, delivery: &Delivery) -> Result<(), Redeliver>;
}

/// A step function behind its topic's subscription.
pub struct StepPush {
    services: Services,
    function: Arc<dyn Function>,
}

impl StepPush {
    /// The function on these ports.
    pub fn new(services: Services, function: Arc<dyn Function>) -> Self {
        Self { services, function }
    }

    /// Ends the steps of a message that nobody can read: it would fail each time it came.
    async fn reject(&self, named: Option<(RunId, Vec<StepId>)>, why: &str) -> Result<(), Redeliver> {
        let topic = self.function.topic();
        let Some((run_id, steps)) = named else {
            error!(topic = topic.as_str(), why, "message dropped: it names no step");
            return Ok(());
        };
        error!(topic = topic.as_str(), %run_id, why, "message dropped, its steps fail");
        let message = Message { v: MESSAGE_VERSION, topic, run_id, steps };
        let Some(batch) = begin(&self.services, &message).await? else { return Ok(()) };
        for step in &batch.steps {
            batch.end(step, Err(format!("its message could not be read: {why}"))).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Push for StepPush {
    async fn push(&self, delivery: &Delivery) -> Result<(), Redeliver> {
        let read: Result<Message, _> = serde_json::from_slice(&delivery.data);
        let message = match read {
            Ok(message) => message,
            Err(_) if newer(delivery) => {
                error!("message of a newer version: left to that version");
                return Ok(());
            }
            Err(error) => {
                let why = format!("no message (line {}, column {})", error.line(), error.column());
                return self.reject(named(delivery), &why).await;
            }
        };
        Span::current().record("run_id", message.run_id.as_str());
        Span::current().record("steps", join(&message.steps).as_str());
        if message.v > MESSAGE_VERSION {
            error!(v = message.v, "message of a newer version: left to that version");
            return Ok(());
        }
        if message.topic != self.function.topic() {
            warn!(topic = message.topic.as_str(), "message for another function: dropped");
            return Ok(());
        }
        self.function.handle(&message).await
    }
}

/// Whether the attributes say that a newer version wrote it.
fn newer(delivery: &Delivery) -> bool {
    let version = delivery.attributes.get("v").and_then(|v| v.parse::<u32>().ok());
    version.is_some_and(|version| version > MESSAGE_VERSION)
}

/// The steps that the attributes name.
fn named(delivery: &Delivery) -> Option<(RunId, Vec<StepId>)> {
    let run_id = delivery.attributes.get("run_id")?.parse().ok()?;
    let steps = delivery.attributes.get("steps")?.split(',').map(str::parse).collect::<Result<Vec<_>, _>>();
    Some((run_id, steps.ok()?))
}

fn join(steps: &[StepId]) -> String {
    steps.iter().map(StepId::as_str).collect::<Vec<_>>().join(",")
}

use async_trait::async_trait;
use storage::{Message, StoreError, Topic};

/// A step function: what stands behind one topic.
#[async_trait]
pub trait Function: Send + Sync {
    /// Its topic.
    fn topic(&self) -> Topic;

    /// Handles a message. `Ok` acknowledges it: the journal knows what is to be done.
    ///
    /// # Errors
    /// [`Redeliver`] if the journal could not be reached or written.
    async fn handle(&self, message: &Message) -> Result<(), Redeliver>;
}

/// The message must be delivered again: storage could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Redeliver(#[from] pub StoreError);

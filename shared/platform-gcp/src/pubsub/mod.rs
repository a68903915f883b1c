//! Messages on Pub/Sub: one topic a step function, one for the coordinator, one for the shards of the collector.

mod client;

use async_trait::async_trait;
use client::Client;
pub use client::PubsubConfig;
use serde::Serialize;
use storage::{Bus, Message, ShardBus, ShardMessage, StoreError};

use crate::Identity;

/// The topic of the collector's shards.
const SHARDS: &str = "collector-shards";

/// The longest value of an attribute, bytes.
const LONGEST: usize = 1024;

/// The bus.
pub struct PubsubBus {
    client: Client,
}

impl PubsubBus {
    /// A bus on the project's topics. Nothing is asked of the network yet.
    pub fn new(config: PubsubConfig, identity: Identity) -> Self {
        Self { client: Client::new(config, identity) }
    }
}

#[async_trait]
impl Bus for PubsubBus {
    async fn publish(&self, message: &Message) -> Result<(), StoreError> {
        let steps = message.steps.iter().map(|step| step.as_str()).collect::<Vec<_>>().join(",");
        let mut attributes =
            vec![("v", message.v.to_string()), ("run_id", message.run_id.to_string()), ("steps", steps)];
        // whoever cannot read the message can still say whose it was
        attributes.retain(|(_, value)| !value.is_empty() && value.len() <= LONGEST);
        self.client.publish(message.topic.as_str(), json(message)?, attributes).await
    }
}

#[async_trait]
impl ShardBus for PubsubBus {
    async fn publish_shard(&self, message: &ShardMessage) -> Result<(), StoreError> {
        self.client.publish(SHARDS, json(message)?, vec![("v", message.v.to_string())]).await
    }
}

fn json(message: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(message).map_err(|error| StoreError::Unavailable(format!("no message: {error}")))
}

use async_trait::async_trait;
use domain::Symbol;
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// A part of the watchlist to collect: what a tick hands to the collectors, each within one delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardMessage {
    /// Version of the envelope.
    pub v: u32,
    /// The tick that it came of, by the key of its call.
    pub tick: String,
    /// The symbols.
    pub symbols: Vec<Symbol>,
}

/// Messages from a collector's tick to the collectors.
#[async_trait]
pub trait ShardBus: Send + Sync {
    /// Hands the message over, durably before it answers.
    async fn publish_shard(&self, message: &ShardMessage) -> Result<(), StoreError>;
}

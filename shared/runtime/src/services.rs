use std::sync::Arc;

use domain::RunId;
use storage::{ArtifactKey, ArtifactStore, Bus, Journal, StoreError};

use crate::Clock;

/// The ports that every step function works on, and the clock. A function that needs candles or report rows takes
/// them beside this, so that no other links them.
#[derive(Clone)]
pub struct Services {
    /// Artifacts.
    pub artifacts: Arc<dyn ArtifactStore>,
    /// The record of every run.
    pub journal: Arc<dyn Journal>,
    /// Messages.
    pub bus: Arc<dyn Bus>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The key of a run's artifact.
///
/// # Errors
/// `NotFound` if `name` cannot be part of a key.
pub fn artifact_key(run_id: &RunId, name: &str) -> Result<ArtifactKey, StoreError> {
    ArtifactKey::new(&format!("runs/{run_id}/{name}"))
        .map_err(|error| StoreError::NotFound(error.to_string()))
}

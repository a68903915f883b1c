use std::sync::Arc;

use domain::RunId;
use storage::{ArtifactKey, ArtifactStore, Bus, CandleStore, Journal, ReportStore, StoreError};

use crate::Clock;

/// The ports a function works on, and the clock.
#[derive(Clone)]
pub struct Services {
    /// Candles.
    pub candles: Arc<dyn CandleStore>,
    /// Artifacts.
    pub artifacts: Arc<dyn ArtifactStore>,
    /// The record of every run.
    pub journal: Arc<dyn Journal>,
    /// Report rows.
    pub reports: Arc<dyn ReportStore>,
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

//! The coordinator's schedule: the flow of every watched symbol, and the sweep.

use std::sync::Arc;

use async_trait::async_trait;
use domain::Sources;
use flows::Flow;
use runtime::serve::{OnTick, Tick};
use runtime::{Clock, Redeliver, Watchlist};
use storage::{CandleStore, CatalogFiles};
use tracing::{error, info};

use crate::bucket::{self, BucketError};
use crate::{Coordinator, Pinning, RunRequest, Watch};

/// What scheduled runs have in common.
#[derive(Debug, Clone)]
pub struct Scheduled {
    /// The flow.
    pub flow: Flow,
    /// Where the candles come from.
    pub sources: Sources,
    /// Language of the texts.
    pub language: String,
    /// Model profile, over the prompts' own.
    pub model: Option<String>,
}

/// Begins the scheduled flow of every symbol of the catalog's watchlist.
pub struct OnSchedule {
    coordinator: Arc<Coordinator>,
    files: Arc<dyn CatalogFiles>,
    candles: Arc<dyn CandleStore>,
    clock: Arc<dyn Clock>,
    scheduled: Scheduled,
}

impl OnSchedule {
    /// The schedule of these runs.
    pub fn new(
        coordinator: Arc<Coordinator>,
        files: Arc<dyn CatalogFiles>,
        candles: Arc<dyn CandleStore>,
        clock: Arc<dyn Clock>,
        scheduled: Scheduled,
    ) -> Self {
        Self { coordinator, files, candles, clock, scheduled }
    }
}

#[async_trait]
impl OnTick for OnSchedule {
    async fn tick(&self, tick: &Tick) -> Result<(), Redeliver> {
        let Some(watchlist) = Watchlist::of_catalog(self.files.as_ref()).await? else { return Ok(()) };
        let catalog = match bucket::read(self.files.as_ref()).await {
            Ok(catalog) => catalog,
            Err(BucketError::Store(error)) => return Err(error.into()),
            Err(BucketError::Wrong(error)) => {
                error!(error, "nothing is begun: the catalog cannot be used");
                return Ok(());
            }
        };
        let pinning = Pinning::new(&catalog);
        let now = self.clock.now();
        for watched in watchlist.entries {
            let Scheduled { flow, sources, language, model } = self.scheduled.clone();
            let source = sources.of(watched.venue).clone();
            let instrument = self.candles.instrument(&source, &watched.symbol).await?;
            if instrument.is_some_and(|found| !found.is_trading()) {
                info!(symbol = %watched.symbol, "{} does not trade: nothing is spent on it", watched.symbol);
                continue;
            }
            // a call that comes again finds the runs that it began
            let key = format!("{} {} {}", tick.key, flow.number, watched.symbol);
            let (as_of, requested_at, live, asked) = (now, now, true, None);
            let request =
                RunRequest { flow, watched, source, as_of, live, language, model, requested_at, asked, key };
            self.coordinator.start_of(&request, &pinning).await?;
        }
        Ok(())
    }
}

/// Hands over what may have been lost, ends what has taken too long.
pub struct OnSweep {
    /// The coordinator.
    pub coordinator: Arc<Coordinator>,
    /// Whose runs, and how long they may take.
    pub watch: Watch,
}

#[async_trait]
impl OnTick for OnSweep {
    async fn tick(&self, _: &Tick) -> Result<(), Redeliver> {
        for run in self.coordinator.sweep_late(&self.watch).await? {
            error!(run_id = %run.run_id, symbol = %run.symbol, "run {} failed: not done within its deadline", run.run_id);
        }
        Ok(())
    }
}

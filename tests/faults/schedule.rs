//! The coordinator's schedule: what a tick writes for a whole watchlist.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use coordinator::{Coordinator, OnSchedule, Scheduled};
use domain::{Instrument, Source};
use flows::Flow;
use jiff::{SignedDuration, Timestamp};
use runtime::Services;
use runtime::serve::{OnTick, Tick};
use storage::{
    Artifact, ArtifactKey, ArtifactStore, CandleStore, CatalogFiles, Journal, Put, SignedUrl, StoreError,
};

use super::desk::{AS_OF, Desk};

/// Artifacts that remember what is written.
struct Watched {
    artifacts: Arc<dyn ArtifactStore>,
    written: Mutex<Vec<String>>,
}

#[async_trait]
impl ArtifactStore for Watched {
    async fn put(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        self.written.lock().unwrap().push(key.as_str().to_owned());
        self.artifacts.put(key, media_type, bytes).await
    }

    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        self.artifacts.get(gcs_uri).await
    }

    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        self.artifacts.find(key).await
    }

    async fn sign(
        &self,
        gcs_uri: &str,
        now: Timestamp,
        valid: SignedDuration,
    ) -> Result<SignedUrl, StoreError> {
        self.artifacts.sign(gcs_uri, now, valid).await
    }
}

/// A catalog that is the built-in one, with three symbols to watch.
struct Files;

#[async_trait]
impl CatalogFiles for Files {
    async fn read(&self, name: &str) -> Result<Option<String>, StoreError> {
        let watchlist = "symbols = [\"BTCUSDT\", \"ETHUSDT\", \"SOLUSDT\"]";
        Ok((name == "watchlist.toml").then(|| watchlist.to_owned()))
    }
}

fn instrument(symbol: &str, status: &str) -> Instrument {
    Instrument {
        symbol: symbol.parse().unwrap(),
        status: status.to_owned(),
        base_asset: "SOL".to_owned(),
        quote_asset: "USDT".to_owned(),
        tick: "0.01".parse().unwrap(),
        step: "0.001".parse().unwrap(),
        min_notional: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_keeps_the_catalog_once_for_all_its_runs() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let watched = Arc::new(Watched { artifacts: desk.services.artifacts.clone(), written: Mutex::default() });
    let services = Services { artifacts: watched.clone(), ..desk.services.clone() };
    let coordinator = Arc::new(Coordinator::new(services));
    let scheduled = Scheduled {
        flow: Flow::numbered("1").unwrap(),
        sources: Source::Sim(1).into(),
        language: "en".to_owned(),
        model: None,
    };
    let candles = desk.local.candles.clone();
    // trading of the last of them was halted
    let instruments = [instrument("BTCUSDT", "TRADING"), instrument("SOLUSDT", "HALT")];
    candles.put_instruments(&Source::Sim(1), &instruments).await.unwrap();
    let schedule = OnSchedule::new(coordinator, Arc::new(Files), candles, desk.clock.clone(), scheduled);
    let tick = Tick { key: "weekly".to_owned(), at: AS_OF.parse().unwrap() };
    schedule.tick(&tick).await.unwrap();
    let runs = desk.local.journal.runs(10).await.unwrap();
    let mut symbols: Vec<_> = runs.iter().map(|run| run.symbol.as_str()).collect();
    symbols.sort_unstable();
    assert_eq!(symbols, ["BTCUSDT", "ETHUSDT"]);
    let written = std::mem::take(&mut *watched.written.lock().unwrap());
    let pins = &runs[0].pins;
    let files = pins.prompts.len() + pins.models.len() + pins.templates.len();
    assert!(files > 5, "{files} files in the built-in catalog");
    assert_eq!(written.len(), files, "each once: {written:?}");
    assert!(runs.iter().all(|run| run.pins == *pins));
    // a tick that comes again finds the runs it began
    schedule.tick(&tick).await.unwrap();
    assert_eq!(*watched.written.lock().unwrap(), Vec::<String>::new());
}

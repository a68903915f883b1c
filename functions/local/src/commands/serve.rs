use std::path::Path;
use std::time::Duration;

use coordinator::RunRequest;
use domain::{Source, Symbol, Timeframe};
use flows::Flow;
use ohlcv_collector::CollectError;
use runtime::{Catalog, Clock, SystemClock, Watchlist};
use storage::{CandleStore, Journal, SeriesKey};
use tokio::net::TcpListener;

use super::known_model;
use crate::app::{Addresses, App};
use crate::arguments::Serve;
use crate::environment::Environment;
use crate::failure::Failure;
use crate::schedule::last_monday;
use crate::server::{self, Shared};
use crate::terminal::Terminal;
use crate::{catalog, world};

/// One frequent tick; what is due is decided for each series.
const TICK: Duration = Duration::from_secs(60);

pub(crate) async fn run(
    arguments: Serve,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let data = arguments.folder.data;
    let watchlist = watchlist(&data)?;
    let catalog = catalog::load(arguments.catalog.as_deref())?;
    if let Some(model) = &arguments.model {
        known_model(&catalog, model)?;
    }
    let rules = world::rules(SystemClock.now()).await?;
    let addresses = Addresses::real(environment, &rules)?;
    let app = App::new(&data, arguments.port, environment.source.clone(), addresses, environment)?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Failure::run(format!("port {} cannot be used: {error}", arguments.port)).advice("pass another --port")
    })?;
    let shared = Shared {
        artifacts: app.local.artifacts.clone(),
        signer: app.local.signer.clone(),
        clock: std::sync::Arc::new(SystemClock),
        port: arguments.port,
    };
    terminal.line(&format!("serving on http://127.0.0.1:{}", arguments.port));
    let stored = |error: runtime::Redeliver| Failure::store(&error.0, &data);
    app.coordinator.sweep().await.map_err(stored)?;
    let schedule = Schedule {
        app: &app,
        watchlist: &watchlist,
        catalog: &catalog,
        model: arguments.model,
        source: environment.source.clone(),
    };
    tokio::select! {
        failed = app.worker.serve() => Err(stored(failed)),
        served = server::serve(listener, shared) => served.map_err(Failure::run),
        ticked = schedule.run() => ticked.map_err(|error| Failure::collect(&error, &data)),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

fn watchlist(data: &Path) -> Result<Watchlist, Failure> {
    let path = data.join("watchlist.toml");
    let advice = "write symbols = [\"BTCUSDT\"] into it";
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!("no watchlist: {error}")).at(path.display()).advice(advice)
    })?;
    Watchlist::parse(&text).map_err(|error| Failure::usage(error).at(path.display()).advice(advice))
}

struct Schedule<'a> {
    app: &'a App,
    watchlist: &'a Watchlist,
    catalog: &'a Catalog,
    model: Option<String>,
    source: Source,
}

impl Schedule<'_> {
    /// Collects what is due and starts the week's run of each symbol once. An exchange or a symbol that does not
    /// answer is asked again at the next tick.
    async fn run(&self) -> Result<(), CollectError> {
        let mut interval = tokio::time::interval(TICK);
        loop {
            interval.tick().await;
            let ticked = match self.app.collector.tick_all(&self.watchlist.symbols).await {
                Ok(ticked) => ticked,
                Err(error @ CollectError::Store(_)) => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "nothing was collected");
                    continue;
                }
            };
            for (symbol, collected) in ticked {
                match collected {
                    Ok(_) if self.is_whole(&symbol).await? => self.weekly(&symbol).await?,
                    Ok(_) => {}
                    Err(error) => tracing::error!(%symbol, %error, "{symbol} was not collected"),
                }
            }
        }
    }

    /// Whether every series of the symbol has been read to its end once: a backfill may take several ticks.
    async fn is_whole(&self, symbol: &Symbol) -> Result<bool, CollectError> {
        for timeframe in Timeframe::ALL {
            let series = SeriesKey { source: self.source.clone(), symbol: symbol.clone(), timeframe };
            if self.app.local.candles.refreshed_at(&series).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn weekly(&self, symbol: &Symbol) -> Result<(), CollectError> {
        let now = SystemClock.now();
        let due = last_monday(now);
        let Ok(flow) = Flow::numbered("1") else { return Ok(()) };
        let request = RunRequest {
            flow,
            symbol: symbol.clone(),
            source: self.source.clone(),
            as_of: now,
            live: true,
            language: "en".to_owned(),
            model: self.model.clone(),
            requested_at: now,
            // the schedule's time is the run's key: a tick that comes twice starts it once
            key: format!("schedule 1 {symbol} {due}"),
        };
        if self.app.local.journal.run(&request.run_id()).await?.is_none() {
            self.app.coordinator.start(&request, self.catalog).await.map_err(|error| error.0)?;
        }
        Ok(())
    }
}

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coordinator::Watch;
use coordinator::api::Api;
use domain::{Source, Sources, Symbol, Timeframe, Venue};
use flows::Flow;
use notifier::Messenger;
use ohlcv_collector::CollectError;
use platform_local::Door;
use runtime::{Clock, SystemClock, Watchlist};
use sim::SimClock;
use storage::{CandleStore, SeriesKey, StoreError};
use tokio::net::TcpListener;
use tokio::time::{Interval, MissedTickBehavior};

use super::require_model;
use crate::app::{self, Addresses, App};
use crate::arguments::{Means, Serve};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::server::{self, ServedDesk, Sessions, Shared};
use crate::terminal::Terminal;
use crate::weekly::Weekly;
use crate::{catalog, world};

/// Seed of the world of `--sim`.
const SEED: u64 = 1;
pub(crate) async fn run(
    arguments: Serve,
    environment: &Environment,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let data = arguments.folder.data;
    let watchlist = watchlist(&data, arguments.sim)?;
    let Means { catalog, model } = arguments.means;
    let model = model.or_else(|| arguments.sim.then(|| "rule-analyst".to_owned()));
    let catalog = catalog::load(catalog.as_deref())?;
    let world = if arguments.sim {
        world::start(SEED, None, SimClock::running_from(SystemClock.now())).await?.0
    } else {
        world::rules(SystemClock.now()).await?
    };
    let models = app::models(environment, &world)?;
    // the week by schedule, the others on request
    require_model(&models, &catalog, Flow::ALL, model.as_deref()).await?;
    let (addresses, sources) = if arguments.sim {
        (Addresses::simulated(&world)?, Sources::from(Source::Sim(SEED)))
    } else {
        (Addresses::real(environment)?, environment.sources.clone())
    };
    let channels = addresses.channels.clone();
    let unusable = |error: std::io::Error| {
        Failure::run(format!("port {} cannot be used: {error}", arguments.port)).advice("pass another --port")
    };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(unusable)?;
    // port 0 is any that is free; signed addresses name the one it became
    let port = listener.local_addr().map_err(unusable)?.port();
    let app = App::new(&data, port, sources.clone(), addresses, models)?;
    let desk = ServedDesk {
        watched: watchlist.entries.clone(),
        catalog: catalog.clone(),
        candles: app.local.candles.clone(),
        sources: sources.clone(),
        data: data.clone(),
    };
    let services = app::services(&app.local);
    let code = platform_local::secret().map_err(|error| Failure::store(&error, &data))?;
    let sessions = Sessions::new(port, &code, Arc::new(SystemClock));
    let shared = Shared {
        artifacts: app.local.artifacts.clone(),
        signer: app.local.signer.clone(),
        clock: Arc::new(SystemClock),
        door: Arc::new(Door::open(&data, port).map_err(|error| Failure::store(&error, &data))?),
        api: Arc::new(Api::new(
            app.coordinator.clone(),
            services,
            Arc::new(desk),
            coordinator::Followed::on(app.local.candles.clone()),
            sources.clone(),
            model.clone(),
        )),
        sessions: Arc::new(sessions),
    };
    app.coordinator.sweep().await.map_err(|error| Failure::store(&error.0, &data))?;
    terminal.line(&format!("serving on http://127.0.0.1:{port}"));
    terminal.line(&format!("open http://127.0.0.1:{port}/enter?code={code}"));
    let weekly = Weekly {
        app: &app,
        data: &data,
        catalog: &catalog,
        model,
        watchlist: &watchlist,
        messenger: Messenger::new(channels),
        terminal,
        told: Mutex::default(),
    };
    let watch = Watch { sources, since: SystemClock.now(), deadline: environment.run_deadline };
    let tick = Duration::from_secs(arguments.tick);
    let serving = Serving { app: &app, weekly: &weekly, data: &data, terminal, tick };
    let [binance, bybit] = Venue::ALL.map(|venue| watchlist.symbols_of(venue));
    tokio::select! {
        never = serving.work() => match never {},
        never = serving.look_after(&watch) => match never {},
        never = serving.collect(Venue::Binance, &binance) => match never {},
        never = serving.collect(Venue::Bybit, &bybit) => match never {},
        never = server::serve(listener, shared) => match never {},
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

/// The folder's watchlist; a simulated world has one of its own where there is none.
fn watchlist(data: &Path, is_simulated: bool) -> Result<Watchlist, Failure> {
    let missing = || Failure::usage("there is no watchlist").at(data.join("watchlist.toml").display());
    let advice = "write symbols = [\"BTCUSDT\"] into it";
    let found = app::watchlist_or_simulated(data, is_simulated);
    found.and_then(|found| found.ok_or_else(missing)).map_err(|failure| failure.advice(advice))
}

/// What goes on beside each other. A fault is told and ends none of it: the next look goes on.
struct Serving<'a> {
    app: &'a App,
    weekly: &'a Weekly<'a>,
    data: &'a Path,
    terminal: &'a Terminal,
    /// Between two looks; what is due is decided for each series, step and run.
    tick: Duration,
}

impl Serving<'_> {
    fn interval(&self) -> Interval {
        let mut interval = tokio::time::interval(self.tick);
        // a look that took long is followed by a pause all the same
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    }

    fn tell(&self, error: &StoreError) {
        self.terminal.trouble(&Failure::store(error, self.data));
    }

    async fn work(&self) -> Infallible {
        loop {
            let failed = self.app.worker.serve().await;
            self.tell(&failed.0);
            tokio::time::sleep(self.tick).await;
        }
    }

    /// Finds what was lost, too late or failed.
    async fn look_after(&self, watch: &Watch) -> Infallible {
        let mut interval = self.interval();
        loop {
            interval.tick().await;
            if let Err(error) = self.app.coordinator.sweep_late(watch).await {
                self.tell(&error.0);
            }
            if let Err(error) = self.weekly.look_after().await {
                self.tell(&error);
            }
        }
    }

    /// Collects what is due and starts the week's run of each symbol once. An exchange or a symbol that does not
    /// answer is asked again at the next tick.
    async fn collect(&self, venue: Venue, symbols: &[Symbol]) -> Infallible {
        if symbols.is_empty() {
            return std::future::pending().await;
        }
        let mut interval = self.interval();
        loop {
            interval.tick().await;
            if let Err(error) = self.collect_once(venue, symbols).await {
                self.terminal.trouble(&Failure::collect(&error, self.data));
            }
            if let Err(error) = self.app.remember_silence(venue) {
                self.tell(&error);
            }
        }
    }

    async fn collect_once(&self, venue: Venue, symbols: &[Symbol]) -> Result<(), CollectError> {
        for (symbol, collected) in self.app.collectors.of(venue).tick_all(symbols).await? {
            let begun = match collected {
                Ok(_) => self.begin_week(venue, &symbol).await,
                Err(error) => {
                    tracing::error!(%symbol, %error, "{symbol} was not collected: {error}");
                    Ok(())
                }
            };
            // one symbol's damaged run keeps no other waiting
            if let Err(error) = begun {
                self.tell(&error);
            }
        }
        Ok(())
    }

    /// Begins the week's run of a symbol that trades, once its candles are there.
    async fn begin_week(&self, venue: Venue, symbol: &Symbol) -> Result<(), StoreError> {
        let instrument = self.app.local.candles.instrument(self.app.sources.of(venue), symbol).await?;
        let trades = instrument.is_none_or(|found| found.is_trading());
        if trades && self.is_whole(venue, symbol).await? { self.weekly.start(symbol).await } else { Ok(()) }
    }

    /// Whether every series of the symbol has been read to its end once: a backfill may take several ticks.
    async fn is_whole(&self, venue: Venue, symbol: &Symbol) -> Result<bool, StoreError> {
        let source = self.app.sources.of(venue);
        for timeframe in Timeframe::ALL {
            let series = SeriesKey { source: source.clone(), symbol: symbol.clone(), timeframe };
            if self.app.local.candles.refreshed_at(&series).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

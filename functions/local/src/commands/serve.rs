use std::path::Path;
use std::time::Duration;

use coordinator::RunRequest;
use domain::{Source, Symbol};
use flows::Flow;
use ohlcv_collector::Watchlist;
use runtime::{Catalog, Clock, SystemClock};
use storage::Journal;
use tokio::net::TcpListener;

use super::{known_model, run as real};
use crate::app::App;
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
    let data = arguments.choices.data;
    let watchlist = watchlist(&data)?;
    let catalog = catalog::load(arguments.catalog.as_deref())?;
    let model = arguments.model.unwrap_or_else(|| real::default_model(environment).to_owned());
    known_model(&catalog, &model)?;
    let rules = model.starts_with("rule-analyst");
    let world = if rules { Some(world::analyst(SystemClock.now()).await?) } else { None };
    let addresses = real::real(environment, world.as_ref().map(sim::World::openai_url))?;
    let app = App::new(&data, arguments.port, Source::Binance, addresses, environment)?;
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
    tokio::select! {
        worked = app.worker.serve() => worked.map_err(stored),
        served = server::serve(listener, shared) => served.map_err(Failure::run),
        ticked = tick(&app, &watchlist, &catalog, &model) => ticked.map_err(|error| Failure::collect(&error, &data)),
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

/// Collects what is due and starts the week's run of each symbol once. A symbol whose exchange does not answer is
/// tried again at the next tick.
async fn tick(
    app: &App,
    watchlist: &Watchlist,
    catalog: &Catalog,
    model: &str,
) -> Result<(), ohlcv_collector::CollectError> {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        for symbol in &watchlist.symbols {
            match app.collector.tick(symbol, SystemClock.now()).await {
                Ok(_) => weekly(app, symbol, catalog, model).await?,
                Err(error @ ohlcv_collector::CollectError::Store(_)) => return Err(error),
                Err(error) => tracing::error!(%symbol, %error, "{symbol} was not collected"),
            }
        }
    }
}

async fn weekly(
    app: &App,
    symbol: &Symbol,
    catalog: &Catalog,
    model: &str,
) -> Result<(), ohlcv_collector::CollectError> {
    let now = SystemClock.now();
    let due = last_monday(now);
    let Ok(flow) = Flow::numbered("1") else { return Ok(()) };
    let request = RunRequest {
        flow,
        symbol: symbol.clone(),
        source: Source::Binance,
        as_of: now,
        live: true,
        language: "en".to_owned(),
        model: Some(model.to_owned()),
        requested_at: now,
        // the schedule's time is the run's key: a tick that comes twice starts it once
        key: format!("schedule 1 {symbol} {due}"),
    };
    if app.local.journal.run(&request.run_id()).await?.is_none() {
        app.coordinator.start(&request, catalog).await.map_err(|error| error.0)?;
    }
    Ok(())
}

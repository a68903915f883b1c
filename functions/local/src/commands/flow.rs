//! Driving one run from its request to its result: what `demo` and `run` have in common.

use std::collections::BTreeSet;
use std::path::Path;

use coordinator::RunRequest;
use domain::{RunId, Source, Symbol, Timeframe, Watched};
use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};
use runtime::Catalog;
use storage::{CandleQuery, CandleStore, Journal, Kind, SeriesKey, StepDocument, StoreError};
use tokio::time::Instant;

use crate::app::App;
use crate::failure::Failure;
use crate::outcome::{Outcome, data_option, seconds};
use crate::terminal::Terminal;

/// Two clocks that differ by more are not both right: reading a symbol's hours takes less.
const OFF: SignedDuration = SignedDuration::from_mins(2);

/// Brings the symbol's candles to their end.
pub(crate) async fn collect(
    app: &App,
    watched: &Watched,
    data: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let Watched { symbol, venue, .. } = watched;
    let begun = Instant::now();
    let bar = terminal.bar("collect");
    let on_page = |timeframe: Timeframe, bars: usize| {
        bar.set_message(format!("{symbol} {timeframe} {} bars", domain::number::grouped(&bars.to_string())));
        bar.tick();
    };
    let collected = app.collectors.of(*venue).collect(symbol, &on_page).await;
    bar.finish_and_clear();
    app.remember_silence(*venue).map_err(|error| Failure::store(&error, data))?;
    let collected = collected.map_err(|error| Failure::collect(&error, data))?;
    let timeframes: Vec<_> = Timeframe::ALL.iter().map(|timeframe| timeframe.as_str()).collect();
    let bars = domain::number::grouped(&collected.bars.to_string());
    let took = seconds(i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX));
    let noun = if collected.bars == 1 { "bar" } else { "bars" };
    terminal.progress("collect", &format!("{symbol} {}  {bars} {noun}  {took}", timeframes.join(" ")));
    if let Some(since) = collected.halted_since {
        terminal.progress("halted", &format!("{symbol} does not trade; its last hour ended at {since}"));
    }
    Ok(())
}

/// What the exchange's clock said when the symbol's hours were last read, while it trades.
async fn exchange_clock(
    candles: &dyn CandleStore,
    source: &Source,
    symbol: &Symbol,
) -> Result<Option<Timestamp>, StoreError> {
    let hours = SeriesKey { source: source.clone(), symbol: symbol.clone(), timeframe: Timeframe::Hour };
    let trades = candles.instrument(source, symbol).await?.is_some_and(|found| found.is_trading());
    Ok(candles.refreshed_at(&hours).await?.filter(|_| trades))
}

/// The last instant that both clocks have seen: `now` by this machine's, unless the exchange's was behind it when the
/// symbol's hours were last read.
pub(crate) async fn seen_until(
    candles: &dyn CandleStore,
    source: &Source,
    symbol: &Symbol,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let exchange = exchange_clock(candles, source, symbol).await?;
    Ok(exchange.map_or(now, |exchange| now.min(exchange)))
}

/// The present, `now` by this machine's clock, unless the exchange's was behind it when the symbol's hours were last
/// read: a run sees nothing that one of the two has yet to see. A difference that people would want to mend is said.
pub(crate) async fn present(
    app: &App,
    source: &Source,
    symbol: &Symbol,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<Timestamp, StoreError> {
    let candles = app.local.candles.as_ref();
    let Some(exchange) = exchange_clock(candles, source, symbol).await? else { return Ok(now) };
    let ahead = now.duration_since(exchange);
    if ahead.abs() > OFF {
        let (off, way) = (ahead.abs().as_mins(), if ahead.is_negative() { "behind" } else { "ahead of" });
        let text =
            format!("this machine's clock is {off} min {way} the exchange's, {exchange}; set it right");
        terminal.progress("clock", &text);
    }
    Ok(now.min(exchange))
}

/// Refuses a run that no candle could be shown to.
pub(crate) async fn require_history(app: &App, request: &RunRequest, data: &Path) -> Result<(), Failure> {
    let wants = vec![(Timeframe::Day, None), (Timeframe::Hour, None)];
    let query = CandleQuery {
        source: request.source.clone(),
        symbol: request.watched.symbol.clone(),
        as_of: request.as_of,
        wants,
    };
    let found = app.local.candles.read(&query).await.map_err(|error| Failure::store(&error, data))?;
    if found.values().any(|bars| !bars.is_empty()) {
        return Ok(());
    }
    let what = format!("--as-of {} is before the first candle of {}", request.as_of, request.watched.symbol);
    Err(Failure::usage(what).at(format!("candles of {}", request.source)).advice("name a later instant"))
}

/// Ends what an earlier process left, then this run, and shows it.
pub(crate) async fn drive(
    app: &App,
    request: &RunRequest,
    catalog: &Catalog,
    data: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let run_id = request.run_id();
    let stopped = |error: runtime::Redeliver| Failure::redeliver(&error, &run_id, data);
    for earlier in app.coordinator.sweep().await.map_err(stopped)? {
        if !app.sources.hold(&earlier.source) {
            terminal.progress(
                "left",
                &format!("{} {}, candles of {}", earlier.run_id, earlier.symbol, earlier.source),
            );
        } else if earlier.run_id != run_id {
            terminal.progress("resume", &format!("{} {}, left unfinished", earlier.run_id, earlier.symbol));
            app.worker.drive(&earlier.run_id, &mut |_| ()).await.map_err(stopped)?;
        }
    }
    app.coordinator.start(request, catalog).await.map_err(stopped)?;
    drive_run(app, &run_id, data, terminal).await
}

/// Works on a run that was started until it ends, and shows it.
pub(crate) async fn drive_run(
    app: &App,
    run_id: &RunId,
    data: &Path,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (mut shown, bar) = (BTreeSet::new(), terminal.waiting());
    let mut on_event = |event: &RunId| {
        if event == run_id {
            show_progress(app, run_id, &mut shown, &bar, terminal);
        }
    };
    let driven = app.worker.drive(run_id, &mut on_event).await;
    bar.finish_and_clear();
    driven.map_err(|error| Failure::redeliver(&error, run_id, data))?;
    let read = Outcome::read(&app.local, run_id).await;
    let outcome = read.map_err(|error| Failure::store(&error, data))?;
    let outcome = outcome.ok_or_else(|| Failure::run(format!("run {run_id} vanished from the journal")))?;
    finish(&outcome, data, terminal)
}

/// Prints the result; a run that is not done is a failure.
pub(crate) fn finish(outcome: &Outcome, data: &Path, terminal: &Terminal) -> Result<(), Failure> {
    if terminal.json() {
        terminal.line(&outcome.json().map_err(Failure::run)?);
    } else {
        outcome.print(terminal, data);
    }
    if outcome.is_done() {
        return Ok(());
    }
    let run_id = &outcome.run.run_id;
    let status = outcome.run.status.as_str();
    Err(Failure::run(format!("run {run_id} {status}"))
        .advice(format!("topdown show {run_id}{}", data_option(data))))
}

/// A line for each timeframe whose steps have ended since the last call, and what the model is being asked for.
fn show_progress(
    app: &App,
    run_id: &RunId,
    shown: &mut BTreeSet<Timeframe>,
    bar: &ProgressBar,
    terminal: &Terminal,
) {
    let read = tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(app.local.journal.steps(run_id))
    });
    let Ok(steps) = read else { return };
    for timeframe in Timeframe::ALL {
        let own: Vec<_> = steps.iter().filter(|step| step.timeframe == Some(timeframe)).collect();
        let reported = own.iter().any(|step| step.kind == Kind::Report);
        let ended = reported && own.iter().all(|step| step.status.is_terminal());
        if ended && shown.insert(timeframe) {
            bar.suspend(|| terminal.progress(timeframe.as_str(), &summary(&own)));
        }
    }
    let asked = |step: &&StepDocument| {
        matches!(step.kind, Kind::Report | Kind::Recommendation) && !step.status.is_terminal()
    };
    let (place, what) = match steps.iter().find(asked) {
        Some(step) => match step.timeframe {
            Some(timeframe) => (timeframe.as_str(), "report, waiting for the model"),
            None => ("advice", "waiting for the model"),
        },
        None => ("", ""),
    };
    if bar.prefix() != place {
        bar.set_prefix(place);
        bar.set_message(what);
        bar.reset_elapsed();
    }
}

fn summary(steps: &[&StepDocument]) -> String {
    let done = |kind: Kind| {
        steps.iter().filter(|step| step.kind == kind && step.status == storage::Status::Done).count()
    };
    let mut parts = Vec::new();
    if done(Kind::Ohlcv) > 0 {
        parts.push("candles".to_owned());
    }
    match done(Kind::Chart) {
        0 => {}
        1 => parts.push("1 chart".to_owned()),
        charts => parts.push(format!("{charts} charts")),
    }
    let report = steps.iter().find(|step| step.kind == Kind::Report);
    if let Some(report) = report {
        match report.status {
            storage::Status::Done => parts.push("report".to_owned()),
            status => parts.push(format!("report {}", status.as_str())),
        }
    }
    let begun = steps.iter().filter_map(|step| step.started_at).min();
    let ended = steps.iter().filter_map(|step| step.ended_at).max();
    let took = match (begun, ended) {
        (Some(begun), Some(ended)) => {
            i64::try_from(ended.duration_since(begun).as_millis()).unwrap_or_default()
        }
        _ => 0,
    };
    format!("{:<28}  {}", parts.join(", "), seconds(took))
}

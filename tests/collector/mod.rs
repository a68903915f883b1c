//! The collector against the simulated exchanges, as a library over SQLite and as the program.

mod backfill;
mod bybit;
mod gaps;
mod gathered;
mod limits;
mod program;
mod schedule;
mod venue;

use std::time::Duration;

use domain::{CandleRevision, Source, Symbol, Timeframe};
use jiff::Timestamp;
use market::{Client, Limits};
use ohlcv_collector::{CollectError, Collected, Collector};
use platform_local::{Access, Local};
use serde_json::{Value, json};
use sim::{Recorded, Service, SimClock, World, WorldConfig};
use storage::{CandleQuery, CandleStore, SeriesKey};
use tempfile::TempDir;

const SOURCE: Source = Source::Sim(7);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn symbol(text: &str) -> Symbol {
    text.parse().unwrap()
}

/// A simulated exchange, a data folder, and a collector between them.
struct Desk {
    world: World,
    local: Local,
    collector: Collector,
    _folder: TempDir,
}

impl Desk {
    /// A seeded exchange whose clock stands at `now`.
    async fn new(now: &str) -> Self {
        Self::with(now, Limits::PUBLISHED, |collector| collector).await
    }

    async fn with(now: &str, limits: Limits, set: impl FnOnce(Collector) -> Collector) -> Self {
        let world = World::start(WorldConfig::seeded(7, SimClock::fixed(at(now)))).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").unwrap();
        let http = runtime::http::client(Duration::from_secs(20)).unwrap();
        let client = Client::with_limits(http, world.binance_url(), limits);
        let collector = set(Collector::new(local.candles.clone(), client, SOURCE));
        Self { world, local, collector, _folder: folder }
    }

    /// Moves the exchange's clock.
    fn clock(&self, now: &str) {
        self.world.clock().set(at(now));
    }

    async fn collect(&self, name: &str) -> Result<Collected, CollectError> {
        self.collector.collect(&symbol(name), &|_, _| ()).await
    }

    /// One tick over one symbol.
    async fn tick(&self, name: &str) -> Result<Collected, CollectError> {
        self.collector.tick_all(&[symbol(name)]).await.unwrap().remove(&symbol(name)).unwrap()
    }

    fn series(name: &str, timeframe: Timeframe) -> SeriesKey {
        SeriesKey { source: SOURCE, symbol: symbol(name), timeframe }
    }

    /// What is kept of a series, as known at `as_of`.
    async fn kept_at(&self, name: &str, timeframe: Timeframe, as_of: &str) -> Vec<CandleRevision> {
        kept(&self.local, SOURCE, name, timeframe, at(as_of)).await
    }

    /// What is kept of a series, all of it.
    async fn kept(&self, name: &str, timeframe: Timeframe) -> Vec<CandleRevision> {
        kept(&self.local, SOURCE, name, timeframe, self.world.clock().now()).await
    }

    /// All rows that are kept of a bar, as (revision, close), the oldest first.
    fn versions(&self, timeframe: Timeframe, open: &str) -> Vec<(u32, String)> {
        let database = rusqlite::Connection::open(self._folder.path().join("topdown.sqlite")).unwrap();
        let sql = "SELECT revision, close FROM candles JOIN series ON series.id = candles.series \
                   WHERE timeframe = ?1 AND open_ms = ?2 ORDER BY observed_ms";
        let mut statement = database.prepare(sql).unwrap();
        let row = rusqlite::params![timeframe.as_str(), at(open).as_millisecond()];
        let rows = statement.query_map(row, |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// Requests for candles of a timeframe since the record was last cleared.
    fn asked(&self, timeframe: Timeframe) -> Vec<Recorded> {
        klines(&self.world, timeframe)
    }
}

async fn kept(
    local: &Local,
    source: Source,
    name: &str,
    timeframe: Timeframe,
    as_of: Timestamp,
) -> Vec<CandleRevision> {
    let query = CandleQuery { source, symbol: symbol(name), as_of, wants: vec![(timeframe, None)] };
    local.candles.read(&query).await.unwrap().remove(&timeframe).unwrap()
}

/// Everything the exchange serves of a series, read from its end to its beginning; eleven fields a row, the
/// twelfth being unused.
async fn served(world: &World, name: &str, timeframe: Timeframe) -> Vec<Value> {
    let http = runtime::http::client(Duration::from_secs(20)).unwrap();
    let (mut rows, mut end) = (Vec::new(), world.clock().now().as_millisecond());
    loop {
        let symbol = symbol(name).key();
        let url = format!(
            "{}/api/v3/klines?symbol={symbol}&interval={timeframe}&limit=700&endTime={end}",
            world.binance_url()
        );
        let text = http.get(url).send().await.unwrap().text().await.unwrap();
        let mut page: Vec<Value> = serde_json::from_str(&text).unwrap();
        let Some(first) = page.first() else { return rows };
        end = first[0].as_i64().unwrap() - 1;
        page.append(&mut rows);
        rows = page;
    }
}

/// What is kept in the exchange's own words, digit for digit.
fn in_its_words(kept: &[CandleRevision]) -> Vec<Value> {
    let row = |bar: &CandleRevision| {
        let candle = &bar.candle;
        json!([
            candle.open_time.as_millisecond(),
            candle.open.to_string(),
            candle.high.to_string(),
            candle.low.to_string(),
            candle.close.to_string(),
            candle.volume.to_string(),
            candle.close_time.as_millisecond(),
            candle.quote_volume.to_string(),
            candle.trades,
            candle.taker_base.map(|amount| amount.to_string()),
            candle.taker_quote.map(|amount| amount.to_string()),
        ])
    };
    kept.iter().map(row).collect()
}

/// Panics where what is kept is not what the exchange serves, bar for bar.
fn assert_same(kept: &[CandleRevision], served: &[Value], what: &str) {
    let served: Vec<Value> =
        served.iter().map(|row| Value::from(row.as_array().unwrap()[..11].to_vec())).collect();
    let kept = in_its_words(kept);
    if let Some((ours, theirs)) = kept.iter().zip(&served).find(|(ours, theirs)| ours != theirs) {
        panic!("{what}: kept {ours}, served {theirs}");
    }
    assert_eq!(kept.len(), served.len(), "{what}");
}

/// Requests for candles of a timeframe; the look at the newest hour that the venue's clock is held against names no
/// time, and is none of them.
fn klines(world: &World, timeframe: Timeframe) -> Vec<Recorded> {
    let names_a_time = |query: &String| query.contains("startTime=") || query.contains("endTime=");
    let wanted = format!("interval={timeframe}");
    let is_wanted = |request: &Recorded| {
        request.path.ends_with("/klines")
            && request.query.as_ref().is_some_and(|q| q.contains(&wanted) && names_a_time(q))
    };
    world.requests().into_iter().filter(is_wanted).collect()
}

/// A parameter of a request.
fn parameter(request: &Recorded, name: &str) -> Option<i64> {
    let query = request.query.as_ref()?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

/// Weight of a request by the exchange's documentation.
fn weight(request: &Recorded) -> u32 {
    assert_eq!(request.service, Service::Binance);
    match request.path.as_str() {
        "/api/v3/exchangeInfo" => 20,
        "/api/v3/klines" => 2,
        "/api/v3/time" => 1,
        other => panic!("{other} is none of the collector's"),
    }
}

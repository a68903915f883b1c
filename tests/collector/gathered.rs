//! Last pages kept in one go: how often storage is asked, and what a worker that dies before has lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::{CandleRevision, Instrument, Source, Symbol, Timeframe};
use jiff::Timestamp;
use market::{Client, Limits};
use ohlcv_collector::{CollectError, Collector};
use storage::{Appended, CandleQuery, CandleStore, Gap, SeriesBars, SeriesKey, SeriesState, StoreError};

use super::{Desk, SOURCE, assert_same, at, served, symbol};

/// Candles that count what is written, and from a write on refuse them all: a worker that dies writes nothing more.
struct Watched {
    candles: Arc<dyn CandleStore>,
    appends: AtomicUsize,
    marks: AtomicUsize,
    instruments: AtomicUsize,
    dead: Mutex<Option<Last>>,
}

/// The write that is refused, and all that come after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Bars of several series in one go.
    Bars,
    /// That series are refreshed.
    Marks,
}

impl Watched {
    fn new(desk: &Desk) -> (Arc<Self>, Collector) {
        let candles = desk.local.candles.clone();
        let [appends, marks, instruments] = [(); 3].map(|()| AtomicUsize::new(0));
        let watched = Arc::new(Self { candles, appends, marks, instruments, dead: Mutex::new(None) });
        let http = runtime::http::client(Duration::from_secs(20)).unwrap();
        let client = Client::with_limits(http, desk.world.binance_url(), Limits::PUBLISHED);
        (watched.clone(), Collector::new(watched, client, SOURCE))
    }

    fn dies_before(&self, last: Option<Last>) {
        *self.dead.lock().unwrap() = last;
    }

    fn write(&self, counted: &AtomicUsize, what: Last) -> Result<(), StoreError> {
        counted.fetch_add(1, Ordering::Relaxed);
        match *self.dead.lock().unwrap() {
            Some(last) if last == what => Err(StoreError::Unavailable("the worker is dead".to_owned())),
            _ => Ok(()),
        }
    }

    /// Writes of bars and of marks since this was last asked.
    fn writes(&self) -> (usize, usize) {
        (self.appends.swap(0, Ordering::Relaxed), self.marks.swap(0, Ordering::Relaxed))
    }
}

#[async_trait]
impl CandleStore for Watched {
    async fn append_all(&self, bars: &[SeriesBars<'_>]) -> Result<Vec<Appended>, StoreError> {
        self.write(&self.appends, Last::Bars)?;
        self.candles.append_all(bars).await
    }

    async fn set_refreshed_all(&self, refreshed: &[(&SeriesKey, Timestamp)]) -> Result<(), StoreError> {
        self.write(&self.marks, Last::Marks)?;
        self.candles.set_refreshed_all(refreshed).await
    }

    async fn read(
        &self,
        query: &CandleQuery,
    ) -> Result<BTreeMap<Timeframe, Vec<CandleRevision>>, StoreError> {
        self.candles.read(query).await
    }

    async fn newest_closed(&self, series: &SeriesKey) -> Result<Option<CandleRevision>, StoreError> {
        self.candles.newest_closed(series).await
    }

    async fn states(&self, series: &[SeriesKey]) -> Result<Vec<SeriesState>, StoreError> {
        self.candles.states(series).await
    }

    async fn set_history_from(&self, series: &SeriesKey, from: Timestamp) -> Result<(), StoreError> {
        self.candles.set_history_from(series, from).await
    }

    async fn set_gaps(&self, series: &SeriesKey, gaps: &[Gap]) -> Result<(), StoreError> {
        self.candles.set_gaps(series, gaps).await
    }

    async fn put_instruments(&self, source: &Source, instruments: &[Instrument]) -> Result<(), StoreError> {
        self.instruments.fetch_add(1, Ordering::Relaxed);
        self.candles.put_instruments(source, instruments).await
    }

    async fn instruments(
        &self,
        source: &Source,
        symbols: &[Symbol],
    ) -> Result<Vec<Option<Instrument>>, StoreError> {
        self.candles.instruments(source, symbols).await
    }
}

const NAMES: [&str; 4] = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"];

/// Bars in progress are as old as their last refresh: only hours are due in every tick of these tests.
async fn assert_whole(desk: &Desk, timeframes: &[Timeframe]) {
    for name in NAMES {
        for timeframe in timeframes {
            let served = served(&desk.world, name, *timeframe).await;
            assert_same(&desk.kept(name, *timeframe).await, &served, &format!("{name} {timeframe}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tick_writes_once_for_all_its_series() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    let (watched, collector) = Watched::new(&desk);
    let symbols = NAMES.map(symbol);
    collector.tick_all(&symbols).await.unwrap();
    // 1205 hours are two pages: the first is kept before the second is asked for
    assert_eq!(watched.writes(), (NAMES.len() + 1, 1));
    assert_whole(&desk, &Timeframe::ALL).await;

    // an hour is over; then seventeen, and four of 4h; then one of each, with the day
    for (now, new) in
        [("2021-06-20T06:30:00Z", 1), ("2021-06-20T23:50:00Z", 17 + 4), ("2021-06-21T00:10:00Z", 1 + 1 + 1)]
    {
        desk.clock(now);
        let ticked = collector.tick_all(&symbols).await.unwrap();
        assert_eq!(watched.writes(), (1, 1), "{now}");
        for (name, collected) in ticked {
            assert_eq!(collected.unwrap().new, new, "{name} at {now}");
        }
        assert_whole(&desk, &[Timeframe::Hour]).await;
    }
}

/// The day's first tick asks what the venue says of every symbol: what it says again is not written again.
#[tokio::test(flavor = "multi_thread")]
async fn a_tick_writes_what_the_venue_says_of_symbols_once_and_only_news() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    let (watched, collector) = Watched::new(&desk);
    let symbols = NAMES.map(symbol);
    let written = || watched.instruments.swap(0, Ordering::Relaxed);
    collector.tick_all(&symbols).await.unwrap();
    assert_eq!(written(), 1, "four symbols are new");
    for now in ["2021-06-20T08:30:00Z", "2021-06-21T00:10:00Z"] {
        desk.clock(now);
        collector.tick_all(&symbols).await.unwrap();
        assert_eq!(written(), 0, "{now}");
    }
    // what it said last of one of them is something else
    let halted = desk.local.candles.instrument(&SOURCE, &symbols[1]).await.unwrap().unwrap();
    let halted = Instrument { status: "BREAK".to_owned(), ..halted };
    desk.local.candles.put_instrument(&SOURCE, &halted).await.unwrap();
    desk.clock("2021-06-21T08:30:00Z");
    collector.tick_all(&symbols).await.unwrap();
    assert_eq!(written(), 1);
    let kept = desk.local.candles.instruments(&SOURCE, &symbols).await.unwrap();
    assert!(kept.into_iter().all(|kept| kept.unwrap().status == "TRADING"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_when_a_worker_died_is_read_again() {
    // hours that the exchange had left out lie within the next refresh, which fills them
    let gap = (at("2021-06-19T22:00:00Z"), at("2021-06-19T23:00:00Z"));
    for last in [Last::Bars, Last::Marks] {
        let desk = Desk::new("2021-06-20T05:30:00Z").await;
        desk.world.withhold("BTCUSDT", Timeframe::Hour, gap.0, gap.1);
        let (watched, collector) = Watched::new(&desk);
        let symbols = NAMES.map(symbol);
        collector.tick_all(&symbols).await.unwrap();
        let series = Desk::series("BTCUSDT", Timeframe::Hour);
        let before = desk.local.candles.refreshed_at(&series).await.unwrap();
        let kept = desk.kept("BTCUSDT", Timeframe::Hour).await.len();

        desk.world.release("BTCUSDT");
        desk.clock("2021-06-20T07:30:00Z");
        watched.dies_before(Some(last));
        let died = collector.tick_all(&symbols).await.unwrap_err();
        assert!(matches!(died, CollectError::Store(StoreError::Unavailable(_))), "{last:?}: {died}");
        assert_eq!(desk.local.candles.refreshed_at(&series).await.unwrap(), before, "{last:?}");
        // two hours that were left out, and two that are over
        let arrived = if last == Last::Bars { 0 } else { 2 + 2 };
        assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await.len(), kept + arrived, "{last:?}");

        watched.dies_before(None);
        let ticked = collector.tick_all(&symbols).await.unwrap();
        let new = ticked[&symbols[0]].as_ref().unwrap().new;
        assert_eq!(new, 2 + 2 - arrived, "{last:?}: nothing counts twice");
        assert_whole(&desk, &[Timeframe::Hour]).await;
    }
}

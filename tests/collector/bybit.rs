//! The same collector on the second exchange, whose lists are newest first.

use std::time::Duration;

use domain::{Candle, CandleRevision, Source, Timeframe};
use market::{MarketError, bybit, candles};
use ohlcv_collector::{CollectError, Collector};
use platform_local::{Access, Local};
use rust_decimal::Decimal;
use serde_json::Value;
use sim::{Fault, Recorded, Rule, Service, SimClock, World, WorldConfig};
use storage::CandleStore;
use tempfile::TempDir;

use super::{at, kept, parameter, served, symbol};

const SOURCE: Source = Source::BybitSim(7);
const NAME: &str = "币安人生USDT";

/// The simulated exchange, a data folder, and a collector between them.
struct Desk {
    world: World,
    local: Local,
    collector: Collector,
    _folder: TempDir,
}

impl Desk {
    async fn new(now: &str) -> Self {
        let world = World::start(WorldConfig::seeded(7, SimClock::fixed(at(now)))).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let local = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").unwrap();
        let http = runtime::http::client(Duration::from_secs(20)).unwrap();
        let client = bybit::Client::new(http, world.bybit_url());
        let collector = Collector::new(local.candles.clone(), client, SOURCE);
        Self { world, local, collector, _folder: folder }
    }

    async fn collect(&self, name: &str) -> Result<ohlcv_collector::Collected, CollectError> {
        self.collector.collect(&symbol(name), &|_, _| ()).await
    }

    async fn kept(&self, name: &str, timeframe: Timeframe) -> Vec<CandleRevision> {
        kept(&self.local, SOURCE, name, timeframe, self.world.clock().now()).await
    }

    /// Requests for candles by the exchange's name of an interval.
    fn asked(&self, interval: &str) -> Vec<Recorded> {
        let wanted = format!("interval={interval}&");
        let is_wanted = |request: &Recorded| {
            request.path.ends_with("/kline") && request.query.as_ref().is_some_and(|q| q.contains(&wanted))
        };
        self.world.requests().into_iter().filter(is_wanted).collect()
    }
}

/// What the first exchange serves of a bar and this one tells too: its times, prices and amounts.
fn told(row: &Value) -> (i64, i64, Vec<Decimal>) {
    let number = |i: usize| row[i].as_str().unwrap().parse::<Decimal>().unwrap().normalize();
    (row[0].as_i64().unwrap(), row[6].as_i64().unwrap(), [1, 2, 3, 4, 5, 7].map(number).to_vec())
}

fn of(candle: &Candle) -> (i64, i64, Vec<Decimal>) {
    let Candle { open, high, low, close, volume, quote_volume, .. } = candle;
    let numbers = [open, high, low, close, volume, quote_volume].map(|number| number.normalize());
    (candle.open_time.as_millisecond(), candle.close_time.as_millisecond(), numbers.to_vec())
}

/// Both simulated exchanges show one path, so each bar is known from the other.
#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_every_bar_that_is_served_and_says_what_is_not_told() {
    let desk = Desk::new("2026-04-30T05:30:00Z").await;
    desk.collect(NAME).await.unwrap();
    for timeframe in Timeframe::ALL {
        let served: Vec<_> = served(&desk.world, NAME, timeframe).await.iter().map(told).collect();
        let kept = desk.kept(NAME, timeframe).await;
        assert_eq!(kept.iter().map(|bar| of(&bar.candle)).collect::<Vec<_>>(), served, "{timeframe}");
        let silent = |bar: &CandleRevision| {
            let candle = &bar.candle;
            candle.trades.is_none() && candle.taker_base.is_none() && candle.taker_quote.is_none()
        };
        assert!(kept.iter().all(silent), "{timeframe}");
        let forming = kept.iter().filter(|bar| !bar.is_closed()).count();
        // the hour in progress is not shown
        assert_eq!(forming, usize::from(timeframe != Timeframe::Hour), "{timeframe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_sum_to_the_exchanges_own_bars() {
    let desk = Desk::new("2026-04-30T04:00:00Z").await;
    desk.collect(NAME).await.unwrap();
    let closed = async |timeframe: Timeframe| {
        let kept = desk.kept(NAME, timeframe).await.into_iter();
        kept.filter(CandleRevision::is_closed).map(|bar| bar.candle).collect::<Vec<_>>()
    };
    let hours = closed(Timeframe::Hour).await;
    for timeframe in [Timeframe::Hour4, Timeframe::Day, Timeframe::Week, Timeframe::Month] {
        let native = closed(timeframe).await;
        let ours = candles::aggregate(&hours, timeframe);
        let ours: Vec<_> = ours.iter().take(native.len()).map(of).collect();
        assert!(native.len() > 5, "{timeframe}");
        assert_eq!(ours, native.iter().map(of).collect::<Vec<_>>(), "{timeframe}");
    }
}

/// Listed 2025-10-07 at 10:00: 4914 hours.
#[tokio::test(flavor = "multi_thread")]
async fn history_takes_a_page_a_thousand_bars_and_two_more_questions() {
    let desk = Desk::new("2026-04-30T04:00:00Z").await;
    desk.collect(NAME).await.unwrap();
    let hours = desk.asked("60");
    let starts: Vec<_> = hours.iter().filter_map(|request| parameter(request, "start")).collect();
    assert_eq!(starts[0], 0);
    assert!(starts.len() <= 1 + 4914_usize.div_ceil(999) + 1, "{}", starts.len());
    // each asks for no more than a page holds, so the newest of a stretch are all of it
    for request in hours.iter().filter(|request| parameter(request, "start").is_some()) {
        let (start, end) = (parameter(request, "start").unwrap(), parameter(request, "end").unwrap());
        assert!((0..1000).contains(&((end - start) / 3_600_000)), "{start} to {end}");
    }
    // again: the last bars of each series alone
    desk.world.forget_requests();
    desk.collect(NAME).await.unwrap();
    assert_eq!(desk.asked("60").iter().filter(|request| parameter(request, "start").is_some()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_a_new_revision_and_a_gap_is_filled() {
    let desk = Desk::new("2026-04-30T04:00:00Z").await;
    let (from, to) = (at("2026-04-29T10:00:00Z"), at("2026-04-29T12:00:00Z"));
    desk.world.withhold(NAME, Timeframe::Hour, from, to);
    desk.collect(NAME).await.unwrap();
    let series = storage::SeriesKey { source: SOURCE, symbol: symbol(NAME), timeframe: Timeframe::Hour };
    let gaps = desk.local.candles.gaps(&series).await.unwrap();
    assert_eq!(gaps.iter().map(|gap| (gap.from, gap.to)).collect::<Vec<_>>(), [(from, to)]);
    desk.world.release(NAME);
    let corrected = at("2026-04-30T01:00:00Z");
    assert!(desk.world.correct(NAME, corrected, "0.2435".parse().unwrap()).unwrap());
    desk.collect(NAME).await.unwrap();
    assert!(desk.local.candles.gaps(&series).await.unwrap().is_empty());
    let kept = desk.kept(NAME, Timeframe::Hour).await;
    let revision = |open| kept.iter().find(|bar| bar.candle.open_time == open).map(|bar| bar.revision);
    assert_eq!((revision(corrected), revision(from)), (Some(2), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_listed_is_told_and_keeps_nothing_waiting() {
    let desk = Desk::new("2026-04-30T04:00:00Z").await;
    for unknown in ["NOPEUSDT", "LUNAUSDT"] {
        let error = desk.collect(unknown).await.unwrap_err();
        assert!(matches!(error, CollectError::Market(MarketError::UnknownSymbol { .. })), "{error}");
    }
    // asked for together with what is listed, it keeps nothing else waiting
    let ticked = desk.collector.tick_all(&[symbol("LUNAUSDT"), symbol(NAME)]).await.unwrap();
    assert!(ticked[&symbol("LUNAUSDT")].is_err() && ticked[&symbol(NAME)].is_ok(), "{ticked:?}");
}

/// Two exchanges in one folder: each has its own series, whatever their symbols are called.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_two_exchanges_is_mixed() {
    let desk = Desk::new("2025-12-10T05:30:00Z").await;
    let http = runtime::http::client(Duration::from_secs(20)).unwrap();
    let client = market::Client::new(http, desk.world.binance_url());
    let first = Collector::new(desk.local.candles.clone(), client, Source::Sim(7));
    first.collect(&symbol(NAME), &|_, _| ()).await.unwrap();
    assert!(desk.kept(NAME, Timeframe::Day).await.is_empty());
    desk.collect(NAME).await.unwrap();
    let now = desk.world.clock().now();
    let own = kept(&desk.local, Source::Sim(7), NAME, Timeframe::Day, now).await;
    assert!(own.iter().all(|bar| bar.candle.trades.is_some() && bar.revision < 2));
    let others = desk.kept(NAME, Timeframe::Day).await;
    assert!(others.iter().all(|bar| bar.candle.trades.is_none() && bar.revision < 2));
    assert_eq!(own.len(), others.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_kept_silent_and_a_region_is_told() {
    let desk = Desk::new("2026-04-30T04:00:00Z").await;
    desk.world.faults().inject(Rule::next(Service::Bybit, Fault::Restricted));
    let error = desk.collect(NAME).await.unwrap_err().to_string();
    assert!(error.contains("region") && !error.contains('<'), "{error}");
    desk.world.faults().inject(Rule::next(Service::Bybit, Fault::Banned { retry_after_s: 1 }).on("/kline"));
    let error = desk.collect(NAME).await.unwrap_err();
    assert!(matches!(error, CollectError::Market(MarketError::RateLimited { .. })), "{error}");
    let asked = desk.world.count(Service::Bybit);
    desk.collect(NAME).await.unwrap_err();
    assert_eq!(desk.world.count(Service::Bybit), asked, "nothing is sent during a ban");
}

/// Errors within a 200, pages, cut answers: each is sat out, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn trouble_that_passes_leaves_no_hole() {
    let desk = Desk::new("2025-12-10T05:30:00Z").await;
    for fault in [
        Fault::TooManyRequests { retry_after_s: 1 },
        Fault::ServerError(502),
        Fault::Page,
        Fault::Cut { after: 1000 },
        Fault::Truncated { keep: 1000 },
    ] {
        desk.world.faults().inject(Rule::next(Service::Bybit, fault).on("/kline").after(2));
    }
    // a truncated answer is no JSON, and not asked for again by the client: the next collection goes on
    while desk.world.faults().pending() > 0 {
        let _ = desk.collect(NAME).await;
    }
    desk.collect(NAME).await.unwrap();
    for timeframe in Timeframe::ALL {
        let served: Vec<_> = served(&desk.world, NAME, timeframe).await.iter().map(told).collect();
        let kept = desk.kept(NAME, timeframe).await;
        assert_eq!(kept.iter().map(|bar| of(&bar.candle)).collect::<Vec<_>>(), served, "{timeframe}");
    }
}

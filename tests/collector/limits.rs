//! Many symbols at once: the exchange's limit, the lanes, one that fails.

use std::time::Duration;

use domain::{Symbol, Timeframe};
use market::{Limits, MarketError};
use ohlcv_collector::CollectError;
use runtime::{Clock, SystemClock};
use sim::{Fault, Recorded, Rule, Service};
use storage::CandleStore;

use super::{Desk, assert_same, served, symbol, weight};

const NOW: &str = "2021-06-20T05:30:00Z";

fn symbols() -> Vec<Symbol> {
    ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT", "LUNAUSDT"]
        .map(symbol)
        .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weight_of_a_minute_is_never_exceeded() {
    let limits = Limits { weight_per_minute: 120, ..Limits::PUBLISHED };
    let desk = Desk::with(NOW, limits, |collector| collector).await;
    // weight is granted by the minute of the server's Date, which is this machine's: leave one that is nearly over.
    // The exchange is not asked for it, for each question has a weight too
    while SystemClock.now().as_second().rem_euclid(60) > 20 {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let used = || desk.world.requests().iter().map(weight).sum::<u32>();
    let all = symbols();
    // 20 for what is listed, and 40 series of at least 3: more than a minute's worth;
    // what is on its way counts twice until it is answered: eight pages of 2
    while_ticking(&desk, &all, || used() >= 120 - 16).await;
    assert!(used() <= 120, "{}", used());
    assert!(desk.world.requests().iter().all(|request| request.status.is_none_or(|status| status == 200)));
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_series_are_read_at_once_and_no_more() {
    let desk = Desk::new(NOW).await;
    // the first is the look at the newest hour
    desk.world.faults().inject(Rule::next(Service::Binance, Fault::Hang).on("/klines").after(1).forever());
    let open = |request: &&Recorded| request.path.ends_with("/klines") && request.status.is_none();
    let count = || desk.world.requests().iter().filter(open).count();
    while_ticking(&desk, &symbols(), || count() >= 8).await;
    assert_eq!(count(), 8);
}

/// Ticks until `reached`, and a moment longer, in which whatever would go too far has its chance.
async fn while_ticking(desk: &Desk, symbols: &[Symbol], reached: impl Fn() -> bool) {
    let watch = async {
        while !reached() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    tokio::select! {
        biased;
        ticked = desk.collector.tick_all(symbols) => panic!("it waits, yet it ended: {:?}", ticked.err()),
        () = watch => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_is_collected_whole_and_one_that_fails_stops_none() {
    let desk = Desk::new(NOW).await;
    let mut all = symbols();
    all.insert(1, symbol("NOPEUSDT"));
    let mut ticked = desk.collector.tick_all(&all).await.unwrap();
    assert_eq!(ticked.len(), 9);
    let failed = ticked.remove(&symbol("NOPEUSDT")).unwrap().unwrap_err();
    assert!(matches!(failed, CollectError::Market(MarketError::UnknownSymbol { .. })), "{failed}");
    for (name, outcome) in ticked {
        // 50 days and 5 hours
        assert!(outcome.unwrap().new > 50 * 24 + 5);
        for timeframe in Timeframe::ALL {
            let served = served(&desk.world, name.as_str(), timeframe).await;
            assert_same(&desk.kept(name.as_str(), timeframe).await, &served, &format!("{name} {timeframe}"));
        }
    }
    let used: u32 =
        desk.world.requests().iter().filter(|request| !request.path.ends_with("ping")).map(weight).sum();
    assert!(used < 6_000, "{used}");
}

#[tokio::test(flavor = "multi_thread")]
async fn backfills_give_way_to_the_next_tick() {
    let desk =
        Desk::with(NOW, Limits::PUBLISHED, |collector| collector.with_backfill_time(Duration::ZERO)).await;
    let pair = [symbol("BTCUSDT"), symbol("ETHUSDT")];
    desk.collector.tick_all(&pair).await.unwrap();
    // eight of the ten series went one page on; 1205 hours are two
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await.len(), 1000);
    assert!(desk.kept("ETHUSDT", Timeframe::Hour).await.is_empty());
    let mut ticks = 1;
    while desk.kept("ETHUSDT", Timeframe::Hour).await.len() < 50 * 24 + 5 {
        ticks += 1;
        assert!(ticks < 5, "a backfill ends");
        desk.collector.tick_all(&pair).await.unwrap();
    }
    for name in ["BTCUSDT", "ETHUSDT"] {
        let served = served(&desk.world, name, Timeframe::Hour).await;
        assert_same(&desk.kept(name, Timeframe::Hour).await, &served, name);
    }
    // both instruments were asked for once, together
    let asked =
        desk.world.requests().iter().filter(|request| request.path.ends_with("/exchangeInfo")).count();
    assert_eq!(asked, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_collector_is_silent() {
    let desk = Desk::new(NOW).await;
    desk.world
        .faults()
        .inject(Rule::next(Service::Binance, Fault::Banned { retry_after_s: 600 }).on("/exchangeInfo"));
    let all = symbols();
    let ticked = desk.collector.tick_all(&all).await.unwrap();
    let limited = |outcome: &Result<_, CollectError>| {
        matches!(outcome, Err(CollectError::Market(MarketError::RateLimited { .. })))
    };
    assert!(ticked.values().any(limited));
    // those already on their way arrived; nothing was sent after the ban
    let sent = desk.world.count(Service::Binance);
    assert!(sent <= 1 + 8, "{sent}");
    let error = desk.collector.tick_all(&all).await.unwrap_err();
    assert!(matches!(error, CollectError::Market(MarketError::RateLimited { .. })), "{error}");
    assert_eq!(desk.world.count(Service::Binance), sent);
}

/// Requests of what is listed, as (symbols named, status).
fn questions(desk: &Desk) -> Vec<(usize, Option<u16>)> {
    let asked = desk.world.requests().into_iter().filter(|request| request.path.ends_with("/exchangeInfo"));
    let names = |request: &Recorded| request.query.as_ref().map_or(0, |query| query.matches("USDT").count());
    asked.map(|request| (names(&request), request.status)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_is_looked_up_in_one_question() {
    let desk = Desk::new(NOW).await;
    desk.collector.tick_all(&symbols()).await.unwrap();
    assert_eq!(questions(&desk), [(8, Some(200))]);
    let kept = desk.local.candles.instrument(&super::SOURCE, &symbol("DOGEUSDT")).await.unwrap().unwrap();
    assert_eq!((kept.base_asset.as_str(), kept.tick.to_string()), ("DOGE", "0.00001000".to_owned()));
}

/// One that is not listed spoils the question for all; it is halved until that one stands alone.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_not_listed_hides_no_other() {
    let desk = Desk::new(NOW).await;
    let mut all = symbols();
    all[3] = symbol("NOPEUSDT");
    let ticked = desk.collector.tick_all(&all).await.unwrap();
    for (name, outcome) in &ticked {
        assert_eq!(outcome.is_err(), name.as_str() == "NOPEUSDT", "{name}: {outcome:?}");
    }
    let mut asked = questions(&desk);
    asked.sort();
    // 8, its halves, their halves and the two of one half's half: the other parts are answered
    let refused =
        |count: usize| asked.iter().filter(|(names, status)| *names == count && *status == Some(400)).count();
    assert_eq!([8, 4, 2, 1].map(refused), [1, 1, 1, 1], "{asked:?}");
    assert_eq!(asked.len(), 7, "{asked:?}");
}

//! The first time: everything the exchange has, or as much as was asked for.

use std::time::Duration;

use domain::Timeframe;
use market::{Limits, MarketError};
use ohlcv_collector::{CollectError, Collected, Collector, Depth};
use runtime::Watchlist;
use sim::{Fault, Rule, Service};
use storage::CandleStore;

use super::{Desk, assert_same, at, served, symbol};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_backfill_is_what_the_exchange_serves_bar_for_bar() {
    let desk = Desk::new("2021-08-20T05:30:00Z").await;
    let collected = desk.collect("ETHUSDT").await.unwrap();
    let mut bars = 0;
    for timeframe in Timeframe::ALL {
        let kept = desk.kept("ETHUSDT", timeframe).await;
        let served = served(&desk.world, "ETHUSDT", timeframe).await;
        assert!(served.len() > 3, "{timeframe}");
        assert_same(&kept, &served, timeframe.as_str());
        bars += kept.len();
        // all closed but the last, which is in progress; the exchange shows no hour in progress
        let open = kept.iter().filter(|bar| !bar.is_closed()).count();
        assert_eq!(open, usize::from(timeframe != Timeframe::Hour), "{timeframe}");
    }
    // 111 days and 5 hours since 2021-05-01, and so many 4h, 1d, 1w and 1M bars with the one in progress
    assert_eq!(collected.bars, (111 * 24 + 5) + (111 * 6 + 2) + 112 + 17 + 4);
    assert_eq!((collected.bars, collected.new), (bars, bars - 4));
    let instrument =
        desk.local.candles.instrument(&super::SOURCE, &symbol("ETHUSDT")).await.unwrap().unwrap();
    assert_eq!(
        (instrument.status.as_str(), instrument.tick.to_string()),
        ("TRADING", "0.01000000".to_owned())
    );
    assert_eq!(instrument.step.to_string(), "0.00010000");
    assert_eq!(instrument.min_notional.unwrap().to_string(), "5.00000000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_may_end_with_its_page() {
    // 999, 1000 and 1001 hours after 2021-05-01
    for (now, hours, pages) in [
        ("2021-06-11T15:10:00Z", 999, 1),
        ("2021-06-11T16:10:00Z", 1000, 2),
        ("2021-06-11T17:10:00Z", 1001, 2),
    ] {
        let desk = Desk::new(now).await;
        desk.collect("BTCUSDT").await.unwrap();
        let kept = desk.kept("BTCUSDT", Timeframe::Hour).await;
        assert_eq!(kept.len(), hours);
        assert_same(&kept, &served(&desk.world, "BTCUSDT", Timeframe::Hour).await, now);
        desk.world.forget_requests();
        desk.collect("BTCUSDT").await.unwrap();
        assert_eq!(desk.asked(Timeframe::Hour).len(), 1, "a second time reads the end only");
        assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await, kept);
        let fresh = Desk::new(now).await;
        fresh.collect("BTCUSDT").await.unwrap();
        assert_eq!(fresh.asked(Timeframe::Hour).len(), pages);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_may_make_it_shallower() {
    let list = Watchlist::parse("symbols = [\"BTCUSDT\"]\n[bars]\n1h = 1000\n1d = 7").unwrap();
    let now = "2021-08-20T05:30:00Z";
    let desk = Desk::with(now, Limits::PUBLISHED, |collector| collector.with_depth(list.bars.into())).await;
    desk.collect("BTCUSDT").await.unwrap();
    let hours = desk.kept("BTCUSDT", Timeframe::Hour).await;
    assert_eq!(hours.len(), 1000);
    assert_eq!(hours[0].candle.open_time, at("2021-07-09T13:00:00Z"));
    // seven that have closed and the one in progress
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Day).await.len(), 8);
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Week).await.len(), 17);
    // what is kept grows on from there, and never backwards
    desk.clock("2021-08-21T05:30:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    let later = desk.kept("BTCUSDT", Timeframe::Hour).await;
    assert_eq!((later.len(), later[0].clone()), (1024, hours[0].clone()));
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Day).await.len(), 9);
}

fn deep(bars: &str) -> Depth {
    Watchlist::parse(&format!("symbols = [\"BTCUSDT\"]\n[bars]\n{bars}")).unwrap().bars.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watchlist_may_make_it_deeper_later() {
    let now = "2021-10-20T05:30:00Z";
    let set = |collector: Collector| collector.with_depth(deep("1h = 1000\n4h = 10\n1d = 7"));
    let desk = Desk::with(now, Limits::PUBLISHED, set).await;
    desk.collect("BTCUSDT").await.unwrap();
    let shallow = desk.kept("BTCUSDT", Timeframe::Hour).await;
    assert_eq!(shallow.len(), 1000);
    // nothing else is due
    let deeper = desk.collector.clone().with_depth(deep("1h = 3500\n4h = 10\n1d = 100000"));
    desk.world.forget_requests();
    let pair = [symbol("BTCUSDT")];
    deeper.tick_all(&pair).await.unwrap().remove(&pair[0]).unwrap().unwrap();
    let hours = desk.kept("BTCUSDT", Timeframe::Hour).await;
    assert_eq!(hours.len(), 3500);
    assert_eq!(hours[2500..], shallow[..], "what was kept is as it was");
    // the last hour's refresh and three pages before the first
    assert_eq!(desk.asked(Timeframe::Hour).len(), 4);
    assert_eq!(desk.asked(Timeframe::Hour4).len(), 0);
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour4).await.len(), 11);
    let days = served(&desk.world, "BTCUSDT", Timeframe::Day).await;
    assert_same(&desk.kept("BTCUSDT", Timeframe::Day).await, &days, "all that there is");
    // once it is there it is not asked for again
    desk.world.forget_requests();
    deeper.tick_all(&pair).await.unwrap();
    assert_eq!(desk.world.count(Service::Binance), 1, "the time alone");
    // all of it, and the gap in it is seen
    let (from, to) = (at("2021-05-03T04:00:00Z"), at("2021-05-03T09:00:00Z"));
    desk.world.withhold("BTCUSDT", Timeframe::Hour, from, to);
    let deepest = desk.collector.clone().with_depth(Depth::default());
    deepest.tick_all(&pair).await.unwrap().remove(&pair[0]).unwrap().unwrap();
    let served = served(&desk.world, "BTCUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("BTCUSDT", Timeframe::Hour).await, &served, "1h");
    let gaps = desk.local.candles.gaps(&Desk::series("BTCUSDT", Timeframe::Hour)).await.unwrap();
    assert_eq!(gaps.iter().map(|gap| (gap.from, gap.to)).collect::<Vec<_>>(), [(from, to)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn deeper_history_gives_way_to_the_next_tick_too() {
    let now = "2021-10-20T05:30:00Z";
    let desk = Desk::with(now, Limits::PUBLISHED, |collector| collector.with_depth(deep("1h = 1000"))).await;
    desk.collect("BTCUSDT").await.unwrap();
    let deeper = desk.collector.clone().with_depth(Depth::default()).with_backfill_time(Duration::ZERO);
    let pair = [symbol("BTCUSDT")];
    let mut ticks = 0;
    while desk.kept("BTCUSDT", Timeframe::Hour).await.len() < 172 * 24 + 5 {
        ticks += 1;
        assert!(ticks < 6, "it ends");
        deeper.tick_all(&pair).await.unwrap();
    }
    assert_eq!(ticks, 4, "a page a tick: 4133 hours less 1000");
    let served = served(&desk.world, "BTCUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("BTCUSDT", Timeframe::Hour).await, &served, "1h");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_symbol_without_a_bar_is_asked_for_again_at_the_next_tick() {
    // listed 2025-10-07 at 10:00
    let desk = Desk::new("2025-10-07T10:59:00Z").await;
    assert_eq!(desk.collect("币安人生USDT").await.unwrap(), Collected::default());
    desk.clock("2025-10-07T11:00:00Z");
    desk.tick("币安人生USDT").await.unwrap();
    for timeframe in Timeframe::ALL {
        assert_eq!(desk.kept("币安人生USDT", timeframe).await.len(), 1, "{timeframe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_in_the_middle_is_a_fault_and_loses_nothing() {
    let desk = Desk::new("2021-08-20T05:30:00Z").await;
    // the second page of the hours, and the second try: five series ask for their first page at once, after the newest hour
    let empty = Rule::next(Service::Binance, Fault::EmptyArray).on("/klines").after(6).times(2);
    desk.world.faults().inject(empty);
    let error = desk.collect("SOLUSDT").await.unwrap_err();
    assert!(matches!(error, CollectError::Market(MarketError::Unavailable { .. })), "{error}");
    let refreshed = desk.local.candles.refreshed_at(&Desk::series("SOLUSDT", Timeframe::Hour)).await.unwrap();
    assert_eq!(refreshed, None);
    assert_eq!(desk.kept("SOLUSDT", Timeframe::Hour).await.len(), 1000);
    desk.collect("SOLUSDT").await.unwrap();
    let served = served(&desk.world, "SOLUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("SOLUSDT", Timeframe::Hour).await, &served, "1h");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_breaks_off_is_asked_for_again() {
    let desk = Desk::new("2021-08-20T05:30:00Z").await;
    let cut = Rule::next(Service::Binance, Fault::Cut { after: 5_000 }).on("/klines").after(6);
    desk.world.faults().inject(cut);
    desk.collect("SOLUSDT").await.unwrap();
    assert_eq!(desk.world.faults().pending(), 0);
    let served = served(&desk.world, "SOLUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("SOLUSDT", Timeframe::Hour).await, &served, "1h");
}

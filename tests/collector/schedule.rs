//! After the backfill: increments, the bar in progress, corrections.

use domain::Timeframe;
use sim::{Fault, Rule, Service};

use super::{Desk, assert_same, at, parameter, served};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_ticks_refreshes_each_series_three_times_a_bar() {
    let desk = Desk::new("2021-06-20T23:55:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    desk.world.forget_requests();
    for minute in 0..144 {
        desk.world.clock().set(at("2021-06-21T00:05:00Z") + jiff::SignedDuration::from_mins(10 * minute));
        desk.tick("BTCUSDT").await.unwrap();
    }
    let asked = |timeframe: Timeframe| desk.asked(timeframe).len();
    let counts = [Timeframe::Hour, Timeframe::Hour4, Timeframe::Day].map(asked);
    assert_eq!(counts, [72, 18, 3]);
    // 56 and 240 hours
    assert!(asked(Timeframe::Week) <= 1 && asked(Timeframe::Month) <= 1);
    for timeframe in [Timeframe::Hour, Timeframe::Hour4] {
        let kept = desk.kept_at("BTCUSDT", timeframe, "2021-06-21T23:00:00Z").await;
        let served = served(&desk.world, "BTCUSDT", timeframe).await;
        let closed: Vec<_> = kept.into_iter().filter(|bar| bar.is_closed()).collect();
        assert_same(&closed, &served[..closed.len()], timeframe.as_str());
        assert!(served.len() - closed.len() <= 1, "{timeframe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_increment_begins_a_day_before_the_last_closed_bar() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    desk.world.forget_requests();
    desk.clock("2021-06-20T07:30:00Z");
    let collected = desk.tick("BTCUSDT").await.unwrap();
    // two hours are new; of 4h, 1d, 1w and 1M none has closed
    assert_eq!((collected.new, collected.corrected), (2, 0));
    let asked = desk.asked(Timeframe::Hour);
    assert_eq!(asked.len(), 1);
    let start = at("2021-06-19T04:00:00Z").as_millisecond();
    assert_eq!(parameter(&asked[0], "startTime"), Some(start));
    // the next day begins with a whole page
    desk.clock("2021-06-20T23:50:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    desk.world.forget_requests();
    desk.clock("2021-06-21T00:10:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    let asked = desk.asked(Timeframe::Hour);
    assert_eq!(asked.len(), 1);
    let start = at("2021-06-20T22:00:00Z") - jiff::SignedDuration::from_hours(990);
    assert_eq!(parameter(&asked[0], "startTime"), Some(start.as_millisecond()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_in_progress_is_refreshed_until_it_closes() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    let open = "2021-06-20T04:00:00Z";
    let last = async |as_of: &str| desk.kept_at("BTCUSDT", Timeframe::Hour4, as_of).await.pop().unwrap();
    desk.collect("BTCUSDT").await.unwrap();
    let first = last("2021-06-20T05:30:00Z").await;
    assert_eq!((first.candle.open_time, first.revision), (at(open), 0));
    desk.clock("2021-06-20T07:30:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    let second = last("2021-06-20T07:30:00Z").await;
    assert_eq!((second.candle.open_time, second.revision), (at(open), 0));
    assert!(second.candle.volume > first.candle.volume);
    desk.clock("2021-06-20T09:10:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    let whole = desk.kept("BTCUSDT", Timeframe::Hour4).await;
    let closed = whole.iter().find(|bar| bar.candle.open_time == at(open)).unwrap();
    assert_eq!((closed.revision, closed.observed_at), (1, at("2021-06-20T09:10:00Z")));
    assert_same(&whole, &served(&desk.world, "BTCUSDT", Timeframe::Hour4).await, "4h");
    // what was seen of it before stays, for runs of that time
    assert_eq!(last("2021-06-20T05:45:00Z").await, first);
    assert_eq!(last("2021-06-20T07:45:00Z").await, second);
    assert_eq!(
        desk.versions(Timeframe::Hour4, open).iter().map(|(revision, _)| *revision).collect::<Vec<_>>(),
        [0, 0, 1]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_a_new_revision_and_both_are_kept() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    let hour = "2021-06-20T03:00:00Z";
    let before = desk.kept("BTCUSDT", Timeframe::Hour).await;
    let old = before.iter().find(|bar| bar.candle.open_time == at(hour)).unwrap().candle.close;
    let new = old + "1.5".parse::<rust_decimal::Decimal>().unwrap();
    assert!(desk.world.correct("BTCUSDT", at(hour), new).unwrap());
    desk.clock("2021-06-20T07:30:00Z");
    let collected = desk.tick("BTCUSDT").await.unwrap();
    // the hour and the 4h bar that it ends; the day is in progress
    assert_eq!(collected.corrected, 2);
    let versions = desk.versions(Timeframe::Hour, hour);
    let closes: Vec<_> =
        versions.iter().map(|(revision, close)| (*revision, close.parse().unwrap())).collect();
    assert_eq!(closes, [(1, old), (2, new)]);
    // a run of an earlier time reads the newest version of what had closed by then
    let past = desk.kept_at("BTCUSDT", Timeframe::Hour, "2021-06-20T04:00:00Z").await;
    let read = past.iter().find(|bar| bar.candle.open_time == at(hour)).unwrap();
    assert_eq!((read.revision, read.candle.close), (2, new));
    assert_eq!(past.last().unwrap().candle.open_time, at("2021-06-20T03:00:00Z"));
    for timeframe in Timeframe::ALL {
        desk.collect("BTCUSDT").await.unwrap();
        let served = served(&desk.world, "BTCUSDT", timeframe).await;
        assert_same(&desk.kept("BTCUSDT", timeframe).await, &served, timeframe.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_weeks_ago_is_seen_within_a_day() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    let hour = at("2021-05-25T02:00:00Z");
    assert!(desk.world.correct("BTCUSDT", hour, "41000.25".parse().unwrap()).unwrap());
    desk.clock("2021-06-21T00:10:00Z");
    assert!(desk.tick("BTCUSDT").await.unwrap().corrected > 0);
    for timeframe in [Timeframe::Hour, Timeframe::Day] {
        let served = served(&desk.world, "BTCUSDT", timeframe).await;
        assert_same(&desk.kept("BTCUSDT", timeframe).await, &served, timeframe.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_failed_is_tried_again_at_the_next_tick() {
    let desk = Desk::new("2021-06-20T05:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    desk.clock("2021-06-20T05:50:00Z");
    desk.world.faults().inject(Rule::next(Service::Binance, Fault::EmptyArray).on("/klines").after(1));
    desk.tick("BTCUSDT").await.unwrap_err();
    desk.clock("2021-06-20T05:51:00Z");
    desk.world.forget_requests();
    desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(desk.asked(Timeframe::Hour).len(), 1);
    desk.world.forget_requests();
    desk.clock("2021-06-20T05:52:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(desk.asked(Timeframe::Hour).len(), 0, "and is due no more");
}

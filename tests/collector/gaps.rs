//! Bars the exchange left out.

use domain::Timeframe;
use sim::Recorded;
use storage::{CandleStore, Gap};

use super::{Desk, assert_same, at, parameter, served};

const FROM: &str = "2021-05-03T04:00:00Z";
const TO: &str = "2021-05-03T09:00:00Z";

async fn gaps(desk: &Desk) -> Vec<Gap> {
    desk.local.candles.gaps(&Desk::series("BTCUSDT", Timeframe::Hour)).await.unwrap()
}

/// Requests for the withheld hours alone.
fn asked_for_gap(desk: &Desk) -> Vec<Recorded> {
    let (from, to) = (at(FROM).as_millisecond(), at(TO).as_millisecond());
    let own = |request: &Recorded| {
        parameter(request, "startTime") == Some(from) && parameter(request, "endTime") == Some(to)
    };
    desk.asked(Timeframe::Hour).into_iter().filter(own).collect()
}

/// A desk that has read everything but six hours of eleven weeks ago.
async fn with_gap() -> Desk {
    let desk = Desk::new("2021-07-20T05:30:00Z").await;
    desk.world.withhold("BTCUSDT", Timeframe::Hour, at(FROM), at(TO));
    desk.collect("BTCUSDT").await.unwrap();
    assert_eq!(gaps(&desk).await, [Gap { from: at(FROM), to: at(TO), asked_at: None }]);
    // 80 days and 5 hours, six of them missing
    assert_eq!(desk.kept("BTCUSDT", Timeframe::Hour).await.len(), 80 * 24 + 5 - 6);
    assert!(asked_for_gap(&desk).is_empty(), "a backfill does not ask twice");
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_gap_is_asked_for_once_more_and_filled() {
    let desk = with_gap().await;
    desk.world.release("BTCUSDT");
    desk.clock("2021-07-20T05:50:00Z");
    let collected = desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(collected.new, 6);
    assert!(gaps(&desk).await.is_empty());
    let served = served(&desk.world, "BTCUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("BTCUSDT", Timeframe::Hour).await, &served, "1h");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_gap_that_stays_empty_is_never_asked_for_again() {
    let desk = with_gap().await;
    for (now, times) in [
        ("2021-07-20T05:50:00Z", 1),
        ("2021-07-20T06:10:00Z", 1),
        ("2021-07-21T06:10:00Z", 1),
        ("2021-12-21T06:10:00Z", 1),
    ] {
        desk.clock(now);
        desk.tick("BTCUSDT").await.unwrap();
        assert_eq!(asked_for_gap(&desk).len(), times, "{now}");
    }
    assert_eq!(
        gaps(&desk).await,
        [Gap { from: at(FROM), to: at(TO), asked_at: Some(at("2021-07-20T05:50:00Z")) }]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_filled_in_part_is_asked_for_by_what_is_left() {
    let desk = with_gap().await;
    desk.world.release("BTCUSDT");
    desk.world.withhold("BTCUSDT", Timeframe::Hour, at("2021-05-03T06:00:00Z"), at("2021-05-03T06:00:00Z"));
    desk.clock("2021-07-20T05:50:00Z");
    assert_eq!(desk.tick("BTCUSDT").await.unwrap().new, 5);
    let left = at("2021-05-03T06:00:00Z");
    let asked_at = Some(at("2021-07-20T05:50:00Z"));
    assert_eq!(gaps(&desk).await, [Gap { from: left, to: left, asked_at }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_bar_is_filled_in_by_the_next_refresh() {
    let desk = Desk::new("2021-06-20T03:30:00Z").await;
    desk.collect("BTCUSDT").await.unwrap();
    let late = at("2021-06-20T03:00:00Z");
    desk.world.withhold("BTCUSDT", Timeframe::Hour, late, late);
    desk.clock("2021-06-20T05:10:00Z");
    // the hour of 04:00 is there, the one before it is not
    desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(gaps(&desk).await, [Gap { from: late, to: late, asked_at: None }]);
    desk.clock("2021-06-20T05:30:00Z");
    desk.tick("BTCUSDT").await.unwrap();
    assert_eq!(gaps(&desk).await[0].asked_at, Some(at("2021-06-20T05:30:00Z")));
    desk.world.release("BTCUSDT");
    desk.world.forget_requests();
    desk.clock("2021-06-20T05:50:00Z");
    assert_eq!(desk.tick("BTCUSDT").await.unwrap().new, 1);
    assert_eq!(desk.asked(Timeframe::Hour).len(), 1, "no request of its own");
    assert!(gaps(&desk).await.is_empty());
    let served = served(&desk.world, "BTCUSDT", Timeframe::Hour).await;
    assert_same(&desk.kept("BTCUSDT", Timeframe::Hour).await, &served, "1h");
}

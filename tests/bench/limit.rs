//! Ever new backfills of a few bars each, for whole minutes: how much of the exchange's weight limit is used.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use domain::{Symbol, Timeframe};
use jiff::Timestamp;
use ohlcv_collector::Depth;
use runtime::{Clock, SystemClock};
use serde_json::json;
use sim::{Recorded, SimClock};

use crate::latency::{client, collector, world};
use crate::rounds::answer;

/// Weight by the exchange's documentation.
fn weight(request: &Recorded) -> u32 {
    match request.path.as_str() {
        "/api/v3/exchangeInfo" => 20,
        "/api/v3/klines" => 2,
        "/api/v3/time" => 1,
        other => panic!("{other} is none of the collector's"),
    }
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[tokio::main]
pub(crate) async fn measure(minutes: i64) {
    let now = SystemClock.now();
    let begin = minute(now) + 1;
    // the exchange counts by the minute of its clock, here the machine's
    tokio::time::sleep(Duration::from_millis((begin * 60_000 - now.as_millisecond()).unsigned_abs())).await;
    let world = world(SimClock::running_from(SystemClock.now())).await;
    let symbols: Vec<Symbol> = world.symbols().iter().map(|symbol| symbol.parse().unwrap()).collect();
    let client = client(&world);
    let few = Timeframe::ALL.map(|timeframe| (timeframe, NonZeroU32::new(5).unwrap()));
    let depth = Depth::from(runtime::Bars::from(few));
    let end = Duration::from_millis((minutes * 60_000).unsigned_abs());
    let collecting = async {
        loop {
            let (collector, _folder) = collector(&client);
            let ticked = collector.with_depth(depth.clone()).tick_all(&symbols).await.unwrap();
            assert!(ticked.values().all(Result::is_ok), "{ticked:?}");
        }
    };
    let _ = tokio::time::timeout(end, collecting).await;
    let requests = world.requests();
    let mut used: BTreeMap<i64, u32> = BTreeMap::new();
    for request in &requests {
        *used.entry(minute(request.at)).or_default() += weight(request);
    }
    let refused = requests.iter().filter(|request| request.status == Some(429)).count();
    let whole: Vec<u32> = used.range(begin..begin + minutes).map(|(_, weight)| *weight).collect();
    answer(&json!({ "weight_by_minute": whole, "refused": refused }).to_string());
}

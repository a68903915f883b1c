//! A first backfill against an exchange that answers late: how near it comes to what the lateness allows.

use std::time::Duration;

use domain::{Source, Symbol, Timeframe};
use market::Client;
use ohlcv_collector::Collector;
use platform_local::{Access, Local};
use serde_json::{Value, json};
use sim::{Fault, Recorded, Rule, Service, SimClock, World, WorldConfig};
use tokio::time::Instant;

use crate::rounds::answer;

/// How late the exchange answers.
pub(crate) const LATE: Duration = Duration::from_millis(50);

/// Requests that the collector has under way at once in a tick.
const LANES: usize = 8;

/// A simulated exchange that answers late.
pub(crate) async fn world(clock: SimClock) -> World {
    let world = World::start(WorldConfig::seeded(7, clock)).await.unwrap();
    world.faults().inject(Rule::next(Service::Binance, Fault::Delay(LATE)).forever());
    world
}

/// A client of it with the published limits.
pub(crate) fn client(world: &World) -> Client {
    Client::new(runtime::http::loopback_client(Duration::from_secs(20)).unwrap(), world.binance_url())
}

/// A collector on an empty folder.
pub(crate) fn collector(client: &Client) -> (Collector, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let local = Local::open(folder.path(), Access::Write, "http://127.0.0.1:8377").unwrap();
    (Collector::new(local.candles.clone(), client.clone(), Source::Sim(7)), folder)
}

#[tokio::main]
pub(crate) async fn measure(rounds: u32) {
    let clock = SimClock::fixed("2026-04-30T04:00:00Z".parse().unwrap());
    let world = world(clock).await;
    let symbols: Vec<Symbol> = world.symbols().iter().map(|symbol| symbol.parse().unwrap()).collect();
    let symbols = &symbols[..LANES];
    // the exchange makes up its candles when it is first asked
    collector(&client(&world)).0.tick_all(symbols).await.unwrap();
    for _ in 0..rounds {
        answer(
            &json!({ "one": one(&world).await, "watchlist": watchlist(&world, symbols).await }).to_string(),
        );
    }
}

/// One symbol. Its hours are the longest chain: what the exchange says of the symbol, its clock, the pages one after
/// the other, and its clock before the last of them.
async fn one(world: &World) -> Value {
    let client = client(world);
    let (collector, _folder) = collector(&client);
    world.forget_requests();
    let begun = Instant::now();
    collector.collect(&"BTCUSDT".parse().unwrap(), &|_, _| ()).await.unwrap();
    let took = begun.elapsed();
    let hours = format!("interval={}", Timeframe::Hour);
    let of_hours = |request: &&Recorded| request.query.as_ref().is_some_and(|query| query.contains(&hours));
    let pages = world.requests().iter().filter(of_hours).count();
    json!({ "took_s": took.as_secs_f64(), "allowed_s": (pages + 3) as f64 * LATE.as_secs_f64() })
}

/// A tick over as many symbols as there are lanes.
async fn watchlist(world: &World, symbols: &[Symbol]) -> Value {
    let client = client(world);
    let (collector, _folder) = collector(&client);
    world.forget_requests();
    let begun = Instant::now();
    let ticked = collector.tick_all(symbols).await.unwrap();
    let took = begun.elapsed();
    assert!(ticked.values().all(Result::is_ok), "{ticked:?}");
    let requests = world.requests().len();
    json!({ "took_s": took.as_secs_f64(), "allowed_s": (requests as f64 / LANES as f64) * LATE.as_secs_f64() })
}

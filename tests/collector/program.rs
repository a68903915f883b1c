//! `topdown collect` and the watchlist of `topdown serve`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use domain::{CandleRevision, Source, Timeframe};
use platform_local::{Access, Local};
use sim::{Fault, Rule, Service, SimClock, World, WorldConfig};
use tests::{Finished, Topdown};

use super::{assert_same, at, kept, klines, served};

async fn world(now: &str) -> World {
    World::start(WorldConfig::seeded(7, SimClock::fixed(at(now)))).await.unwrap()
}

fn topdown(world: &World) -> Topdown {
    Topdown::new().with("TOPDOWN_BINANCE_URL", &world.binance_url())
}

async fn rows(data: &Path, name: &str, timeframe: Timeframe, world: &World) -> Vec<CandleRevision> {
    let local = Local::open(data, Access::Read, "http://127.0.0.1:8377").unwrap();
    kept(
        &local,
        Source::Host(world.binance_url().replace("http://", "")),
        name,
        timeframe,
        world.clock().now(),
    )
    .await
}

async fn run(topdown: &Topdown, arguments: &[&str]) -> Finished {
    // the world answers on other threads meanwhile
    tokio::task::block_in_place(|| topdown.run(arguments))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_collects_any_symbol_that_is_listed() {
    let world = world("2025-12-10T05:30:00Z").await;
    let topdown = topdown(&world);
    let name = "币安人生USDT";
    let finished = run(&topdown, &["collect", name]).await;
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    // listed 2025-10-07 at 10:00: 1531 hours, 384 bars of 4h, 65 days, 10 weeks, 3 months
    assert!(finished.stderr.contains("币安人生USDT 1M 1w 1d 4h 1h  1,993 bars"), "{}", finished.stderr);
    for timeframe in Timeframe::ALL {
        let served = served(&world, name, timeframe).await;
        assert_same(&rows(&topdown.data(), name, timeframe, &world).await, &served, timeframe.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_loses_nothing_and_repeats_two_pages_at_most() {
    let world = world("2021-12-20T05:30:00Z").await;
    let undisturbed = topdown(&world);
    assert_eq!(run(&undisturbed, &["collect", "BTCUSDT"]).await.code, 0);
    let pages = Timeframe::ALL.map(|timeframe| klines(&world, timeframe).len());
    // 5597 hours and 1400 bars of 4h
    assert_eq!(pages, [1, 1, 1, 2, 6]);
    for answered in [0, 4, 7, 9] {
        world.forget_requests();
        let topdown = topdown(&world);
        // the first is the look at the newest hour
        let hang = Rule::next(Service::Binance, Fault::Hang).on("/klines").after(1 + answered).forever();
        world.faults().inject(hang);
        let mut child = topdown
            .command(&["collect", "BTCUSDT"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let asked = || Timeframe::ALL.map(|timeframe| klines(&world, timeframe).len());
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while asked().iter().sum::<usize>() <= answered as usize {
            tick.tick().await;
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
        }
        // SIGKILL
        child.kill().unwrap();
        child.wait().unwrap();
        world.faults().clear();
        let finished = run(&topdown, &["collect", "BTCUSDT"]).await;
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        for (index, timeframe) in Timeframe::ALL.into_iter().enumerate() {
            let whole = rows(&undisturbed.data(), "BTCUSDT", timeframe, &world).await;
            assert!(!whole.is_empty());
            assert_eq!(
                rows(&topdown.data(), "BTCUSDT", timeframe, &world).await,
                whole,
                "{answered} {timeframe}"
            );
            // the page that was not kept yet, and the one that was asked for meanwhile
            assert!(asked()[index] <= pages[index] + 2, "{answered} {timeframe}: {:?}", asked());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_symbol_is_a_usage_error() {
    let world = world("2021-06-20T05:30:00Z").await;
    let finished = run(&topdown(&world), &["collect", "NOPEUSDT"]).await;
    assert_eq!(finished.code, 2);
    assert!(finished.stderr.contains("the exchange does not list NOPEUSDT"), "{}", finished.stderr);
    let finished = run(&topdown(&world), &["collect", "../BTC"]).await;
    assert_eq!(finished.code, 2, "{}", finished.stderr);
    assert_eq!(world.count(Service::Binance), 1, "what cannot be a symbol is not asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_region_is_said_with_a_way_out() {
    let world = world("2021-06-20T05:30:00Z").await;
    world.faults().inject(Rule::next(Service::Binance, Fault::Restricted).forever());
    let finished = run(&topdown(&world), &["collect", "BTCUSDT"]).await;
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("set another base URL"), "{}", finished.stderr);
}

#[test]
fn serve_wants_a_watchlist_with_a_symbol() {
    let topdown = Topdown::new();
    let finished = topdown.run(&["serve", "--port", "0"]);
    assert_eq!(finished.code, 2);
    assert!(finished.stderr.contains("no watchlist"), "{}", finished.stderr);
    std::fs::create_dir_all(topdown.data()).unwrap();
    for (text, said) in [
        ("symbols = []", "names no symbol"),
        ("symbols = [\"BTCUSDT\", \"BTCUSDT\"]", "BTCUSDT twice"),
        ("symbols = [\"BTCUSDT\"]\n[bars]\n1h = 10", "too shallow"),
        ("symbol = \"BTCUSDT\"", "unknown field"),
    ] {
        std::fs::write(topdown.data().join("watchlist.toml"), text).unwrap();
        let finished = topdown.run(&["serve", "--port", "0"]);
        assert_eq!(finished.code, 2, "{text}");
        for part in [said, "watchlist.toml", "where", "do "] {
            assert!(finished.stderr.contains(part), "{part} in {}", finished.stderr);
        }
    }
}

//! Clocks that are off, that jump, that show another zone, and a month that ends in a run: no bar of the future, no
//! open bar that is said to be closed, and the same results.

use std::collections::BTreeMap;

use coordinator::RunRequest;
use domain::ohlcv::Ohlcv;
use domain::{Source, Timeframe};
use jiff::{SignedDuration, Timestamp};
use market::Client;
use ohlcv_collector::Collector;
use runtime::Clock;
use sim::{Service, SimClock, World, WorldConfig};
use storage::{ArtifactStore, CandleQuery, CandleStore, Journal, RunDocument, Status, StepDocument};

use super::bench::{self, DEMO, collected, left, program, undisturbed};
use super::desk::Desk;
use super::office::{IN_ORDER, Office, catalog, request};
use super::random::Random;

/// Listed in October 2025: little to collect.
const SYMBOL: &str = "币安人生USDT";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An exchange, and a machine whose clock shows something else.
struct Apart {
    world: World,
    office: Office,
    topdown: tests::Topdown,
}

impl Apart {
    async fn new(machine: &str, exchange: &str) -> Self {
        let world = World::start(WorldConfig::seeded(1, SimClock::fixed(at(exchange)))).await.unwrap();
        let topdown = program();
        let desk = Desk::open(&topdown.data());
        desk.clock.set(at(machine));
        Self { office: Office::new(desk, &world), world, topdown }
    }

    async fn collect(&self) {
        let http = runtime::http::client(std::time::Duration::from_secs(20)).unwrap();
        let client = Client::new(http, self.world.binance_url());
        let candles = self.office.desk.local.candles.clone();
        let collector = Collector::new(candles, client, Source::Sim(1));
        collector.collect(&SYMBOL.parse().unwrap(), &|_, _| ()).await.unwrap();
    }

    /// A run as of the machine's clock, begun.
    async fn begun(&self) -> RunDocument {
        let watched = domain::Watched::from(SYMBOL.parse::<domain::Symbol>().unwrap());
        let request = RunRequest { watched, ..request(self.office.desk.clock.now()) };
        let id = self.office.coordinator.start(&request, &catalog(&self.topdown.path("catalog"))).await;
        self.office.desk.local.journal.run(&id.unwrap()).await.unwrap().unwrap()
    }

    async fn worked(&self, run: &RunDocument) -> RunDocument {
        self.office.work(run, IN_ORDER, &mut Random::new(0)).await
    }

    async fn steps(&self, run: &RunDocument) -> Vec<StepDocument> {
        self.office.desk.local.journal.steps(&run.run_id).await.unwrap()
    }

    /// What the model was given of a timeframe.
    async fn given(&self, run: &RunDocument, timeframe: Timeframe) -> Ohlcv {
        let id = format!("{timeframe}-ohlcv");
        let steps = self.steps(run).await;
        let step = steps.iter().find(|step| step.step_id.as_str() == id).unwrap();
        let uri = step.result.gcs_uri.as_ref().unwrap_or_else(|| panic!("{step:?}"));
        serde_json::from_slice(&self.office.desk.local.artifacts.get(uri).await.unwrap()).unwrap()
    }
}

/// The month and the week that end with Sunday, 31 May 2026, seen by a machine whose clock is off.
async fn shows(machine: &str, exchange: &str, month: (&str, Option<&str>), week: (&str, Option<&str>)) {
    let apart = Apart::new(machine, exchange).await;
    apart.collect().await;
    let run = apart.worked(&apart.begun().await).await;
    let case = format!("machine {machine}, exchange {exchange}");
    assert_eq!(run.status, Status::Done, "{case}: {:?}", run.reason);
    for (timeframe, (closed, forming)) in [(Timeframe::Month, month), (Timeframe::Week, week)] {
        let given = apart.given(&run, timeframe).await;
        assert_eq!(given.bars.last_t(), Some(closed), "{case}: last closed {timeframe}");
        assert_eq!(given.forming.as_ref().map(|bar| bar.t.as_str()), forming, "{case}: open {timeframe}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bar_is_closed_before_both_clocks_say_so() {
    let (april, may, june) = ("2026-04", "2026-05", "2026-06");
    let (before, last, next) = ("2026-05-18", "2026-05-25", "2026-06-01");
    // both are right; the exchange shows no hour in progress
    shows("2026-06-01T01:03:00Z", "2026-06-01T01:03:00Z", (may, Some(june)), (last, Some(next))).await;
    // five minutes, an hour: the exchange has not closed what the machine takes for closed
    shows("2026-06-01T00:03:00Z", "2026-05-31T23:58:00Z", (april, None), (before, None)).await;
    shows("2026-06-01T00:30:00Z", "2026-05-31T23:30:00Z", (april, None), (before, None)).await;
    // and the other way round: what it closed is of the machine's future
    shows("2026-05-31T23:58:00Z", "2026-06-01T00:03:00Z", (april, Some(may)), (before, Some(last))).await;
    shows("2026-05-31T23:58:00Z", "2026-06-01T23:58:00Z", (april, Some(may)), (before, Some(last))).await;
}

/// A live run sees the market by whichever clock is behind, and says that they differ.
#[tokio::test(flavor = "multi_thread")]
async fn a_live_run_sees_no_more_than_both_clocks() {
    // the program's clock is the machine's, so the exchange's is set
    for (off, says) in [
        (SignedDuration::from_mins(5), "min behind the exchange's"),
        (SignedDuration::from_mins(-5), "min ahead of the exchange's"),
        (SignedDuration::from_hours(-1), "min ahead of the exchange's"),
        (SignedDuration::from_hours(24), "min behind the exchange's"),
        (SignedDuration::ZERO, ""),
    ] {
        let begun = machine();
        let clock = SimClock::running_from(begun + off);
        let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
        let topdown = bench::program_in(&world);
        let run = ["run", "1", SYMBOL, "--catalog", "catalog", "--json"];
        let finished = tokio::task::block_in_place(|| topdown.run(&run));
        assert_eq!(finished.code, 0, "{off}: {}", finished.stderr);
        assert_eq!(finished.stderr.contains("  clock  "), !says.is_empty(), "{off}: {}", finished.stderr);
        assert!(finished.stderr.contains(says), "{off}: {}", finished.stderr);
        let run: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
        let as_of: Timestamp = run["as_of"].as_str().unwrap().parse().unwrap();
        let (machine, exchange) = (machine(), world.clock().now());
        assert!(as_of <= machine && as_of <= exchange, "{off}: {as_of}");
        let earliest = begun.min(begun + off);
        assert!(as_of >= earliest, "{off}: {as_of} is before {earliest}, when the command was given");
    }
}

/// The machine's clock is set while a run goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_in_a_run_changes_nothing() {
    let mut artifacts: Vec<BTreeMap<String, String>> = Vec::new();
    for jump in [0, 5, -5, -60, 24 * 60] {
        let topdown = tokio::task::block_in_place(collected);
        let world = bench::world().await;
        let office = Office::new(Desk::open(&topdown.data()), &world);
        let (clock, journal) = (office.desk.clock.clone(), office.desk.local.journal.clone());
        let asked = request(clock.now());
        let id = office.coordinator.start(&asked, &catalog(&topdown.path("catalog"))).await.unwrap();
        let run = journal.run(&id).await.unwrap().unwrap();
        let every_other = |message: usize| {
            if message % 2 == 1 {
                clock.pass(SignedDuration::from_mins(jump));
            }
        };
        let ended = office.work_and(&run, IN_ORDER, &mut Random::new(0), every_other).await;
        assert_eq!((ended.status, world.count(Service::OpenAi)), (Status::Done, 2), "{jump} min");
        let steps = journal.steps(&run.run_id).await.unwrap();
        assert!(steps.iter().all(|step| step.fence == 1), "{jump} min: {steps:?}");
        // the page names how long the run took
        let made = steps.iter().filter(|step| step.step_id.as_str() != "notification");
        let hash = |step: &StepDocument| step.result.sha256.as_ref().unwrap().to_string();
        artifacts.push(made.map(|step| (step.step_id.to_string(), hash(step))).collect());
    }
    assert!(artifacts.iter().all(|found| *found == artifacts[0]), "{artifacts:?}");
}

/// The zone of the machine: one with summer time, one three quarters of an hour off, one whose summer time is half an
/// hour.
#[test]
fn every_zone_sees_the_same() {
    for zone in ["Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"] {
        let topdown = collected().with("TZ", zone);
        let run = topdown.json(DEMO);
        assert!(left(&topdown, &run) == *undisturbed(), "{zone}: the run differs from that of UTC");
    }
    // in the hour that a summer time skips
    let texts = ["UTC", "Europe/Berlin", "Australia/Lord_Howe"].map(|zone| {
        let topdown = program().with("TZ", zone);
        let demo = ["demo", "--symbol", SYMBOL, "--as-of", "2026-03-29T01:30:00Z", "--catalog", "catalog"];
        let finished = topdown.run(&demo);
        assert_eq!(finished.code, 0, "{zone}: {}", finished.stderr);
        let run = finished.stdout.split("pages/").nth(1).and_then(|rest| rest.split('.').next()).unwrap();
        let shown = topdown.run(&["show", run]).stdout;
        assert!(shown.contains("2026-03-29T01:30:00Z"), "{shown}");
        // how long things took
        let words = shown.split_whitespace().filter(|word| !word.contains('.') || word.contains('/'));
        words.collect::<Vec<_>>().join(" ")
    });
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
}

/// A second before the month and the week end, a run begins; it has written nothing yet when they do, and when the
/// exchange corrects itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_month_that_ends_in_a_run_is_in_progress_all_through_it() {
    let eve = "2026-05-31T23:59:59Z";
    let apart = Apart::new(eve, eve).await;
    apart.collect().await;
    let run = apart.begun().await;
    // the month ends, and its bars are collected, before a byte of the run is written
    apart.world.clock().set(at("2026-06-01T00:01:00Z"));
    apart.office.desk.clock.set(at("2026-06-01T00:01:00Z"));
    apart.collect().await;
    let ended = apart.worked(&run).await;
    assert_eq!(ended.status, Status::Done, "{:?}", ended.reason);
    for (timeframe, closed, open) in
        [(Timeframe::Month, "2026-04", "2026-05"), (Timeframe::Week, "2026-05-18", "2026-05-25")]
    {
        let given = apart.given(&run, timeframe).await;
        assert_eq!(given.as_of, at(eve));
        assert_eq!(given.bars.last_t(), Some(closed));
        assert_eq!(given.forming.as_ref().map(|bar| bar.t.as_str()), Some(open));
    }
    // the next run sees them closed; both versions of each bar are kept
    let next = apart.worked(&apart.begun().await).await;
    assert_eq!(apart.given(&next, Timeframe::Month).await.bars.last_t(), Some("2026-05"));
    assert_eq!(apart.given(&next, Timeframe::Week).await.bars.last_t(), Some("2026-05-25"));
    for (as_of, closed) in [(eve, false), ("2026-06-01T00:01:00Z", true)] {
        let query = CandleQuery {
            source: Source::Sim(1),
            symbol: SYMBOL.parse().unwrap(),
            as_of: at(as_of),
            wants: vec![(Timeframe::Month, None)],
        };
        let read = apart.office.desk.local.candles.read(&query).await.unwrap();
        let may =
            read[&Timeframe::Month].iter().filter(|bar| bar.candle.open_time == at("2026-05-01T00:00:00Z"));
        let kept: Vec<bool> = may.map(|bar| bar.is_closed()).collect();
        assert!(kept.contains(&closed), "{as_of}: {kept:?}");
    }
}

/// This machine's clock, beside which the world's is set.
#[expect(clippy::disallowed_methods, reason = "the program under test reads it too")]
fn machine() -> Timestamp {
    Timestamp::now()
}

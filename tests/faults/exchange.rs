//! An exchange that bans, refuses, breaks off or is not there, met by `topdown collect`: what it says, what it
//! keeps, and that the next command goes on.

use domain::Sha256Hex;
use runtime::Clock;
use sim::{Fault, Rule, Service, World};
use tests::{Finished, Topdown};

use super::bench::{self, count, database, finish, program_in, under_timeout, world};

/// Listed in October 2025: seven pages are all it has.
const COLLECT: &[&str] = &["collect", "币安人生USDT"];

fn collect(topdown: &Topdown) -> Finished {
    tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(COLLECT))))
}

fn candles(topdown: &Topdown) -> Sha256Hex {
    let (candles, number) = bench::candles(&database(topdown));
    assert!(number > 6_000, "{number} candles");
    candles
}

/// What an undisturbed collection keeps.
async fn wanted() -> Sha256Hex {
    let world = world().await;
    let topdown = program_in(&world);
    assert_eq!(collect(&topdown).code, 0);
    candles(&topdown)
}

/// The command meets the rule and succeeds all the same, with every candle.
async fn sits_out(rule: Rule) -> World {
    let world = world().await;
    let topdown = program_in(&world);
    world.faults().inject(rule);
    let finished = collect(&topdown);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert_eq!(world.faults().pending(), 0, "the fault was met");
    assert_eq!(candles(&topdown), wanted().await);
    world
}

/// The command meets the rule and fails saying so; once it is over the same command collects every candle.
async fn fails(rule: Rule, says: &[&str]) {
    let world = world().await;
    let topdown = program_in(&world);
    world.faults().inject(rule);
    let finished = collect(&topdown);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    assert!(finished.stdout.is_empty(), "{}", finished.stdout);
    for part in says {
        assert!(finished.stderr.contains(part), "`{part}` is not in: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains('\u{1b}') && !finished.stderr.contains('<'), "{}", finished.stderr);
    world.faults().clear();
    let again = collect(&topdown);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(candles(&topdown), wanted().await, "nothing was lost");
}

fn klines(fault: Fault) -> Rule {
    Rule::next(Service::Binance, fault).on("/klines").after(2)
}

/// The ban is the address's: whoever asks next is silent too, in whatever process, until it is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_an_error_at_once_with_its_end_and_outlives_the_process() {
    let world = world().await;
    let topdown = program_in(&world);
    world.faults().inject(klines(Fault::Banned { retry_after_s: 600 }).forever());
    let banned = |finished: Finished| {
        assert_eq!(finished.code, 1, "{}", finished.stderr);
        // 600 s, or some less by the time it is told
        for part in ["asks for silence for 5", " s, until 2", "ask again afterwards"] {
            assert!(finished.stderr.replace("600 s", "599 s").contains(part), "{part}: {}", finished.stderr);
        }
    };
    banned(collect(&topdown));
    let asked = world.count(Service::Binance);
    world.faults().clear();
    for _ in 0..2 {
        banned(collect(&topdown));
    }
    assert_eq!(world.count(Service::Binance), asked, "not a word was said to it");
    let until: i64 = count(&database(&topdown), "SELECT until_ms FROM silences");
    let left = until - runtime::SystemClock.now().as_millisecond();
    assert!((500_000..=600_000).contains(&left), "{left} ms");
    // over a minute ago by this machine's clock
    database(&topdown).execute("UPDATE silences SET until_ms = ?1", [until - 660_000]).unwrap();
    let again = collect(&topdown);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(candles(&topdown), wanted().await, "nothing was lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_silence_is_kept() {
    let world = sits_out(klines(Fault::TooManyRequests { retry_after_s: 1 })).await;
    assert_eq!(world.requests().iter().filter(|request| request.status == Some(429)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_region_is_told_a_way_out() {
    let way_out = "https://data-api.binance.vision";
    fails(klines(Fault::Restricted).forever(), &["HTTP 451", way_out]).await;
    fails(klines(Fault::Firewall).forever(), &["HTTP 403", "Request blocked", way_out]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_is_down_is_asked_again_and_then_named() {
    sits_out(klines(Fault::ServerError(503)).times(2)).await;
    fails(klines(Fault::ServerError(502)).forever(), &["unavailable: HTTP 502", "try again later"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_place_of_data_is_no_data() {
    sits_out(klines(Fault::Page)).await;
    fails(klines(Fault::Page).forever(), &["a web page in place of data"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_is_asked_for_again() {
    sits_out(klines(Fault::Cut { after: 1_000 })).await;
    fails(klines(Fault::Truncated { keep: 1_000 }).forever(), &["cannot be used"]).await;
}

/// Empty pages are not the end of a series that goes on, and not its beginning either.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_page_hides_no_candle() {
    let world = world().await;
    let topdown = program_in(&world);
    world.faults().inject(klines(Fault::EmptyArray).times(3));
    let first = collect(&topdown);
    assert!(first.code == 0 || first.stderr.contains("do  ") || first.stderr.contains("try again"));
    assert_eq!(world.faults().pending(), 0, "the fault was met");
    let again = collect(&topdown);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(candles(&topdown), wanted().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_that_leads_elsewhere_is_not_followed() {
    let elsewhere = world().await;
    let to = format!("{}/api/v3/klines", elsewhere.binance_url());
    fails(klines(Fault::Redirect(to)).forever(), &["HTTP 307"]).await;
    assert_eq!(elsewhere.count(Service::Binance), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_the_address_is_said() {
    let topdown = bench::program().with("TOPDOWN_BINANCE_URL", "http://127.0.0.1:9");
    let finished = collect(&topdown);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("no connection"), "{}", finished.stderr);
    assert!(finished.stderr.contains("try again later"), "{}", finished.stderr);
}

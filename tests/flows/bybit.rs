//! A symbol that is watched at the second exchange: its candles, its name and its account are that exchange's.

use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use sim::{Service, SimBybitAccount, SimClock, World, WorldConfig};
use tests::{Finished, Topdown};

use super::{step, text};

/// Listed in October 2025: little to collect.
const SYMBOL: &str = "币安人生USDT";

async fn world() -> World {
    World::start(WorldConfig::seeded(1, SimClock::running_from(SystemClock.now()))).await.unwrap()
}

/// The program at both simulated exchanges, the symbol being watched at the second.
fn watching(world: &World) -> Topdown {
    let topdown = Topdown::new()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_ACCOUNT_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_FUTURES_URL", &world.binance_url())
        .with("TOPDOWN_BYBIT_URL", &world.bybit_url())
        .with("TOPDOWN_BYBIT_ACCOUNT_URL", &world.bybit_url())
        .with("BINANCE_API_KEY", "sim-key")
        .with("BINANCE_API_SECRET", "sim-secret");
    std::fs::create_dir_all(topdown.data()).unwrap();
    let list = format!("symbols = [{{ symbol = \"{SYMBOL}\", venue = \"bybit\" }}]\n");
    std::fs::write(topdown.data().join("watchlist.toml"), list).unwrap();
    topdown
}

fn run(topdown: &Topdown, arguments: &[&str]) -> Value {
    tokio::task::block_in_place(|| topdown.json(arguments))
}

#[tokio::test(flavor = "multi_thread")]
async fn flow_5_reads_one_exchange_alone() {
    let world = world().await;
    let topdown =
        watching(&world).with("BYBIT_API_KEY", "sim-bybit-key").with("BYBIT_API_SECRET", "sim-bybit-secret");
    let run = run(&topdown, &["run", "5", SYMBOL, "--json"]);
    assert_eq!(run["status"], json!("done"));
    assert_eq!(world.count(Service::Binance), 0, "the other exchange is not asked");
    let source = format!("bybit-host:{}", world.bybit_url().replace("http://", ""));
    let ohlcv = topdown.cat_json(text(step(&run, "1w-ohlcv"), "gcs_uri"));
    assert_eq!((text(&ohlcv, "venue"), text(&ohlcv, "source")), ("bybit", source.as_str()));
    let series = topdown.cat_json(text(step(&run, "1w-ohlcv"), "series_uri"));
    assert_eq!(text(&series, "venue"), "Bybit spot");
    let account = step(&run, "account");
    assert_eq!(text(account, "status"), "done", "{account}");
    let document = topdown.cat_json(text(account, "gcs_uri"));
    assert_eq!((text(&document, "venue"), text(&document, "state")), ("bybit", "provided"));
    assert!(!document.to_string().contains("mine"), "no client order id, no key note: {document}");
    let decided = step(&run, "recommendation");
    assert_eq!(text(decided, "status"), "done");
    let refs = decided["tool_refs"].as_array().unwrap();
    let tools = refs.iter().map(|uri| topdown.cat_json(uri.as_str().unwrap()));
    let told: Vec<_> =
        tools.map(|tool| json!([tool["name"], tool["status"], tool["data"]["source"]])).collect();
    assert_eq!(told, [json!(["get_funding_rate", "ok", source]), json!(["get_open_interest", "ok", source])]);
    let report = topdown.cat_json(text(step(&run, "1w-report"), "gcs_uri"));
    assert_eq!((text(&report, "venue"), text(&report, "source")), ("bybit", source.as_str()));
}

/// A key that may write, and no key of that exchange: the step fails and says why, the run goes on to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_account_fails_its_step_and_not_the_run() {
    let world = world().await;
    world.change_bybit_account(|account| {
        account.info = SimBybitAccount::reading();
        account.info.insert("readOnly".to_owned(), json!(0));
    });
    let keyed =
        watching(&world).with("BYBIT_API_KEY", "sim-bybit-key").with("BYBIT_API_SECRET", "sim-bybit-secret");
    for (topdown, why) in [(keyed, "readOnly is not 1"), (watching(&world), "set BYBIT_API_KEY")] {
        let run = run(&topdown, &["run", "4", SYMBOL, "--json"]);
        let account = step(&run, "account");
        assert_eq!(text(account, "status"), "failed");
        assert!(text(account, "reason").contains(why), "{account}");
        assert_eq!(text(step(&run, "recommendation"), "status"), "done");
        assert_eq!(run["status"], json!("done"));
    }
    assert_eq!(world.count(Service::Binance), 0, "nor is the key of another exchange used");
}

#[test]
fn an_exchange_that_is_not_known_is_told_with_those_that_are() {
    let topdown = Topdown::new();
    std::fs::create_dir_all(topdown.data()).unwrap();
    let list = "symbols = [{ symbol = \"BTCUSDT\", venue = \"kraken\" }]\n";
    std::fs::write(topdown.data().join("watchlist.toml"), list).unwrap();
    let Finished { code, stderr, .. } = topdown.run(&["collect", "BTCUSDT"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("kraken") && stderr.contains("bybit"), "{stderr}");
}

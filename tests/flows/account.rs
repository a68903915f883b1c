//! Flow 4: the account is read after the last report, and a recommendation is made with or without it.

use jiff::Timestamp;
use serde_json::{Value, json};
use sim::{SimAccount, SimClock, World, WorldConfig};
use tests::{Topdown, candles, left_out};

use super::{step, text};

#[test]
fn flow_4_reads_the_account_before_it_recommends() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--flow", "4", "--json"]);
    let account = step(&run, "account");
    assert_eq!((text(account, "kind"), text(account, "status")), ("account", "done"));
    let recommendation = step(&run, "recommendation");
    assert_eq!(text(recommendation, "status"), "done");
    // as instants: zeros at the end are left out, so texts have another order
    let at = |step: &Value, name: &str| text(step, name).parse::<Timestamp>().unwrap();
    assert!(at(account, "started_at") >= at(step(&run, "4h-report"), "ended_at"));
    assert!(at(recommendation, "started_at") >= at(account, "ended_at"));
    let document = topdown.cat_json(text(account, "gcs_uri"));
    assert_eq!((text(&document, "schema"), text(&document, "state")), ("topdown.account/1", "provided"));
    assert_eq!(document["positions"][0]["symbol"], json!("BTCUSDT"));
    assert!(document.to_string().find("mine").is_none(), "no client order id: {document}");
}

/// By hand: of 10,000 USDT, the other coins counting for nothing, 1 % over the loss of 22.47659 a SOL is 4.44907, to
/// the exchange's step of 0.001 4.449; at 176.52 it is worth 785.33748, and 4.449 x 22.47659 are lost at the stop. A
/// limit of 7.8 % of those 10,000 is 780. With 3 % at risk 13.347 SOL would be worth 2356.01, and 9500 are free.
#[test]
fn a_plan_is_sized_by_the_account() {
    let Some(folder) = candles() else {
        return left_out("a_plan_is_sized_by_the_account", "needs ../shared/data");
    };
    let folder = folder.to_string_lossy().into_owned();
    let of = |variables: &[(&str, &str)]| {
        let topdown =
            variables.iter().fold(Topdown::new(), |topdown, (name, value)| topdown.with(name, value));
        let mut arguments = vec!["demo", "--flow", "4", "--json", "--candles", &folder];
        arguments.extend(["--symbol", "SOLUSDT", "--as-of", "2025-05-15T04:00:00Z"]);
        let run = topdown.json(&arguments);
        topdown.cat_json(text(step(&run, "recommendation"), "gcs_uri"))
    };
    let usual = of(&[]);
    let size = json!({
        "quantity": "4.449", "notional": "785.33748", "at_risk": "99.99834891", "risk_pct": "1",
        "is_bounded_by_funds": false
    });
    assert_eq!(
        (&usual["size"], &usual["size_reason"], &usual["conflicts"]),
        (&size, &Value::Null, &json!([]))
    );
    let bold = of(&[("TOPDOWN_RISK_PCT", "3"), ("TOPDOWN_MAX_EXPOSURE_PCT", "7.8")]);
    assert_eq!(
        (&bold["size"]["quantity"], &bold["size"]["notional"]),
        (&json!("13.347"), &json!("2356.01244"))
    );
    assert_eq!(bold["conflicts"], json!(["exposure_limit"]));
}

/// A key that may trade, and no key at all: the step fails and says why, the run goes on to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_account_fails_its_step_and_not_the_run() {
    use runtime::Clock;
    let clock = SimClock::running_from(runtime::SystemClock.now());
    let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
    world.change_account(|account| {
        account.permissions = SimAccount::reading();
        account.permissions.insert("enableSpotAndMarginTrading".to_owned(), Value::Bool(true));
    });
    let bare = Topdown::new().with("TOPDOWN_BINANCE_URL", &world.binance_url());
    let keyed = Topdown::new()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_ACCOUNT_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_FUTURES_URL", &world.binance_url())
        .with("BINANCE_API_KEY", "sim-key")
        .with("BINANCE_API_SECRET", "sim-secret");
    for (topdown, why) in [(keyed, "enableSpotAndMarginTrading is not false"), (bare, "set BINANCE_API_KEY")]
    {
        let run = tokio::task::block_in_place(|| topdown.json(&["run", "4", "BNBUSDT", "--json"]));
        let account = step(&run, "account");
        assert_eq!(text(account, "status"), "failed");
        assert!(text(account, "reason").contains(why), "{account}");
        assert_eq!(text(step(&run, "recommendation"), "status"), "done");
        assert_eq!(run["status"], json!("done"));
    }
}

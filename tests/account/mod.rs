//! The account as the exchange shows it: read by signed GETs alone, by a key that may only read.

mod bybit;

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Market;
use domain::account::{AccountDocument, AccountWarning, PositionSide, Wallet};
use domain::recommendation::AccountState;
use jiff::Timestamp;
use market::binance_account::{AccountClient, Hosts};
use runtime::http;
use serde_json::{Value, json};
use sim::{Fault, Rule, Service, SimAccount, SimClock, World, WorldConfig};

const NOW: &str = "2026-04-30T04:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

async fn world() -> World {
    World::start(WorldConfig::seeded(7, SimClock::running_from(now()))).await.unwrap()
}

fn client(world: &World, key: &str, secret: &str, tolerated: &[&str]) -> AccountClient {
    let http = http::loopback_client(Duration::from_secs(30)).unwrap();
    let hosts = Hosts { spot: world.binance_url(), perp: world.binance_url() };
    let tolerated: BTreeSet<String> = tolerated.iter().map(|name| (*name).to_owned()).collect();
    AccountClient::new(http, &hosts, &key.into(), secret.into(), tolerated).unwrap()
}

async fn read(world: &World) -> Result<AccountDocument, String> {
    let own = client(world, "sim-key", "sim-secret", &[]);
    own.read(&"BTCUSDT".parse().unwrap(), now()).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn all_of_an_account_is_read_by_get_alone() {
    let world = world().await;
    let account = read(&world).await.unwrap();
    assert_eq!(account.state, AccountState::Provided);
    let deposits: Vec<_> = account
        .deposits
        .iter()
        .map(|held| (held.wallet, held.asset.as_str(), held.free.to_string()))
        .collect();
    assert_eq!(
        deposits,
        [
            (Wallet::Spot, "BTC", "0.05000000".to_owned()),
            (Wallet::Spot, "USDT", "9500.00000000".to_owned()),
            (Wallet::Perp, "USDT", "1700.00000000".to_owned()),
        ]
    );
    let [long] = account.positions.as_slice() else { panic!("{account:?}") };
    assert_eq!((long.side, long.leverage.unwrap().to_string()), (PositionSide::Long, "5".to_owned()));
    // the stop lies under the endpoint of conditional orders alone
    let [stop] = account.orders.as_slice() else { panic!("{account:?}") };
    assert!(stop.is_stop && stop.quantity.is_none() && stop.market == Market::Perp);
    let perp = account.rates_of(Market::Perp).unwrap();
    let text = |rate: Option<rust_decimal::Decimal>| rate.unwrap().normalize().to_string();
    assert_eq!((text(perp.taker_fee), text(perp.maintenance_margin)), ("0.0005".into(), "0.004".into()));
    assert_eq!((text(perp.mean_funding), perp.funding_interval_hours), ("0.0001".into(), Some(8)));
    assert_eq!((text(perp.leverage), text(perp.tick)), ("5".into(), "0.1".into()));
    let orders = perp.orders.unwrap();
    let steps = [Some(orders.step), orders.min_quantity, orders.min_notional].map(text);
    assert_eq!(steps, ["0.0001", "0.0001", "100"]);
    assert_eq!(text(account.rates_of(Market::Spot).unwrap().taker_fee), "0.001");
    assert!(account.warnings.is_empty());

    let written = serde_json::to_string(&account).unwrap();
    for hidden in ["mine", "354937868", "sim-key", "sim-secret", "algoId"] {
        assert!(!written.contains(hidden), "{hidden} in {written}");
    }
    let asked = world.requests();
    assert!(
        asked.len() > 10 && asked.iter().all(|request| request.method == "GET" && request.body.is_empty())
    );
    assert_eq!(asked[1].path, "/sapi/v1/account/apiRestrictions", "after the clock, before anything is read");
}

#[tokio::test]
async fn an_account_that_holds_nothing_is_known_to() {
    let world = world().await;
    world.change_account(|account| *account = SimAccount::empty());
    assert_eq!(read(&world).await.unwrap().state, AccountState::KnownEmpty);
    // where derivatives are out of sight, nothing is known to be empty
    world.change_account(|account| account.reads_perp = false);
    let account = read(&world).await.unwrap();
    assert_eq!(
        (account.state, account.warnings),
        (AccountState::Provided, vec![AccountWarning::PerpNotRead])
    );
}

/// Each permission true, unknown and missing: nothing of the account is asked for.
#[tokio::test]
async fn a_key_that_may_do_more_reads_nothing() {
    let world = world().await;
    let fields = SimAccount::reading();
    let mut hostile: Vec<(String, Value)> = fields
        .iter()
        .filter(|(name, value)| {
            name.starts_with("enable") && **value == json!(false) || name.starts_with("permits")
        })
        .map(|(name, _)| (name.clone(), json!(true)))
        .collect();
    assert_eq!(hostile.len(), 9);
    hostile.push(("enableTeleport".to_owned(), json!(true)));
    hostile.push(("enableReading".to_owned(), json!(false)));
    hostile.push(("enableReading".to_owned(), json!(null)));
    let missing: Vec<_> = hostile[..9].iter().map(|(name, _)| (name.clone(), None)).collect();
    let hostile = hostile.into_iter().map(|(name, value)| (name, Some(value)));
    for (name, value) in hostile.chain(missing) {
        world.forget_requests();
        world.change_account(|account| {
            account.permissions = SimAccount::reading();
            match &value {
                Some(value) => account.permissions.insert(name.clone(), value.clone()),
                None => account.permissions.remove(&name),
            };
        });
        let refused = read(&world).await.unwrap_err();
        assert!(refused.contains("the key is refused") && refused.contains(&name), "{name}: {refused}");
        assert!(world.requests().iter().all(|request| !request.path.contains("/v3/account")), "{name}");
    }
    let tolerant = client(&world, "sim-key", "sim-secret", &["enableFutures"]);
    world.change_account(|account| {
        account.permissions = SimAccount::reading();
        account.permissions.insert("enableFutures".to_owned(), json!(true));
        account.permissions.insert("ipRestrict".to_owned(), json!(false));
    });
    let account = tolerant.read(&"BTCUSDT".parse().unwrap(), now()).await.unwrap();
    assert_eq!(account.warnings, [AccountWarning::KeyNotBound, AccountWarning::PermissionTolerated]);
}

#[tokio::test]
async fn no_answer_on_permissions_is_a_refusal() {
    let world = world().await;
    let answer = |status: u16, body: &str| Fault::Answer { status, headers: Vec::new(), body: body.into() };
    for fault in [
        answer(404, "{}"),
        answer(200, "[]"),
        answer(200, "{}"),
        answer(401, r#"{"code":-2015,"msg":"canary"}"#),
        answer(400, r#"{"code":-1,"msg":"canary"}"#),
        Fault::Page,
        Fault::ServerError(503),
    ] {
        world.forget_requests();
        world.faults().clear();
        world.faults().inject(Rule::next(Service::Binance, fault.clone()).on("apiRestrictions").forever());
        let refused = read(&world).await.unwrap_err();
        assert!(!refused.contains("canary"), "{refused}");
        assert!(world.requests().iter().all(|request| !request.path.contains("/v3/account")), "{fault:?}");
    }
}

#[tokio::test]
async fn a_clock_that_moved_is_read_again() {
    let world = world().await;
    let own = client(&world, "sim-key", "sim-secret", &[]);
    let symbol = "BTCUSDT".parse().unwrap();
    own.read(&symbol, now()).await.unwrap();
    for minutes in [5, -5] {
        world.clock().set(now() + jiff::SignedDuration::from_mins(minutes));
        let account = own.read(&symbol, now()).await.unwrap();
        assert_eq!(account.state, AccountState::Provided, "{minutes} min");
    }
    // and one that cannot be met is told, not asked for ever
    world.change_account(|account| account.skew_ms = 60_000);
    let refused = own.read(&symbol, now()).await.unwrap_err().to_string();
    assert!(refused.contains("-1021"), "{refused}");
}

#[tokio::test]
async fn a_wrong_key_or_a_ban_ends_the_export() {
    let world = world().await;
    for (key, secret, code) in [("other", "sim-secret", "-2015"), ("sim-key", "other", "-1022")] {
        let refused = client(&world, key, secret, &[]).read(&"BTCUSDT".parse().unwrap(), now()).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(code) && !refused.contains("other"), "{refused}");
    }
    world.faults().inject(Rule::next(Service::Binance, Fault::Banned { retry_after_s: 600 }).on("/fapi/v3"));
    world.forget_requests();
    let own = client(&world, "sim-key", "sim-secret", &[]);
    let symbol = "BTCUSDT".parse().unwrap();
    let banned = own.read(&symbol, now()).await.unwrap_err().to_string();
    assert!(banned.contains("asks for silence for"), "{banned}");
    let futures = |world: &World| world.requests().iter().filter(|r| r.path.starts_with("/fapi/v3")).count();
    let asked = futures(&world);
    own.read(&symbol, now()).await.unwrap_err();
    assert_eq!(futures(&world), asked, "silent while the ban lasts");
}

//! The account at the second exchange, held to the same as the first.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Market;
use domain::account::{AccountDocument, AccountWarning, PositionSide, Wallet};
use domain::recommendation::AccountState;
use jiff::Timestamp;
use market::bybit_account::AccountClient;
use runtime::http;
use serde_json::{Value, json};
use sim::{Fault, Rule, Service, SimBybitAccount, SimClock, World, WorldConfig};

fn now() -> Timestamp {
    "2026-04-30T04:00:00Z".parse().unwrap()
}

async fn world() -> World {
    World::start(WorldConfig::seeded(7, SimClock::running_from(now()))).await.unwrap()
}

fn client(world: &World, key: &str, secret: &str, tolerated: &[&str]) -> AccountClient {
    let http = http::loopback_client(Duration::from_secs(30)).unwrap();
    let tolerated: BTreeSet<String> = tolerated.iter().map(|name| (*name).to_owned()).collect();
    AccountClient::new(http, &world.bybit_url(), &key.into(), secret.into(), tolerated).unwrap()
}

async fn read(world: &World) -> Result<AccountDocument, String> {
    let own = client(world, "sim-bybit-key", "sim-bybit-secret", &[]);
    own.read(&"BTCUSDT".parse().unwrap(), now()).await.map_err(|error| error.to_string())
}

/// Paths of what an account holds, which a refused key never asks for.
fn asked_for_holdings(world: &World) -> bool {
    world.requests().iter().any(|request| {
        ["/v5/account", "/v5/position", "/v5/order", "/v5/asset"]
            .iter()
            .any(|path| request.path.starts_with(path))
    })
}

#[tokio::test]
async fn all_of_an_account_is_read_by_get_alone() {
    let world = world().await;
    let account = read(&world).await.unwrap();
    assert_eq!((account.venue.as_str(), account.state), ("bybit", AccountState::Provided));
    let deposits: Vec<_> = account
        .deposits
        .iter()
        .map(|held| (held.wallet, held.asset.as_str(), held.free.to_string()))
        .collect();
    // 500 USDT lie in spot orders and 300 are margin
    let (btc, usdt) =
        ((Wallet::Unified, "BTC", "0.05".to_owned()), (Wallet::Unified, "USDT", "9200".to_owned()));
    assert_eq!(deposits, [btc, usdt]);
    let equity = account.equity.as_ref().unwrap();
    assert_eq!(
        (equity.total.to_string().as_str(), equity.free.unwrap().to_string().as_str()),
        ("13750", "12450")
    );
    let [long] = account.positions.as_slice() else { panic!("{account:?}") };
    assert_eq!((long.side, long.leverage.unwrap().to_string()), (PositionSide::Long, "5".to_owned()));
    assert_eq!(long.liquidation_price, None, "an empty text is none");
    // the stop is listed, and named by the position: it is one
    let [stop] = account.orders.as_slice() else { panic!("{account:?}") };
    assert!(stop.is_stop && stop.quantity.is_none() && stop.market == Market::Perp);
    let perp = account.rates_of(Market::Perp).unwrap();
    let text = |rate: Option<rust_decimal::Decimal>| rate.unwrap().normalize().to_string();
    assert_eq!((text(perp.taker_fee), text(perp.maintenance_margin)), ("0.00055".into(), "0.005".into()));
    assert_eq!((text(perp.mean_funding), perp.funding_interval_hours), ("0.0001".into(), Some(8)));
    assert_eq!((text(perp.leverage), text(perp.tick)), ("5".into(), "0.01".into()));
    let orders = perp.orders.unwrap();
    assert_eq!((orders.step.to_string(), text(orders.min_notional)), ("0.00001".into(), "5".into()));
    assert_eq!(text(account.rates_of(Market::Spot).unwrap().taker_fee), "0.001");
    assert!(account.warnings.is_empty());

    let written = serde_json::to_string(&account).unwrap();
    for hidden in ["mine", "354937868", "sim-bybit", "orderId", "2208369"] {
        assert!(!written.contains(hidden), "{hidden} in {written}");
    }
    let asked = world.requests();
    assert!(
        asked.len() > 9 && asked.iter().all(|request| request.method == "GET" && request.body.is_empty())
    );
    assert_eq!(asked[1].path, "/v5/user/query-api", "after the clock, before anything is read");
    assert!(asked.iter().all(|request| request.service == Service::Bybit));
}

#[tokio::test]
async fn orders_are_read_page_by_page() {
    let world = world().await;
    world.change_bybit_account(|account| {
        let order = account.perp_orders[0].clone();
        account.perp_orders = vec![order; 120];
    });
    assert_eq!(read(&world).await.unwrap().orders.len(), 120);
    let pages = world.requests().into_iter().filter(|request| {
        let query = request.query.as_deref().unwrap_or_default();
        request.path == "/v5/order/realtime" && query.contains("USDT")
    });
    assert_eq!(pages.count(), 3);
}

#[tokio::test]
async fn an_account_that_holds_nothing_is_known_to() {
    let world = world().await;
    world.change_bybit_account(|account| *account = SimBybitAccount::empty());
    assert_eq!(read(&world).await.unwrap().state, AccountState::KnownEmpty);
    // where contracts are out of sight, nothing is known to be empty
    world.change_bybit_account(|account| account.reads_perp = false);
    let account = read(&world).await.unwrap();
    assert_eq!(
        (account.state, account.warnings),
        (AccountState::Provided, vec![AccountWarning::PerpNotRead])
    );
}

/// Each permission granted, unknown and untold: nothing of the account is asked for.
#[tokio::test]
async fn a_key_that_may_do_more_reads_nothing() {
    let world = world().await;
    let permissions = SimBybitAccount::reading()["permissions"].as_object().unwrap().clone();
    let mut hostile: Vec<(String, Value)> = Vec::new();
    for group in permissions.keys().map(String::as_str).chain(["Teleport"]) {
        for value in [json!(["Anything"]), json!(true), json!(null)] {
            let mut changed = permissions.clone();
            changed.insert(group.to_owned(), value);
            hostile.push(("permissions".to_owned(), json!(changed)));
        }
    }
    assert_eq!(hostile.len(), 54);
    for value in [json!(0), json!(2), json!("1"), json!(true), json!(null)] {
        hostile.push(("readOnly".to_owned(), value));
    }
    for value in [json!(null), json!([]), json!(true)] {
        hostile.push(("permissions".to_owned(), value));
    }
    let missing = ["readOnly", "permissions"].map(|name| (name.to_owned(), None));
    let through = hostile.into_iter().map(|(name, value)| (name, Some(value))).chain(missing);
    let mut refused = 0;
    for (name, value) in through {
        world.forget_requests();
        world.change_bybit_account(|account| {
            account.info = SimBybitAccount::reading();
            match &value {
                Some(value) => _ = account.info.insert(name.clone(), value.clone()),
                None => _ = account.info.remove(&name),
            }
        });
        let why = read(&world).await.unwrap_err();
        assert!(why.contains("the key is refused"), "{name} {value:?}: {why}");
        assert!(!asked_for_holdings(&world), "{name} {value:?}");
        refused += 1;
    }
    assert_eq!(refused, 64);
    let tolerant = client(&world, "sim-bybit-key", "sim-bybit-secret", &["Wallet.AccountTransfer"]);
    world.change_bybit_account(|account| {
        account.info = SimBybitAccount::reading();
        account.info["permissions"]["Wallet"] = json!(["AccountTransfer"]);
        account.info["ips"] = json!(["*"]);
        account.info["expiredAt"] = json!("2026-05-03T00:00:00Z");
    });
    let account = tolerant.read(&"BTCUSDT".parse().unwrap(), now()).await.unwrap();
    assert_eq!(
        account.warnings,
        [AccountWarning::KeyNotBound, AccountWarning::KeyExpiresSoon, AccountWarning::PermissionTolerated]
    );
}

#[tokio::test]
async fn no_answer_on_permissions_is_a_refusal() {
    let world = world().await;
    let answer = |status: u16, body: &str| Fault::Answer { status, headers: Vec::new(), body: body.into() };
    for fault in [
        answer(404, "{}"),
        answer(200, "[]"),
        answer(200, "{}"),
        answer(200, r#"{"retCode":0,"result":{}}"#),
        answer(200, r#"{"retCode":10003,"retMsg":"canary"}"#),
        answer(401, r#"{"retCode":33004,"retMsg":"canary"}"#),
        answer(200, r#"{"retCode":1,"retMsg":"canary"}"#),
        Fault::Page,
        Fault::ServerError(503),
    ] {
        world.forget_requests();
        world.faults().clear();
        world.faults().inject(Rule::next(Service::Bybit, fault.clone()).on("query-api").forever());
        let refused = read(&world).await.unwrap_err();
        assert!(!refused.contains("canary"), "{refused}");
        assert!(!asked_for_holdings(&world), "{fault:?}");
    }
}

#[tokio::test]
async fn a_clock_that_moved_is_read_again() {
    let world = world().await;
    let own = client(&world, "sim-bybit-key", "sim-bybit-secret", &[]);
    let symbol = "BTCUSDT".parse().unwrap();
    own.read(&symbol, now()).await.unwrap();
    for minutes in [5, -5] {
        world.clock().set(now() + jiff::SignedDuration::from_mins(minutes));
        let account = own.read(&symbol, now()).await.unwrap();
        assert_eq!(account.state, AccountState::Provided, "{minutes} min");
    }
    // and one that cannot be met is told, not asked for ever
    world.change_bybit_account(|account| account.skew_ms = 60_000);
    let refused = own.read(&symbol, now()).await.unwrap_err().to_string();
    assert!(refused.contains("10002"), "{refused}");
}

#[tokio::test]
async fn a_wrong_key_or_a_ban_ends_the_export() {
    let world = world().await;
    for (key, secret, code) in [("other", "sim-bybit-secret", "10003"), ("sim-bybit-key", "other", "10004")] {
        let refused = client(&world, key, secret, &[]).read(&"BTCUSDT".parse().unwrap(), now()).await;
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(code) && !refused.contains("other"), "{refused}");
    }
    world
        .faults()
        .inject(Rule::next(Service::Bybit, Fault::Banned { retry_after_s: 600 }).on("/v5/position"));
    let own = client(&world, "sim-bybit-key", "sim-bybit-secret", &[]);
    let symbol = "BTCUSDT".parse().unwrap();
    let banned = own.read(&symbol, now()).await.unwrap_err().to_string();
    assert!(banned.contains("asks for silence for"), "{banned}");
    let asked = world.requests().len();
    own.read(&symbol, now()).await.unwrap_err();
    assert_eq!(world.requests().len(), asked, "silent while the ban lasts");
}

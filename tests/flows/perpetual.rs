//! Flow 4 on an entry whose plans trade the perpetual contract: costs, funding, margin and liquidation by the account,
//! candles of the spot market.

use serde_json::{Value, json};
use sim::{SimAccount, SimClock, World, WorldConfig};
use tests::{Topdown, candles, left_out};

use super::{step, text};

const AS_OF: &str = "2025-05-15T04:00:00Z";

/// A data folder whose watchlist plans for the contract.
fn watching(topdown: Topdown) -> Topdown {
    std::fs::create_dir_all(topdown.data()).unwrap();
    let list = "symbols = [\"BTCUSDT\", { symbol = \"SOLUSDT\", venue = \"binance\", market = \"perp\" }]\n";
    std::fs::write(topdown.data().join("watchlist.toml"), list).unwrap();
    topdown
}

fn folder(test: &str) -> Option<String> {
    let Some(folder) = candles() else {
        left_out(test, "needs ../shared/data");
        return None;
    };
    Some(folder.to_string_lossy().into_owned())
}

/// A decimal without zeros at its end.
fn number(value: &Value) -> String {
    value.as_str().unwrap().parse::<rust_decimal::Decimal>().unwrap().normalize().to_string()
}

fn recommended(topdown: &Topdown, arguments: &[&str]) -> Value {
    let run = topdown.json(arguments);
    topdown.cat_json(text(step(&run, "recommendation"), "gcs_uri"))
}

/// By hand, on the contract's tick of 0.1, from 176.5 at 0.05 % fee and 0.05 % slippage a side and 0.01 % of funding at
/// each of 10 x 24 / 8 intervals: F 0.5295; loss 22 + 0.001 x 331 + F = 22.8605; gains 46.6 - 0.3996 - F = 45.6709 and
/// 119.3 - 0.4723 - F = 118.2982, over the loss 1.9978 and 5.1748, half each 3.5863; at 47 of 100 0.4090. The contracts'
/// wallet is worth 2000 USDT: 20 / 22.8605 is 0.8749, on a step of 0.01 0.87, worth 153.555, at 5 of leverage 30.711,
/// losing 19.888635. Isolated it is liquidated at 176.5 x 0.8 / 0.996.
#[test]
fn a_plan_on_a_contract_is_measured_and_sized_by_the_account() {
    let Some(folder) = folder("a_plan_on_a_contract_is_measured_and_sized_by_the_account") else { return };
    let topdown = watching(Topdown::new());
    let mut arguments = vec!["demo", "--flow", "4", "--json", "--candles", &folder];
    arguments.extend(["--symbol", "SOLUSDT", "--as-of", AS_OF]);
    let run = topdown.json(&arguments);
    let document = topdown.cat_json(text(step(&run, "recommendation"), "gcs_uri"));
    assert_eq!((&document["market"], &document["tick"]), (&json!("perp"), &json!("0.1")));
    assert_eq!(document["broken"], json!([]), "{document}");
    let plan = &document["plan"];
    assert_eq!(["entry_low", "entry_high", "stop"].map(|name| text(plan, name)), ["171.6", "176.5", "154.5"]);
    let costs = ["per_side", "funding"].map(|name| number(&document["costs"][name]));
    assert_eq!(costs, ["0.001", "0.5295"]);
    let figures = ["loss", "reward_to_risk", "first_reward_to_risk", "expected_value"];
    assert_eq!(
        figures.map(|name| text(&document["geometry"], name)),
        ["22.8605", "3.5863", "1.9978", "0.4090"]
    );
    assert_eq!(
        document["contract"],
        json!({
            "mean_funding": "0.0001", "funding_interval_hours": 8, "leverage": "5",
            "maintenance_margin": "0.004", "liquidation": "141.76706827", "is_held": false
        })
    );
    assert_eq!(
        document["size"],
        json!({
            "quantity": "0.87", "notional": "153.555", "at_risk": "19.888635", "risk_pct": "1",
            "margin": "30.711", "is_bounded_by_funds": false
        })
    );
    assert_eq!(document["conflicts"], json!([]));
    // candles are the exchange's spot all the same
    let ohlcv = topdown.cat_json(text(step(&run, "1d-ohlcv"), "gcs_uri"));
    assert_eq!((&ohlcv["market"], &ohlcv["tick"]), (&json!("spot"), &json!("0.01")));
    let page = std::fs::read_to_string(topdown.path(text(&run, "page"))).unwrap();
    for said in ["Binance perpetual", "141.8", "risks 19.89 USDT", "0.5295 USDT a unit"] {
        assert!(page.contains(said), "{said}");
    }
    // the file is sent on: by its margin and its share one would know the account
    assert!(!page.contains("of margin") && !page.contains("of the deposit"));
}

/// A world of these candles, and the program in it.
async fn world(folder: &str) -> (World, Topdown) {
    let clock = SimClock::running_from(AS_OF.parse().unwrap());
    let world = World::start(WorldConfig::recorded(folder, clock)).await.unwrap();
    let topdown = Topdown::new()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_ACCOUNT_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_FUTURES_URL", &world.binance_url())
        .with("BINANCE_API_KEY", "sim-key")
        .with("BINANCE_API_SECRET", "sim-secret");
    (world, watching(topdown))
}

fn position(side: &str, amount: &str, liquidation: &str) -> Value {
    json!({"symbol": "SOLUSDT", "positionSide": side, "positionAmt": amount, "entryPrice": "160.0",
           "markPrice": "174.06", "unRealizedProfit": "28.12", "liquidationPrice": liquidation})
}

/// At 7 the position would be liquidated at 176.5 x 6/7 / 0.996 = 151.89, 2.61 below the stop: a quarter of the
/// stop's 22 is 5.5. What is held is liquidated where the exchange says.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_on_the_contract_decides_with_it() {
    let Some(folder) = folder("what_is_held_on_the_contract_decides_with_it") else { return };
    let (world, topdown) = world(&folder).await;
    let decided = || {
        tokio::task::block_in_place(|| {
            recommended(&topdown, &["run", "4", "SOLUSDT", "--as-of", AS_OF, "--json"])
        })
    };
    let found = |document: &Value| {
        (
            document["broken"].clone(),
            document["contract"]["liquidation"].clone(),
            document["contract"]["is_held"].clone(),
            document["conflicts"].clone(),
        )
    };
    let none = json!([]);

    world.change_account(|account| account.symbol_config = vec![SimAccount::configured("SOLUSDT", 7)]);
    let lent = decided();
    let broken = json!(["liquidation"]);
    assert_eq!(found(&lent), (broken.clone(), json!("151.89328744"), json!(false), none.clone()));
    assert_eq!((&lent["size"], &lent["strength"]["value"]), (&Value::Null, &json!(0)));

    world.change_account(|account| account.positions = vec![position("BOTH", "2", "131.5")]);
    let held = decided();
    let conflicts = json!(["already_long", "missing_stop"]);
    assert_eq!(found(&held), (none.clone(), json!("131.5"), json!(true), conflicts));

    // a stop lies under the endpoint of conditional orders alone, and is one of the position's side
    world.change_account(|account| {
        account.positions = vec![position("BOTH", "-2", "231.5")];
        account.algo_orders = vec![json!({"algoId": 2, "orderType": "STOP_MARKET", "symbol": "SOLUSDT",
            "side": "BUY", "positionSide": "BOTH", "quantity": "0", "triggerPrice": "190", "price": "0",
            "closePosition": true, "reduceOnly": true})];
        account.symbol_config = vec![SimAccount::configured("SOLUSDT", 5)];
    });
    let opposite = decided();
    let conflicts = json!(["opposite_position"]);
    assert_eq!(found(&opposite), (none.clone(), json!("141.76706827"), json!(false), conflicts));

    // a key that may not read contracts: nothing of them is known, and that is said
    world.change_account(|account| account.reads_perp = false);
    let blind = decided();
    assert_eq!(blind["contract"], json!({ "is_held": false }));
    assert_eq!((&blind["size"], &blind["size_reason"]), (&Value::Null, &json!("contract_unknown")));
    assert_eq!(text(&blind["costs"], "funding"), "0");
}

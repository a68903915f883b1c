use std::collections::BTreeSet;

use domain::Market;
use domain::account::{AccountWarning, OrderSide, PositionSide};
use jiff::Timestamp;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::permissions::Permissions;
use super::wire::{
    AlgoOrder, CommissionRate, Contracts, FundingRate, LeverageBrackets, OneOrMany, OpenOrder, PerpAccount,
    SpotAccount, SymbolConfig,
};
use super::{parse, sign};
use crate::recorded::shared;

fn fixture(path: &str, test: &str) -> Option<Vec<u8>> {
    shared(&format!("fixtures/{path}"), test).map(|path| std::fs::read(path).unwrap())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    parse::json(value.to_string().as_bytes(), "test").unwrap()
}

/// Key, payload and signature of the exchange's REST documentation.
#[test]
fn the_published_signature_is_made() {
    let secret = SecretString::from("NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j");
    let query = sign::query(&[
        ("symbol", "LTCBTC"),
        ("side", "BUY"),
        ("type", "LIMIT"),
        ("timeInForce", "GTC"),
        ("quantity", "1"),
        ("price", "0.1"),
        ("recvWindow", "5000"),
        ("timestamp", "1499827319559"),
    ]);
    let published = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
    assert_eq!(sign::signature(&secret, &query), published);
    assert_eq!(
        sign::query(&[("symbol", "币安")]),
        "symbol=%E5%B8%81%E5%AE%89",
        "encoded before it is signed"
    );
}

fn now() -> Timestamp {
    "2026-04-30T04:00:00Z".parse().unwrap()
}

fn reading() -> Map<String, Value> {
    let value = json!({
        "ipRestrict": true, "createTime": 1_698_645_219_000_i64, "enableReading": true,
        "enableFixReadOnly": true, "enableWithdrawals": false, "enableInternalTransfer": false,
        "enableMargin": false, "enableFutures": false, "permitsUniversalTransfer": false,
        "enableVanillaOptions": false, "enableFixApiTrade": false, "enableSpotAndMarginTrading": false,
        "enablePortfolioMarginTrading": false
    });
    value.as_object().unwrap().clone()
}

fn check(fields: Map<String, Value>, tolerated: &[&str]) -> Result<BTreeSet<AccountWarning>, String> {
    let tolerated = tolerated.iter().map(|name| (*name).to_owned()).collect();
    Permissions(fields).check(&tolerated, now()).map_err(|error| error.to_string())
}

/// Each field that is not reading, set, null and text; and fields that nobody has heard of.
#[test]
fn a_key_that_may_do_anything_else_is_refused() {
    assert_eq!(check(reading(), &[]), Ok(BTreeSet::new()));
    let mut names: Vec<String> = reading().keys().filter(|name| *name != "enableReading").cloned().collect();
    names.retain(|name| name.starts_with("enable") || name.starts_with("permits"));
    names.retain(|name| name != "enableFixReadOnly");
    assert_eq!(names.len(), 9);
    names.extend(["enableTeleport".to_owned(), "permitsAnything".to_owned()]);
    for name in &names {
        for value in [json!(true), json!(null), json!("false"), json!(1)] {
            let mut fields = reading();
            fields.insert(name.clone(), value.clone());
            let refused = check(fields.clone(), &["enableOther"]).unwrap_err();
            assert!(refused.contains(name.as_str()), "{name} {value}: {refused}");
            let tolerated = check(fields, &[name]).unwrap();
            assert_eq!(tolerated, BTreeSet::from([AccountWarning::PermissionTolerated]));
        }
    }
    for reads in [None, Some(json!(false)), Some(json!("true"))] {
        let mut fields = reading();
        fields.remove("enableReading");
        fields.extend(reads.map(|value| ("enableReading".to_owned(), value)));
        assert!(check(fields, &["enableReading"]).is_err());
    }
}

#[test]
fn an_unbound_or_ending_key_warns() {
    let with = |name: &str, value: Value| {
        let mut fields = reading();
        fields.insert(name.to_owned(), value);
        check(fields, &[]).unwrap()
    };
    assert_eq!(with("ipRestrict", json!(false)), BTreeSet::from([AccountWarning::KeyNotBound]));
    let ends = |days: i64| json!(now().as_millisecond() + days * 86_400_000);
    let soon = BTreeSet::from([AccountWarning::KeyExpiresSoon]);
    assert_eq!(with("tradingAuthorityExpirationTime", ends(13)), soon);
    assert_eq!(with("tradingAuthorityExpirationTime", ends(15)), BTreeSet::new());
}

#[test]
fn recorded_answers_are_read() {
    let test = "recorded_answers_are_read";
    let Some(spot) = fixture("binance/spot_account.json", test) else { return };
    let spot: SpotAccount = parse::json(&spot, "spot").unwrap();
    let deposits = parse::spot_deposits(&spot).unwrap();
    let ltc = deposits.iter().find(|held| held.asset == "LTC").unwrap();
    assert_eq!((ltc.free, ltc.total), (decimal("0.919741"), decimal("0.919741")));
    assert!(deposits.iter().all(|held| held.asset != "BTC"), "nothing of it is held");
    assert_eq!(spot.commission_rates.unwrap().taker, "0.00100000");

    let rows = fixture("binance/usdm_positionRisk_v3.json", test).unwrap();
    let (positions, is_hedged) = parse::positions(&parse::json::<Vec<_>>(&rows, "").unwrap(), &[]).unwrap();
    let [long] = positions.as_slice() else { panic!("{positions:?}") };
    assert_eq!(
        (long.side, long.quantity, long.entry_price),
        (PositionSide::Long, decimal("0.009"), decimal("67445.9"))
    );
    assert_eq!(long.mark_price, Some(decimal("67582.2")));
    assert_eq!(long.liquidation_price, Some(decimal("64846.78939917")));
    assert_eq!((long.leverage, is_hedged), (None, false));

    let account = fixture("binance/usdm_account_v3.json", test).unwrap();
    let account: PerpAccount = parse::json(&account, "").unwrap();
    let equity = parse::equity(&account).unwrap();
    assert_eq!((equity.total, equity.free), (decimal("26.26840422"), Some(decimal("18.65949928"))));
    let deposits = parse::perp_deposits(&account).unwrap();
    let held: Vec<_> = deposits.iter().map(|held| (held.asset.as_str(), held.total, held.free)).collect();
    // FDUSD, BTC and others are available through them, and not held
    assert_eq!(held[0], ("USDT", decimal("3.72964781"), decimal("3.72964781")));
    assert_eq!(held[1].0, "USDC");
    assert_eq!(held.len(), 2);

    let orders = fixture("binance/usdm_order_NEW_batchOrders_response.json", test).unwrap();
    let orders = parse::orders(&parse::json::<Vec<OpenOrder>>(&orders, "").unwrap(), Market::Perp).unwrap();
    let [order] = orders.as_slice() else { panic!("{orders:?}") };
    assert_eq!(
        (order.side, order.price, order.quantity),
        (OrderSide::Sell, Some(decimal("110001")), Some(decimal("0.2")))
    );
    assert!(order.stop_price.is_none() && !order.is_stop && !order.is_reduce_only);
    assert!(!serde_json::to_string(&orders).unwrap().contains("x-xcKtGhcu"), "no client order id");
}

#[test]
fn hedge_mode_holds_both_sides() {
    let row = |side: &str, amount: &str| {
        json!({"symbol": "ETHUSDT", "positionSide": side, "positionAmt": amount, "entryPrice": "2000",
               "markPrice": "", "liquidationPrice": "", "unRealizedProfit": ""})
    };
    let rows = json!([row("LONG", "1.5"), row("SHORT", "-2"), row("LONG", "0.000")]);
    let configs = json!([{"symbol": "ETHUSDT", "marginType": "ISOLATED", "leverage": 20}]);
    let (positions, is_hedged) = parse::positions(&read::<Vec<_>>(rows), &read::<Vec<_>>(configs)).unwrap();
    assert!(is_hedged);
    let found: Vec<_> = positions.iter().map(|held| (held.side, held.quantity)).collect();
    assert_eq!(found, [(PositionSide::Long, decimal("1.5")), (PositionSide::Short, decimal("2"))]);
    assert_eq!((positions[0].leverage, positions[0].is_isolated), (Some(decimal("20")), Some(true)));
    assert_eq!((positions[0].mark_price, positions[0].unrealised_pnl), (None, None), "empty is none");
    let unknown = json!([row("SIDEWAYS", "1")]);
    assert!(parse::positions(&read::<Vec<_>>(unknown), &[]).is_err(), "never guessed");
}

#[test]
fn a_stop_is_told_from_a_target() {
    let order = |kind: &str, close: bool| {
        json!({"algoId": 1, "clientAlgoId": "secret note", "orderType": kind, "symbol": "BTCUSDT",
               "side": "SELL", "positionSide": "BOTH", "quantity": "0.02", "triggerPrice": "70000",
               "price": "0", "closePosition": close, "reduceOnly": false})
    };
    let rows = json!([
        order("STOP_MARKET", true),
        order("TAKE_PROFIT_MARKET", false),
        order("TRAILING_STOP_MARKET", false)
    ]);
    let orders = parse::algo_orders(&read::<Vec<AlgoOrder>>(rows)).unwrap();
    assert_eq!(orders.iter().map(|order| order.is_stop).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((orders[0].quantity, orders[0].is_reduce_only), (None, true), "closes all of the position");
    assert_eq!((orders[0].stop_price, orders[0].price), (Some(decimal("70000")), None));
    assert!(!serde_json::to_string(&orders).unwrap().contains("secret note"));
}

#[test]
fn rates_are_of_the_lowest_bracket_and_the_newest_fundings() {
    let own = json!({"symbol": "BTCUSDT", "brackets": [
        {"bracket": 2, "maintMarginRatio": 0.005}, {"bracket": 1, "maintMarginRatio": 0.004}]});
    for shape in [own.clone(), json!([own])] {
        let brackets: OneOrMany<LeverageBrackets> = read(shape);
        assert_eq!(parse::maintenance(&brackets).unwrap(), Some(decimal("0.004")));
    }
    let hour = 3_600_000_i64;
    let rates: Vec<Value> = (0..30)
        .map(|n| json!({"fundingRate": if n < 9 { "9" } else { "0.0001" }, "fundingTime": n * 8 * hour + n}))
        .collect();
    let rates: Vec<FundingRate> = read(json!(rates));
    // the nine oldest are left out of a mean of 21
    assert_eq!(parse::funding(&rates).unwrap(), (Some(decimal("0.0001")), Some(8)));
    assert_eq!(parse::funding(&[]).unwrap(), (None, None));
}

/// Shapes of the exchange's documentation: filters of a contract have names of their own.
#[test]
fn a_contract_has_steps_of_its_own() {
    let info = |symbol: &str, kind: &str, status: &str| {
        json!({"symbol": symbol, "pair": "BTCUSDT", "contractType": kind, "status": status,
            "pricePrecision": 2, "quantityPrecision": 3, "filters": [
            {"filterType": "PRICE_FILTER", "maxPrice": "4529764", "minPrice": "556.80", "tickSize": "0.10"},
            {"filterType": "LOT_SIZE", "maxQty": "1000", "minQty": "0.002", "stepSize": "0.001"},
            {"filterType": "MARKET_LOT_SIZE", "maxQty": "120", "minQty": "0.001", "stepSize": "0.001"},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
            {"filterType": "MIN_NOTIONAL", "notional": "100"},
            {"filterType": "PERCENT_PRICE", "multiplierUp": "1.05", "multiplierDown": "0.95",
             "multiplierDecimal": "4"}]})
    };
    let contracts: Contracts = read(json!({"timezone": "UTC", "symbols": [
        info("BTCUSDT_260626", "CURRENT_QUARTER", "TRADING"),
        info("BTCUSDT", "PERPETUAL", "TRADING"),
        info("OLDUSDT", "PERPETUAL", "SETTLING"),
    ]}));
    let of = |symbol: &str| parse::contract(&contracts, &symbol.parse().unwrap()).unwrap();
    let (tick, orders) = of("BTCUSDT").unwrap();
    assert_eq!(tick, decimal("0.1"));
    let (least, value) = (orders.min_quantity.unwrap(), orders.min_notional.unwrap());
    assert_eq!((orders.step, least, value), (decimal("0.001"), decimal("0.002"), decimal("100")));
    for none in ["BTCUSDT_260626", "OLDUSDT", "ETHUSDT"] {
        assert_eq!(of(none), None, "{none}");
    }
    let stepless = json!({"symbols": [{"symbol": "BTCUSDT", "contractType": "PERPETUAL", "status": "TRADING",
        "filters": [{"filterType": "PRICE_FILTER", "tickSize": "0"}]}]});
    assert!(parse::contract(&read::<Contracts>(stepless), &"BTCUSDT".parse().unwrap()).is_err());
}

/// As the exchange documents it: the margin's word, a flag and a value as texts, the leverage a number.
#[test]
fn the_leverage_of_a_symbol_is_told_without_a_position() {
    let configs: Vec<SymbolConfig> = read(json!([
        {"symbol": "BTCUSDT", "marginType": "CROSSED", "isAutoAddMargin": "false", "leverage": 21,
         "maxNotionalValue": "1000000"}
    ]));
    assert_eq!(parse::leverage(&configs, &"BTCUSDT".parse().unwrap()), Some(decimal("21")));
    assert_eq!(parse::leverage(&configs, &"ETHUSDT".parse().unwrap()), None);
    let fee: CommissionRate = read(json!({"symbol": "BTCUSDT", "makerCommissionRate": "0.0002",
        "takerCommissionRate": "0.0004", "rpiCommissionRate": "0.00005"}));
    assert_eq!(fee.taker_commission_rate, "0.0004");
}

#[test]
fn what_cannot_be_read_is_not_quoted() {
    let error = parse::json::<SpotAccount>(br#"{"balances": "canary-4711"}"#, "/api/v3/account").unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn any_bytes_are_answered() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let _ = parse::json::<SpotAccount>(bytes, "").map(|account| parse::spot_deposits(&account));
        let _ = parse::json::<PerpAccount>(bytes, "").map(|account| parse::perp_deposits(&account));
        let _ = parse::json::<Vec<OpenOrder>>(bytes, "").map(|rows| parse::orders(&rows, Market::Perp));
        let symbol = "BTCUSDT".parse().unwrap();
        let _ = parse::json::<Contracts>(bytes, "").map(|contracts| parse::contract(&contracts, &symbol));
        let number = String::from_utf8_lossy(bytes);
        let _ = parse::number(&number, "a number");
    });
}

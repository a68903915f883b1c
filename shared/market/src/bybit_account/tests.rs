use std::collections::BTreeSet;

use domain::Market;
use domain::account::{AccountWarning, OrderSide, PositionSide};
use jiff::Timestamp;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::permissions::KeyInfo;
use super::wire::{ContractInfo, FeeRate, FundingRate, List, OrderInfo, PositionInfo, RiskLimit, Wallet};
use super::{parse, sign};
use crate::recorded::shared;

fn fixture(path: &str, test: &str) -> Option<Vec<u8>> {
    shared(&format!("fixtures/bybit/{path}"), test).map(|path| std::fs::read(path).unwrap())
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn read<T: serde::de::DeserializeOwned>(result: Value) -> T {
    parse::result(json!({ "retCode": 0, "result": result }).to_string().as_bytes(), "test").unwrap()
}

/// Time, window and query of the exchange's integration guide. The guide leaves out the secret of its own signature;
/// this one, of the key `API_KEY` and the secret `API_SECRET`, is published in `src/crypto.rs` of the crate
/// patisson-bybit-sdk, and is what `openssl dgst -sha256 -hmac API_SECRET` makes of the four parts.
#[test]
fn the_published_signature_is_made() {
    let secret = SecretString::from("API_SECRET");
    let query = sign::query(&[("category", "option"), ("symbol", "BTC-29JUL22-25000-C")]);
    let parts: [&[u8]; 4] = [b"1658384314791", b"API_KEY", b"5000", query.as_bytes()];
    let published = "8b050bb7b9d53a91c42e16a7aa94a485d7aad9c7d08023a6249a184331a52ae7";
    assert_eq!(sign::signature(&secret, parts), published);
    assert_eq!(
        sign::query(&[("symbol", "币安")]),
        "symbol=%E5%B8%81%E5%AE%89",
        "encoded before it is signed"
    );
    assert_eq!(sign::query(&[("cursor", "page%3D1%26")]), "cursor=page%3D1%26", "as it came");
}

fn now() -> Timestamp {
    "2026-04-30T04:00:00Z".parse().unwrap()
}

/// A key that may read, in the shape of the exchange's documentation.
fn reading() -> Map<String, Value> {
    let value = json!({
        "id": "2208369", "note": "canary", "apiKey": "canary", "readOnly": 1, "secret": "",
        "permissions": {
            "ContractTrade": ["Order", "Position"], "Spot": ["SpotTrade"], "Wallet": [], "Options": [],
            "Derivatives": ["DerivativesTrade"], "CopyTrading": [], "BlockTrade": [], "Exchange": [], "NFT": [],
            "Affiliate": [], "Earn": [], "FiatP2P": [], "FiatConvertBroker": [], "FiatGlobalPay": [],
            "FiatBitPay": [], "BitCard": [], "ByXPost": []
        },
        "ips": ["18.181.170.164"], "type": 1, "deadlineDay": -2, "expiredAt": "1970-01-01T00:00:00Z",
        "createdAt": "2025-10-13T03:20:45Z", "uta": 1, "userID": 1_448_939, "isMaster": true
    });
    value.as_object().unwrap().clone()
}

fn check(fields: Map<String, Value>, tolerated: &[&str]) -> Result<BTreeSet<AccountWarning>, String> {
    let tolerated = tolerated.iter().map(|name| (*name).to_owned()).collect();
    KeyInfo(fields).check(&tolerated, now()).map_err(|error| error.to_string())
}

fn with(name: &str, value: Value) -> Map<String, Value> {
    let mut fields = reading();
    fields.insert(name.to_owned(), value);
    fields
}

fn granted(group: &str, value: Value) -> Map<String, Value> {
    let mut fields = reading();
    fields["permissions"].as_object_mut().unwrap().insert(group.to_owned(), value);
    fields
}

/// What the exchange's documentation lists beyond the account's own trading, and what nobody has heard of.
#[test]
fn a_key_that_may_do_anything_else_is_refused() {
    assert_eq!(check(reading(), &[]), Ok(BTreeSet::new()));
    let beyond = [
        ("Wallet", "AccountTransfer"),
        ("Wallet", "SubMemberTransfer"),
        ("Wallet", "SubMemberTransferList"),
        ("Wallet", "Withdraw"),
        ("Exchange", "ExchangeHistory"),
        ("Earn", "Earn"),
        ("FiatP2P", "FiatP2POrder"),
        ("FiatP2P", "Advertising"),
        ("FiatBitPay", "FaitPayOrder"),
        ("FiatConvertBroker", "FiatConvertBrokerOrder"),
        ("FiatGlobalPay", "FiatGlobalPayOrder"),
        ("BitCard", "BitCard"),
        ("ByXPost", "ByXPost"),
        ("Affiliate", "Affiliate"),
        ("BlockTrade", "BlockTrade"),
        ("CopyTrading", "CopyTrading"),
        ("NFT", "NFTQueryProductList"),
        ("Spot", "SpotTeleport"),
        ("ContractTrade", "Withdraw"),
        ("Teleport", "Anywhere"),
    ];
    for (group, name) in beyond {
        let full = format!("{group}.{name}");
        let fields = granted(group, json!([name]));
        let refused = check(fields.clone(), &["Earn.Other"]).unwrap_err();
        assert!(refused.contains(&full) && !refused.contains("canary"), "{refused}");
        assert_eq!(check(fields, &[&full]), Ok(BTreeSet::from([AccountWarning::PermissionTolerated])));
    }
    // a group that is no list, or a name that is no text, says nothing of what it grants
    for value in [json!(true), json!(null), json!("Order"), json!({"Order": true}), json!([1]), json!([null])]
    {
        for group in ["Spot", "Wallet", "Teleport"] {
            assert!(check(granted(group, value.clone()), &[]).is_err(), "{group} {value}");
        }
    }
}

#[test]
fn a_key_that_may_write_or_does_not_say_is_refused() {
    for value in [json!(0), json!(2), json!("1"), json!(true), json!(1.0), json!(null), json!([1])] {
        let refused = check(with("readOnly", value.clone()), &[]).unwrap_err();
        assert!(refused.contains("readOnly is not 1"), "{value}: {refused}");
    }
    let mut silent = reading();
    silent.remove("readOnly");
    assert!(check(silent, &[]).is_err());
    let tolerated = check(with("readOnly", json!(0)), &["readOnly"]);
    assert_eq!(tolerated, Ok(BTreeSet::from([AccountWarning::PermissionTolerated])), "by its name alone");
    for permissions in [json!(null), json!([]), json!("Order"), json!(true)] {
        assert!(check(with("permissions", permissions), &["readOnly"]).is_err());
    }
    let mut unknown = reading();
    unknown.remove("permissions");
    assert!(check(unknown, &["permissions", "readOnly"]).is_err(), "what is not told cannot be tolerated");
    assert!(check(Map::new(), &[]).is_err());
}

#[test]
fn an_unbound_or_ending_key_warns() {
    for ips in [json!(["*"]), json!(["1.2.3.4", "*"]), json!([]), json!(null), json!("1.2.3.4")] {
        assert_eq!(check(with("ips", ips), &[]), Ok(BTreeSet::from([AccountWarning::KeyNotBound])));
    }
    let soon = BTreeSet::from([AccountWarning::KeyExpiresSoon]);
    for (ends, warnings) in [
        ("2026-05-13T03:59:59Z", soon.clone()),
        ("2026-04-29T00:00:00Z", soon),
        ("2026-05-14T04:00:00Z", BTreeSet::new()),
        ("1970-01-01T00:00:00Z", BTreeSet::new()),
    ] {
        assert_eq!(check(with("expiredAt", json!(ends)), &[]), Ok(warnings), "{ends}");
    }
}

#[test]
fn recorded_answers_are_read() {
    let test = "recorded_answers_are_read";
    let Some(body) = fixture("getWalletBalance.json", test) else { return };
    let wallets: List<Wallet> = parse::result(&body, "wallet").unwrap();
    let equity = parse::equity(&wallets.list[0]).unwrap().unwrap();
    assert_eq!((equity.total, equity.free), (decimal("3.31216591"), Some(decimal("3.00326056"))));
    assert!(parse::deposits(&wallets.list[0]).unwrap().is_empty(), "its one coin is 0");

    let fees: List<FeeRate> = parse::result(&fixture("getFeeRates.json", test).unwrap(), "fees").unwrap();
    assert_eq!((fees.list[0].symbol.as_str(), fees.list[0].taker_fee_rate.as_str()), ("ETHUSDT", "0.0006"));

    let body = fixture("getOrderDetailsLinear.json", test).unwrap();
    let rows: List<OrderInfo> = parse::result(&body, "orders").unwrap();
    assert!(rows.next_page_cursor.is_some_and(|cursor| cursor.contains("%3D")));
    let orders = parse::orders(&rows.list, Market::Perp).unwrap();
    let [order] = orders.as_slice() else { panic!("{orders:?}") };
    assert_eq!((order.side, order.position_side), (OrderSide::Buy, Some(PositionSide::Long)));
    assert_eq!((order.price, order.quantity), (Some(decimal("1600.00")), Some(decimal("0.10"))));
    assert_eq!((order.kind.as_str(), order.stop_price, order.is_stop), ("Limit", None, false));
    assert!(!serde_json::to_string(&orders).unwrap().contains("test-000005"), "no client order id");

    let body = fixture("getOrderDetailsSpot.json", test).unwrap();
    let rows: List<OrderInfo> = parse::result(&body, "orders").unwrap();
    let order = parse::orders(&rows.list, Market::Spot).unwrap().remove(0);
    assert_eq!((order.quantity, order.price, order.kind.as_str()), (None, None, "Market"));
}

#[test]
fn empty_texts_are_nothing_and_margin_is_bound() {
    let wallet = json!({
        "totalEquity": "12000", "totalAvailableBalance": "", "accountIMRate": "", "coin": [
            {"coin": "USDT", "walletBalance": "10000", "locked": "500", "totalOrderIM": "", "totalPositionIM": "300.5"},
            {"coin": "BTC", "walletBalance": "0.05", "locked": "", "totalOrderIM": "", "totalPositionIM": ""},
            {"coin": "ETH", "walletBalance": "-1", "locked": "0", "totalOrderIM": "0", "totalPositionIM": "0"},
            {"coin": "SOL", "walletBalance": "", "locked": ""}
        ]
    });
    let wallet: Wallet = read(wallet);
    let held: Vec<_> = parse::deposits(&wallet)
        .unwrap()
        .into_iter()
        .map(|held| (held.asset, held.free.to_string(), held.locked.to_string(), held.total.to_string()))
        .collect();
    let row = |asset: &str, free: &str, locked: &str, total: &str| {
        (asset.to_owned(), free.to_owned(), locked.to_owned(), total.to_owned())
    };
    assert_eq!(
        held,
        [
            row("USDT", "9199.5", "800.5", "10000"),
            row("BTC", "0.05", "0.00", "0.05"),
            row("ETH", "0", "0", "-1"),
        ]
    );
    assert_eq!(parse::equity(&wallet).unwrap().unwrap().free, None);
}

fn position(index: u8, side: &str, size: &str) -> Value {
    json!({"positionIdx": index, "symbol": "ETHUSDT", "side": side, "size": size, "avgPrice": "2000",
           "markPrice": "", "liqPrice": "", "leverage": "", "unrealisedPnl": "", "stopLoss": "", "trailingStop": "0"})
}

#[test]
fn hedge_mode_holds_both_sides_and_empty_sides_hold_nothing() {
    let rows = json!([position(1, "Buy", "1.5"), position(2, "Sell", "2"), position(1, "", "0")]);
    let (positions, is_hedged, stops) = parse::positions(&read::<Vec<PositionInfo>>(rows)).unwrap();
    assert!(is_hedged && stops.is_empty());
    let found: Vec<_> = positions.iter().map(|held| (held.side, held.quantity)).collect();
    assert_eq!(found, [(PositionSide::Long, decimal("1.5")), (PositionSide::Short, decimal("2"))]);
    let first = &positions[0];
    assert_eq!(
        (first.mark_price, first.liquidation_price, first.leverage),
        (None, None, None),
        "empty is none"
    );
    for unknown in [position(3, "Buy", "1"), position(0, "", "1"), position(0, "Sideways", "1")] {
        assert!(parse::positions(&read::<Vec<PositionInfo>>(json!([unknown]))).is_err(), "never guessed");
    }
}

#[test]
fn a_stop_that_a_position_names_is_an_order_unless_it_is_listed() {
    let mut row = position(0, "Buy", "1.5");
    row["stopLoss"] = json!("1800");
    let (_, _, stops) = parse::positions(&read::<Vec<PositionInfo>>(json!([row]))).unwrap();
    let [stop] = stops.as_slice() else { panic!("{stops:?}") };
    assert_eq!((stop.side, stop.stop_price, stop.quantity), (OrderSide::Sell, Some(decimal("1800")), None));
    assert!(stop.is_stop && stop.is_reduce_only);
    assert_eq!(parse::with_tied(Vec::new(), stops.clone()).len(), 1);
    let listed = json!([order("StopLoss", "Sell", 2, true)]);
    let listed = parse::orders(&read::<Vec<OrderInfo>>(listed), Market::Perp).unwrap();
    assert_eq!(parse::with_tied(listed.clone(), stops), listed);
}

fn order(kind: &str, side: &str, direction: u8, reduce_only: bool) -> Value {
    json!({"orderId": "1", "orderLinkId": "secret note", "symbol": "ETHUSDT", "side": side, "orderType": "Market",
           "stopOrderType": kind, "positionIdx": 0, "price": "0", "triggerPrice": "1800",
           "triggerDirection": direction, "lastPriceOnCreated": "2000", "qty": "1.5", "leavesQty": "1.5",
           "reduceOnly": reduce_only, "closeOnTrigger": false})
}

#[test]
fn a_stop_is_told_from_a_target_and_an_entry() {
    let stops = |market: Market, row: Value| {
        parse::orders(&read::<Vec<OrderInfo>>(json!([row])), market).unwrap().remove(0).is_stop
    };
    for (kind, side, direction, reduce_only, is_stop) in [
        ("StopLoss", "Sell", 2, true, true),
        ("PartialStopLoss", "Sell", 2, true, true),
        ("TrailingStop", "Sell", 2, true, true),
        ("TakeProfit", "Sell", 1, true, false),
        ("Stop", "Sell", 2, true, true),
        ("Stop", "Sell", 1, true, false),
        ("Stop", "Buy", 1, true, true),
        // an entry on a breakout gives nothing up
        ("Stop", "Buy", 1, false, false),
        ("", "Sell", 0, true, false),
        ("UNKNOWN", "Sell", 0, true, false),
    ] {
        let row = order(kind, side, direction, reduce_only);
        assert_eq!(stops(Market::Perp, row), is_stop, "{kind} {side} {direction}");
    }
    // spot names no direction: the trigger lies below what the price was
    assert!(stops(Market::Spot, order("tpslOrder", "Sell", 0, false)));
    assert!(!stops(Market::Spot, order("tpslOrder", "Buy", 0, false)));
    let mut target = order("tpslOrder", "Sell", 0, false);
    target["triggerPrice"] = json!("2200");
    assert!(!stops(Market::Spot, target));
    let rows = json!([order("StopLoss", "Sell", 2, true)]);
    let written = parse::orders(&read::<Vec<OrderInfo>>(rows), Market::Perp).unwrap();
    assert!(!serde_json::to_string(&written).unwrap().contains("secret note"));
}

#[test]
fn rates_are_of_the_lowest_tier_and_the_newest_fundings() {
    for rate in [json!(0.005), json!("0.005")] {
        let tiers = json!([{"id": 2, "maintenanceMargin": "0.01"}, {"id": 1, "maintenanceMargin": rate}]);
        assert_eq!(parse::maintenance(&read::<Vec<RiskLimit>>(tiers)).unwrap(), Some(decimal("0.005")));
    }
    let hour = 3_600_000_i64;
    let rates: Vec<Value> = (0..30)
        .map(|n| {
            let rate = if n < 21 { "0.0001" } else { "9" };
            json!({"symbol": "BTCUSDT", "fundingRate": rate, "fundingRateTimestamp": ((100 - n) * 8 * hour + n).to_string()})
        })
        .collect();
    // the nine oldest, which come last, are left out of a mean of 21
    let rates: Vec<FundingRate> = read(json!(rates));
    assert_eq!(parse::funding(&rates).unwrap(), (Some(decimal("0.0001")), Some(8)));
    assert_eq!(parse::funding(&[]).unwrap(), (None, None));
}

/// Shapes of the exchange's documentation.
#[test]
fn a_contract_has_steps_of_its_own() {
    let info = |symbol: &str, kind: &str, status: &str| {
        json!({"symbol": symbol, "contractType": kind, "status": status, "baseCoin": "BTC", "quoteCoin": "USDT",
            "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
            "lotSizeFilter": {"maxOrderQty": "1190.000", "minOrderQty": "0.002", "qtyStep": "0.001",
                              "minNotionalValue": "5"}})
    };
    let contracts = json!([
        info("BTCUSDT-26JUN26", "LinearFutures", "Trading"),
        info("BTCUSDT", "LinearPerpetual", "Trading"),
        info("OLDUSDT", "LinearPerpetual", "Closed"),
    ]);
    let contracts: Vec<ContractInfo> = read(contracts);
    let of = |symbol: &str| parse::contract(&contracts, &symbol.parse().unwrap()).unwrap();
    let (tick, orders) = of("BTCUSDT").unwrap();
    assert_eq!(tick, decimal("0.1"));
    let (least, value) = (orders.min_quantity.unwrap(), orders.min_notional.unwrap());
    assert_eq!((orders.step, least, value), (decimal("0.001"), decimal("0.002"), decimal("5")));
    for none in ["BTCUSDT-26JUN26", "OLDUSDT", "ETHUSDT"] {
        assert_eq!(of(none), None, "{none}");
    }
    let mut stepless = info("BTCUSDT", "LinearPerpetual", "Trading");
    stepless["lotSizeFilter"]["qtyStep"] = json!("0");
    let stepless: Vec<ContractInfo> = read(json!([stepless]));
    assert!(parse::contract(&stepless, &"BTCUSDT".parse().unwrap()).is_err());
}

#[test]
fn the_leverage_of_a_symbol_is_told_without_a_position() {
    let with = |leverages: &[&str]| {
        let rows = leverages.iter().map(|leverage| {
            let mut row = position(0, "", "0");
            row["leverage"] = json!(leverage);
            row
        });
        parse::leverage(&read::<Vec<PositionInfo>>(Value::Array(rows.collect()))).unwrap()
    };
    assert_eq!((with(&["21"]), with(&["10", "5"])), (Some(decimal("21")), Some(decimal("5"))));
    assert_eq!((with(&[""]), with(&[])), (None, None), "portfolio margin has none");
}

#[test]
fn what_cannot_be_read_is_not_quoted() {
    let body = br#"{"retCode":0,"result":{"list":"canary-4711"}}"#;
    let error = parse::result::<List<Wallet>>(body, "/v5/account/wallet-balance").unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn any_bytes_are_answered() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let _ = parse::result::<Wallet>(bytes, "").map(|wallet| parse::deposits(&wallet));
        let _ = parse::result::<Vec<PositionInfo>>(bytes, "").map(|rows| parse::positions(&rows));
        let symbol = "BTCUSDT".parse().unwrap();
        let _ = parse::result::<Vec<ContractInfo>>(bytes, "").map(|rows| parse::contract(&rows, &symbol));
        let _ = parse::result::<Vec<OrderInfo>>(bytes, "").map(|rows| parse::orders(&rows, Market::Perp));
        // and bytes that got as far as a field
        let field = String::from_utf8_lossy(bytes).into_owned();
        let mut row = position(0, "Buy", "1");
        row["size"] = json!(field);
        row["stopLoss"] = json!(field);
        let _ = parse::positions(&read::<Vec<PositionInfo>>(json!([row])));
        let mut row = order(&field, "Sell", 0, true);
        row["leavesQty"] = json!(field);
        let _ = parse::orders(&read::<Vec<OrderInfo>>(json!([row])), Market::Perp);
        let _ = check(with("expiredAt", json!(field)), &[]);
    });
}

use std::sync::Arc;

use axum::extract::{Query, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::query::Parameters;
use super::super::weighed;
use super::signed::{KEY_REFUSED, check, refusal};
use super::{SimAccount, signed::Refusal};
use crate::futures::Span;
use crate::market::bar::print;
use crate::market::listing::Listing;
use crate::world::Shared;

type Shares = State<Arc<Shared>>;
type Sent = Query<Vec<(String, String)>>;

/// From one funding to the next, milliseconds.
const FUNDING_MS: i64 = 8 * 3_600_000;
const FUNDING: &str = "0.00010000";

/// A signed answer of the account, or the refusal.
fn signed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    weight: u32,
    answer: impl FnOnce(&SimAccount) -> Result<Value, Refusal>,
) -> Response {
    let answered = {
        let account = shared.accounts.lock();
        let checked = check(&account, headers, query.unwrap_or_default(), shared.clock.now_ms());
        checked.and_then(|()| answer(&account))
    };
    match answered {
        Ok(value) => weighed(shared, weight, || Ok(value.to_string())),
        Err(refused) => refusal(refused),
    }
}

/// As [`signed`], for the futures.
fn perp_signed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    weight: u32,
    answer: impl FnOnce(&SimAccount) -> Value,
) -> Response {
    signed(shared, headers, query, weight, |account| {
        if account.reads_perp { Ok(answer(account)) } else { Err(KEY_REFUSED) }
    })
}

pub(super) async fn restrictions(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    signed(&shared, &headers, query.as_deref(), 1, |account| Ok(Value::Object(account.permissions.clone())))
}

pub(super) async fn spot(State(shared): Shares, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    signed(&shared, &headers, query.as_deref(), 20, |account| {
        Ok(json!({
            "makerCommission": 10, "takerCommission": 10, "buyerCommission": 0, "sellerCommission": 0,
            "commissionRates": {
                "maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000"
            },
            "canTrade": true, "canWithdraw": true, "canDeposit": true, "brokered": false,
            "requireSelfTradePrevention": false, "preventSor": false, "updateTime": 0, "accountType": "SPOT",
            "balances": account.balances, "permissions": ["SPOT"], "uid": 354_937_868_i64
        }))
    })
}

pub(super) async fn spot_orders(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    signed(&shared, &headers, query.as_deref(), 80, |account| Ok(json!(account.spot_orders)))
}

pub(super) async fn time(State(shared): Shares) -> Response {
    weighed(&shared, 1, || Ok(json!({ "serverTime": shared.clock.now_ms() }).to_string()))
}

pub(super) async fn perp(State(shared): Shares, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    perp_signed(&shared, &headers, query.as_deref(), 5, |account| account.perp.clone())
}

pub(super) async fn positions(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    perp_signed(&shared, &headers, query.as_deref(), 5, |account| json!(account.positions))
}

pub(super) async fn perp_orders(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    perp_signed(&shared, &headers, query.as_deref(), 40, |account| json!(account.perp_orders))
}

pub(super) async fn algo_orders(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    perp_signed(&shared, &headers, query.as_deref(), 40, |account| json!(account.algo_orders))
}

pub(super) async fn symbol_config(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    perp_signed(&shared, &headers, query.as_deref(), 5, |account| {
        let mut all = account.symbol_config.clone();
        for listing in shared.market.listings() {
            if !all.iter().any(|config| config["symbol"] == listing.symbol.as_str()) {
                all.push(SimAccount::configured(&listing.symbol, 5));
            }
        }
        Value::Array(all)
    })
}

/// Of one symbol the exchange answers an object, of all a list; here one has to be named.
pub(super) async fn brackets(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let symbol = match listed(&shared, &sent) {
        Ok(symbol) => symbol,
        Err(error) => return error.response(),
    };
    perp_signed(&shared, &headers, query.as_deref(), 1, |_| {
        json!({"symbol": symbol, "brackets": [
            {"bracket": 1, "initialLeverage": 125, "notionalCap": 300_000, "notionalFloor": 0,
             "maintMarginRatio": 0.004, "cum": 0},
            {"bracket": 2, "initialLeverage": 100, "notionalCap": 800_000, "notionalFloor": 300_000,
             "maintMarginRatio": 0.005, "cum": 300}
        ]})
    })
}

pub(super) async fn commission(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let symbol = match listed(&shared, &sent) {
        Ok(symbol) => symbol,
        Err(error) => return error.response(),
    };
    perp_signed(&shared, &headers, query.as_deref(), 20, |_| {
        json!({"symbol": symbol, "makerCommissionRate": "0.000200", "takerCommissionRate": "0.000500",
                   "rpiCommissionRate": "0.000050"})
    })
}

/// Public. The newest fundings by the world's clock, the oldest first.
pub(super) async fn funding(State(shared): Shares, Query(sent): Sent) -> Response {
    weighed(&shared, 1, || {
        let symbol = listed(&shared, &sent)?;
        let span = Span::of(&Parameters(sent), 100, 1000).ok_or(ApiError::Value("limit"))?;
        let rates = span.times(FUNDING_MS, 0, shared.clock.now_ms()).into_iter().map(|at| {
            json!({"symbol": symbol, "fundingRate": FUNDING, "fundingTime": at, "markPrice": "",
                   "rateType": "Regular"})
        });
        Ok(Value::Array(rates.collect()).to_string())
    })
}

/// Public. Every contract: none can be asked for alone. Their steps are coarser than those of spot.
pub(super) async fn contracts(State(shared): Shares) -> Response {
    weighed(&shared, 1, || {
        let now = shared.clock.now_ms();
        let symbols: Vec<_> = shared.market.listings().map(contract).collect();
        Ok(json!({"timezone": "UTC", "serverTime": now, "futuresType": "U_MARGINED", "rateLimits": [],
                  "exchangeFilters": [], "assets": [{"asset": "USDT", "marginAvailable": true,
                  "autoAssetExchange": "-10000"}], "symbols": symbols})
        .to_string())
    })
}

fn contract(listing: &Listing) -> Value {
    let coarser = |step: i64| print(i128::from(step) * 10);
    let (tick, step) = (coarser(listing.tick), coarser(listing.step));
    json!({
        "symbol": listing.symbol, "pair": listing.symbol, "contractType": "PERPETUAL",
        "deliveryDate": 4_133_404_800_000_i64, "onboardDate": 1_569_398_400_000_i64,
        "status": if listing.status == "TRADING" { "TRADING" } else { "SETTLING" },
        "maintMarginPercent": "2.5000", "requiredMarginPercent": "5.0000", "baseAsset": listing.base,
        "quoteAsset": listing.quote, "marginAsset": listing.quote, "pricePrecision": 8, "quantityPrecision": 8,
        "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "COIN", "underlyingSubType": ["PoW"],
        "settlePlan": 0, "triggerProtect": "0.0500", "liquidationFee": "0.012500", "marketTakeBound": "0.05",
        "maxMoveOrderLimit": 10000,
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "4529764", "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": step, "maxQty": "1000000", "stepSize": step},
            {"filterType": "MARKET_LOT_SIZE", "minQty": step, "maxQty": "10000", "stepSize": step},
            {"filterType": "MAX_NUM_ORDERS", "limit": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
            {"filterType": "MIN_NOTIONAL", "notional": "100"},
            {"filterType": "PERCENT_PRICE", "multiplierUp": "1.0500", "multiplierDown": "0.9500",
             "multiplierDecimal": "4"}
        ],
        "orderTypes": ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                       "TRAILING_STOP_MARKET"],
        "timeInForce": ["GTC", "IOC", "FOK", "GTX"]
    })
}

fn listed(shared: &Shared, sent: &[(String, String)]) -> Result<String, ApiError> {
    Parameters(sent.to_vec()).symbol(&shared.market).map(|listing| listing.symbol.clone())
}

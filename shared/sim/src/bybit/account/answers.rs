use std::sync::Arc;

use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};

use super::SimBybitAccount;
use super::signed::check;
use crate::binance::query::Parameters;
use crate::bybit::category;
use crate::bybit::envelope::Refusal;
use crate::bybit::paced;
use crate::futures::Span;
use crate::world::Shared;

type Shares = State<Arc<Shared>>;
type Sent = Query<Vec<(String, String)>>;

/// From one funding to the next, milliseconds.
const FUNDING_MS: i64 = 8 * 3_600_000;
const FUNDING: &str = "0.0001";
/// Requests of an endpoint that the key may send in a second; they are told, and not counted.
const A_SECOND: &str = "50";

/// A signed answer of the account, or the refusal.
fn signed(
    shared: &Shared,
    headers: &HeaderMap,
    query: Option<&str>,
    answer: impl FnOnce(&SimBybitAccount) -> Result<Value, Refusal>,
) -> Response {
    let mut response = paced(shared, || {
        let account = shared.bybit_accounts.lock();
        check(&account, headers, query.unwrap_or_default(), shared.clock.now_ms())?;
        answer(&account)
    });
    let reset = HeaderValue::from(shared.clock.now_ms());
    for (name, value) in [
        ("x-bapi-limit", HeaderValue::from_static(A_SECOND)),
        ("x-bapi-limit-status", HeaderValue::from_static("49")),
        ("x-bapi-limit-reset-timestamp", reset),
    ] {
        response.headers_mut().insert(name, value);
    }
    response
}

pub(super) async fn key_info(
    State(shared): Shares,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    signed(&shared, &headers, query.as_deref(), |account| Ok(Value::Object(account.info.clone())))
}

pub(super) async fn wallet(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let sent = Parameters(sent);
    signed(&shared, &headers, query.as_deref(), |account| match sent.get("accountType") {
        Some("UNIFIED") => Ok(json!({ "list": [account.wallet] })),
        _ => Err(Refusal(10_001, "accountType only support UNIFIED.".to_owned())),
    })
}

pub(super) async fn positions(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let sent = Parameters(sent);
    signed(&shared, &headers, query.as_deref(), |account| {
        let rows = match sent.get("symbol") {
            Some(symbol) if account.reads_perp => of_symbol(account, symbol),
            _ => settled(account, &sent, &account.positions)?,
        };
        Ok(page(rows, &sent, 20, 200))
    })
}

pub(super) async fn orders(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let sent = Parameters(sent);
    signed(&shared, &headers, query.as_deref(), |account| {
        let rows = match category(&sent)? {
            "spot" => account.spot_orders.clone(),
            _ => settled(account, &sent, &account.perp_orders)?,
        };
        Ok(page(rows, &sent, 20, 50))
    })
}

/// Of a symbol there is a row without a position too.
fn of_symbol(account: &SimBybitAccount, symbol: &str) -> Vec<Value> {
    let own: Vec<Value> = account.positions.iter().filter(|row| row["symbol"] == symbol).cloned().collect();
    let empty = || {
        json!({ "positionIdx": 0, "symbol": symbol, "side": "", "size": "0", "avgPrice": "0", "leverage": "10",
                "markPrice": "", "liqPrice": "", "unrealisedPnl": "", "stopLoss": "", "trailingStop": "0" })
    };
    if own.is_empty() { vec![empty()] } else { own }
}

/// Of contracts a request names the coin that they are settled in.
fn settled(account: &SimBybitAccount, sent: &Parameters, rows: &[Value]) -> Result<Vec<Value>, Refusal> {
    if !account.reads_perp {
        return Err(Refusal(10_005, "Permission denied, please check your API key permissions.".to_owned()));
    }
    match (category(sent)?, sent.get("settleCoin")) {
        ("linear", Some("USDT")) => Ok(rows.to_vec()),
        ("linear", Some(_)) => Ok(Vec::new()),
        _ => Err(Refusal(
            10_001,
            "Missing some parameters that must be filled in, symbol or settleCoin".to_owned(),
        )),
    }
}

/// A page, and where the next one begins, escaped as the exchange does.
fn page(rows: Vec<Value>, sent: &Parameters, usual: i64, most: i64) -> Value {
    let limit = sent.number("limit").ok().flatten().unwrap_or(usual).clamp(1, most);
    let from =
        sent.get("cursor").and_then(|cursor| cursor.strip_prefix("page_args=")?.parse().ok()).unwrap_or(0);
    let limit = usize::try_from(limit).unwrap_or(1);
    let left = rows.len().saturating_sub(from);
    let next = if left > limit { format!("page_args%3D{}", from + limit) } else { String::new() };
    let list: Vec<Value> = rows.into_iter().skip(from).take(limit).collect();
    json!({ "category": sent.get("category"), "list": list, "nextPageCursor": next })
}

pub(super) async fn fees(
    State(shared): Shares,
    headers: HeaderMap,
    Query(sent): Sent,
    RawQuery(query): RawQuery,
) -> Response {
    let sent = Parameters(sent);
    signed(&shared, &headers, query.as_deref(), |_| {
        let symbol = listed(&shared, &sent)?;
        let taker = if category(&sent)? == "spot" { "0.001" } else { "0.00055" };
        Ok(json!({ "list": [{ "symbol": symbol, "takerFeeRate": taker, "makerFeeRate": "0.0002" }] }))
    })
}

/// Public.
pub(super) async fn risk_limit(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    paced(&shared, || {
        let symbol = listed(&shared, &sent)?;
        let tier = |id: u32, limit: &str, maintenance: &str, lowest: u32| {
            json!({ "id": id, "symbol": symbol, "riskLimitValue": limit, "maintenanceMargin": maintenance,
                    "initialMargin": "0.01", "isLowestRisk": lowest, "maxLeverage": "100.00", "mmDeduction": "" })
        };
        let list = [tier(1, "2000000", "0.005", 1), tier(2, "2600000", "0.0056", 0)];
        Ok(json!({ "category": "linear", "list": list, "nextPageCursor": "" }))
    })
}

/// Public. The newest fundings by the world's clock, the newest first.
pub(super) async fn funding(State(shared): Shares, Query(sent): Sent) -> Response {
    let sent = Parameters(sent);
    paced(&shared, || {
        let symbol = listed(&shared, &sent)?;
        let invalid = || Refusal(10_001, "params error: limit invalid".to_owned());
        let span = Span::of(&sent, 200, 200).ok_or_else(invalid)?;
        let times = span.times(FUNDING_MS, 0, shared.clock.now_ms()).into_iter().rev();
        let rate = |at: i64| json!({ "symbol": symbol, "fundingRate": FUNDING, "fundingRateTimestamp": at.to_string() });
        let rates: Vec<Value> = times.map(rate).collect();
        Ok(json!({ "category": "linear", "list": rates }))
    })
}

fn listed(shared: &Shared, sent: &Parameters) -> Result<String, Refusal> {
    let listing = shared.market.listing(sent.get("symbol").unwrap_or_default());
    let unknown = || Refusal(10_001, "params error: symbol invalid".to_owned());
    listing.map(|listing| listing.symbol.clone()).ok_or_else(unknown)
}

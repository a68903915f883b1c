use serde_json::{Value, json};

use super::Answer;
use super::query::Parameters;
use crate::market::bar::print;
use crate::market::listing::Listing;
use crate::world::Shared;

pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Answer {
    let mut symbols = Vec::new();
    for listing in sent.symbols(&shared.market)? {
        symbols.push(symbol(listing, shared.market.status(listing, shared.clock.now_ms())?));
    }
    let limit = |kind: &str, interval: &str, count: u32, limit: u32| json!({ "rateLimitType": kind, "interval": interval, "intervalNum": count, "limit": limit });
    let info = json!({
        "timezone": "UTC",
        "serverTime": shared.clock.now_ms(),
        "rateLimits": [
            limit("REQUEST_WEIGHT", "MINUTE", 1, 6_000),
            limit("ORDERS", "SECOND", 10, 100),
            limit("ORDERS", "DAY", 1, 200_000),
            limit("RAW_REQUESTS", "MINUTE", 5, 61_000),
        ],
        "exchangeFilters": [],
        "symbols": symbols,
    });
    Ok(info.to_string())
}

fn symbol(listing: &Listing, status: &str) -> Value {
    let (tick, step) = (print(listing.tick.into()), print(listing.step.into()));
    json!({
        "symbol": listing.symbol,
        "status": status,
        "baseAsset": listing.base,
        "baseAssetPrecision": 8,
        "quoteAsset": listing.quote,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
        "icebergAllowed": true,
        "ocoAllowed": true,
        "otoAllowed": true,
        "quoteOrderQtyMarketAllowed": true,
        "allowTrailingStop": true,
        "cancelReplaceAllowed": true,
        "amendAllowed": true,
        "isSpotTradingAllowed": true,
        "isMarginTradingAllowed": false,
        "filters": [
            { "filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "1000000.00000000", "tickSize": tick },
            { "filterType": "LOT_SIZE", "minQty": step, "maxQty": "9000000.00000000", "stepSize": step },
            { "filterType": "ICEBERG_PARTS", "limit": 10 },
            { "filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": "100000.00000000", "stepSize": "0.00000000" },
            { "filterType": "TRAILING_DELTA", "minTrailingAboveDelta": 10, "maxTrailingAboveDelta": 2000, "minTrailingBelowDelta": 10, "maxTrailingBelowDelta": 2000 },
            { "filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": "5", "bidMultiplierDown": "0.2", "askMultiplierUp": "5", "askMultiplierDown": "0.2", "avgPriceMins": 5 },
            { "filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": true, "maxNotional": "9000000.00000000", "applyMaxToMarket": false, "avgPriceMins": 5 },
            { "filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200 },
            { "filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5 }
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": ["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"]
    })
}

use serde_json::{Value, json};

use super::category;
use super::envelope::{Refusal, print};
use crate::binance::query::Parameters;
use crate::market::listing::Listing;
use crate::world::Shared;

/// What trades; of a symbol that does not, or is not there, an empty list.
pub(super) fn answer(shared: &Shared, sent: &Parameters) -> Result<Value, Refusal> {
    let category = category(sent)?;
    let mut list = Vec::new();
    for listing in shared.market.listings() {
        let is_asked = sent.get("symbol").is_none_or(|symbol| symbol == listing.symbol);
        if is_asked && shared.market.status(listing, shared.clock.now_ms())? == "TRADING" {
            list.push(if category == "spot" { spot(listing) } else { linear(listing) });
        }
    }
    Ok(json!({ "category": category, "list": list, "nextPageCursor": "" }))
}

fn spot(listing: &Listing) -> Value {
    let step = print(listing.step.into());
    json!({
        "symbol": listing.symbol, "baseCoin": listing.base, "quoteCoin": listing.quote, "innovation": "0",
        "status": "Trading", "marginTrading": "utaOnly", "stTag": "0",
        "lotSizeFilter": {
            "basePrecision": step, "quotePrecision": "0.00000001", "minOrderQty": step,
            "maxOrderQty": "9000000", "minOrderAmt": "5", "maxOrderAmt": "4000000"
        },
        "priceFilter": { "tickSize": print(listing.tick.into()) },
        "riskParameters": { "priceLimitRatioX": "0.01", "priceLimitRatioY": "0.02" }
    })
}

fn linear(listing: &Listing) -> Value {
    let step = print(listing.step.into());
    json!({
        "symbol": listing.symbol, "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": listing.base,
        "quoteCoin": listing.quote, "settleCoin": listing.quote, "launchTime": listing.listed_ms.to_string(),
        "deliveryTime": "0", "priceScale": "2", "fundingInterval": 480, "unifiedMarginTrade": true,
        "leverageFilter": { "minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01" },
        "priceFilter": { "minPrice": "0.01", "maxPrice": "1000000", "tickSize": print(listing.tick.into()) },
        "lotSizeFilter": { "minOrderQty": step, "qtyStep": step, "maxOrderQty": "9000000", "minNotionalValue": "5" }
    })
}

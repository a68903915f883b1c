//! The exchange's JSON, as far as it is read: no id of an account, no client order id. Numbers are texts, and may be
//! empty.

use serde::Deserialize;

/// `/api/v3/account`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SpotAccount {
    pub(super) balances: Vec<Balance>,
    #[serde(default)]
    pub(super) commission_rates: Option<CommissionRates>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommissionRates {
    pub(super) taker: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Balance {
    pub(super) asset: String,
    pub(super) free: String,
    pub(super) locked: String,
}

/// An element of `/api/v3/openOrders` and `/fapi/v1/openOrders`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenOrder {
    pub(super) symbol: String,
    pub(super) side: String,
    #[serde(default)]
    pub(super) position_side: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) price: String,
    #[serde(default)]
    pub(super) stop_price: String,
    pub(super) orig_qty: String,
    #[serde(default)]
    pub(super) executed_qty: String,
    #[serde(default)]
    pub(super) reduce_only: bool,
    #[serde(default)]
    pub(super) close_position: bool,
}

/// An element of `/fapi/v1/openAlgoOrders`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlgoOrder {
    pub(super) symbol: String,
    pub(super) side: String,
    #[serde(default)]
    pub(super) position_side: String,
    pub(super) order_type: String,
    #[serde(default)]
    pub(super) price: String,
    #[serde(default)]
    pub(super) trigger_price: String,
    #[serde(default)]
    pub(super) quantity: String,
    #[serde(default)]
    pub(super) reduce_only: bool,
    #[serde(default)]
    pub(super) close_position: bool,
}

/// `/fapi/v3/account`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PerpAccount {
    pub(super) total_margin_balance: String,
    pub(super) available_balance: String,
    pub(super) assets: Vec<PerpAsset>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PerpAsset {
    pub(super) asset: String,
    pub(super) wallet_balance: String,
    #[serde(default)]
    pub(super) available_balance: String,
}

/// An element of `/fapi/v3/positionRisk`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PositionRisk {
    pub(super) symbol: String,
    #[serde(default)]
    pub(super) position_side: String,
    pub(super) position_amt: String,
    pub(super) entry_price: String,
    #[serde(default)]
    pub(super) mark_price: String,
    #[serde(default)]
    pub(super) liquidation_price: String,
    // written with a capital R here, and without one elsewhere
    #[serde(default, rename = "unRealizedProfit", alias = "unrealizedProfit")]
    pub(super) unrealized_profit: String,
}

/// `/fapi/v1/exchangeInfo`.
#[derive(Debug, Deserialize)]
pub(super) struct Contracts {
    pub(super) symbols: Vec<ContractInfo>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContractInfo {
    pub(super) symbol: String,
    #[serde(default)]
    pub(super) contract_type: String,
    pub(super) status: String,
    pub(super) filters: Vec<ContractFilter>,
}

/// A trading rule of a contract; of its kinds those read here. The smallest value has another name than on spot.
#[derive(Debug, Deserialize)]
#[serde(tag = "filterType")]
pub(super) enum ContractFilter {
    #[serde(rename = "PRICE_FILTER", rename_all = "camelCase")]
    Price { tick_size: String },
    #[serde(rename = "LOT_SIZE", rename_all = "camelCase")]
    LotSize { step_size: String, min_qty: String },
    #[serde(rename = "MIN_NOTIONAL")]
    Notional { notional: String },
    #[serde(other)]
    Other,
}

/// An element of `/fapi/v1/symbolConfig`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SymbolConfig {
    pub(super) symbol: String,
    pub(super) margin_type: String,
    pub(super) leverage: u32,
}

/// An element of `/fapi/v1/leverageBracket`.
#[derive(Debug, Deserialize)]
pub(super) struct LeverageBrackets {
    pub(super) brackets: Vec<Bracket>,
}

/// A list, or the one element where a symbol was asked for.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bracket {
    pub(super) bracket: u32,
    pub(super) maint_margin_ratio: serde_json::Number,
}

/// `/fapi/v1/commissionRate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CommissionRate {
    pub(super) taker_commission_rate: String,
}

/// An element of `/fapi/v1/fundingRate`, the oldest first.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FundingRate {
    pub(super) funding_rate: String,
    pub(super) funding_time: i64,
}

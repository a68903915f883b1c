//! The exchange's JSON. Numbers are texts, and any of them may be empty.

use serde::Deserialize;

/// What every answer is wrapped in.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) result: T,
}

/// A list, whole or the page of one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct List<T> {
    pub(super) list: Vec<T>,
    #[serde(default)]
    pub(super) next_page_cursor: Option<String>,
}

/// `/v5/account/wallet-balance`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wallet {
    pub(super) total_equity: String,
    #[serde(default)]
    pub(super) total_available_balance: String,
    pub(super) coin: Vec<Coin>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Coin {
    pub(super) coin: String,
    pub(super) wallet_balance: String,
    /// Bound in spot orders.
    #[serde(default)]
    pub(super) locked: String,
    #[serde(default, rename = "totalOrderIM")]
    pub(super) order_margin: String,
    #[serde(default, rename = "totalPositionIM")]
    pub(super) position_margin: String,
}

/// `/v5/position/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PositionInfo {
    /// 0 in one-way mode; in hedge mode 1 of the long side, 2 of the short one.
    pub(super) position_idx: u8,
    pub(super) symbol: String,
    /// Empty where there is no position.
    #[serde(default)]
    pub(super) side: String,
    pub(super) size: String,
    #[serde(default)]
    pub(super) avg_price: String,
    #[serde(default)]
    pub(super) mark_price: String,
    #[serde(default)]
    pub(super) liq_price: String,
    #[serde(default)]
    pub(super) leverage: String,
    #[serde(default)]
    pub(super) unrealised_pnl: String,
    /// Price of a stop that is tied to the position.
    #[serde(default)]
    pub(super) stop_loss: String,
    /// Distance of a stop that follows the price.
    #[serde(default)]
    pub(super) trailing_stop: String,
}

/// `/v5/order/realtime`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderInfo {
    pub(super) symbol: String,
    pub(super) side: String,
    pub(super) order_type: String,
    /// Empty or `UNKNOWN` of an order that waits for nothing.
    #[serde(default)]
    pub(super) stop_order_type: String,
    #[serde(default)]
    pub(super) position_idx: u8,
    #[serde(default)]
    pub(super) price: String,
    #[serde(default)]
    pub(super) trigger_price: String,
    /// 1: the price has to rise to the trigger, 2: to fall; 0 where it is not told.
    #[serde(default)]
    pub(super) trigger_direction: u8,
    /// What the price was when the order was made.
    #[serde(default)]
    pub(super) last_price_on_created: String,
    #[serde(default)]
    pub(super) base_price: String,
    pub(super) qty: String,
    #[serde(default)]
    pub(super) leaves_qty: String,
    #[serde(default)]
    pub(super) reduce_only: bool,
    #[serde(default)]
    pub(super) close_on_trigger: bool,
    /// `quoteCoin` where the quantity is an amount of the quote currency.
    #[serde(default)]
    pub(super) market_unit: String,
}

/// `/v5/account/fee-rate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeeRate {
    pub(super) symbol: String,
    pub(super) taker_fee_rate: String,
}

/// `/v5/market/risk-limit`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RiskLimit {
    pub(super) id: i64,
    /// A number in the documentation's table, a text in its example.
    pub(super) maintenance_margin: serde_json::Value,
}

/// `/v5/market/instruments-info` of contracts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContractInfo {
    pub(super) symbol: String,
    pub(super) contract_type: String,
    pub(super) status: String,
    pub(super) price_filter: ContractPrice,
    pub(super) lot_size_filter: ContractLot,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContractPrice {
    pub(super) tick_size: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ContractLot {
    pub(super) qty_step: String,
    #[serde(default)]
    pub(super) min_order_qty: String,
    #[serde(default)]
    pub(super) min_notional_value: String,
}

/// `/v5/market/funding/history`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FundingRate {
    pub(super) funding_rate: String,
    pub(super) funding_rate_timestamp: String,
}

//! The exchange's JSON. Numbers are texts, times too.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub(super) result: T,
}

#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) list: Vec<T>,
}

/// A row of `/v5/market/funding/history`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FundingRow {
    pub(super) funding_rate: String,
    pub(super) funding_rate_timestamp: String,
}

/// A row of `/v5/market/open-interest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenInterestRow {
    pub(super) open_interest: String,
    pub(super) timestamp: String,
}

/// A row of `/v5/market/account-ratio`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RatioRow {
    pub(super) buy_ratio: String,
    pub(super) sell_ratio: String,
    pub(super) timestamp: String,
}

/// `/v5/market/orderbook`.
#[derive(Debug, Deserialize)]
pub(super) struct Book {
    pub(super) b: Vec<[String; 2]>,
    pub(super) a: Vec<[String; 2]>,
}

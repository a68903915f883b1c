//! The exchange's JSON.

use serde::Deserialize;

/// A row of `/fapi/v1/fundingRate`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FundingRow {
    pub(super) funding_rate: String,
    pub(super) funding_time: i64,
}

/// A row of `/futures/data/openInterestHist`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenInterestRow {
    pub(super) sum_open_interest: String,
    pub(super) sum_open_interest_value: String,
    pub(super) timestamp: i64,
}

/// A row of `/futures/data/globalLongShortAccountRatio`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LongShortRow {
    pub(super) long_account: String,
    pub(super) short_account: String,
    pub(super) timestamp: i64,
}

/// `/fapi/v1/depth` and `/api/v3/depth`.
#[derive(Debug, Deserialize)]
pub(super) struct Depth {
    pub(super) bids: Vec<[String; 2]>,
    pub(super) asks: Vec<[String; 2]>,
}

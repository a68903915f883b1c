//! Candles and report rows in BigQuery, and what its emulator does not notice.
use storage::conformance;

use super::warehouse::Warehouse;

#[tokio::test(flavor = "multi_thread")]
async fn candles_pass_their_suite() {
    let Some(warehouse) = Warehouse::new("candles_pass_their_suite") else { return };
    conformance::candle_store(&warehouse.candles()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn report_rows_pass_their_suite() {
    let Some(warehouse) = Warehouse::new("report_rows_pass_their_suite") else { return };
    conformance::report_store(&warehouse.reports("2026-04-30T04:03:00Z")).await;
}

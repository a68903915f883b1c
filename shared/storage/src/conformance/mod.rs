//! What every backend must do, as functions that its tests call with an empty store. A broken promise panics.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a suite reports by panicking")]

mod artifacts;
mod candles;
mod journal;
mod recommendations;
mod reports;

pub use artifacts::artifact_store;
pub use candles::candle_store;
pub use journal::journal;
pub use recommendations::recommendation_rows;
pub use reports::report_store;

use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time in the suite")
}

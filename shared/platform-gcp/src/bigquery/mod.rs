//! BigQuery: candles, and the rows of reports and recommendations.
//!
//! Tables, views and the table function are described in `infra/schemas`, their texts and all queries are files in
//! `infra/sql`. Everything is appended and nothing changed: rows are streamed to a table's default stream, at least
//! once, and every reader takes each of them once. Decimals are texts, with the digits they came with.

mod bars;
mod candles;
mod client;
mod config;
mod error;
mod load;
mod recommendations;
mod reports;
mod retry;
mod rows;
mod schema;
mod statements;
mod types;
mod write;

pub use candles::BigQueryCandles;
pub use config::{BigQueryConfig, BigQueryEmulator, StagingConfig};
pub use reports::{BigQueryReports, Now};
pub use statements::{STATEMENTS, Statement};
pub use types::Type;

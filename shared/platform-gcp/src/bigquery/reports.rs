use std::sync::Arc;

use async_trait::async_trait;
use domain::{ReportId, Source, Symbol, Timeframe};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use storage::{ReportRow, ReportStore, StoreError};

use super::client::Client;
use super::config::BigQueryConfig;
use super::rows::{Row, damaged};
use super::schema::Table;
use super::statements::{REPORT_BY_ID, REPORTS_OF_SERIES};
use super::types::Value;
use super::write::Writer;
use crate::Identity;

/// The time of this machine or of a test.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Report rows in BigQuery. A report's id is derived from its step, so that a row appended twice is told: readers
/// take the first.
pub struct BigQueryReports {
    client: Client,
    writer: Writer,
    table: Table,
    now: Now,
}

impl BigQueryReports {
    /// Report rows in that project. It connects at its first call.
    ///
    /// # Errors
    /// `Unavailable` if an emulator's address is none.
    pub fn new(config: BigQueryConfig, identity: Identity, now: Now) -> Result<Self, StoreError> {
        let writer = Writer::new(&config, identity.clone())?;
        Ok(Self { client: Client::new(config, identity), writer, table: Table::reports()?, now })
    }
}

#[async_trait]
impl ReportStore for BigQueryReports {
    async fn append(&self, row: &ReportRow) -> Result<(), StoreError> {
        let Ok(Json::Object(mut members)) = serde_json::to_value(row) else {
            return Err(damaged("report_id", &row.report_id));
        };
        members.insert("created_at".to_owned(), json!((self.now)()));
        self.writer.append(&self.table, vec![self.table.encode(&members)?]).await
    }

    async fn report(&self, id: &ReportId) -> Result<Option<ReportRow>, StoreError> {
        let rows = self.client.rows(&REPORT_BY_ID, vec![Value::text(id)]).await?;
        rows.iter().next().map(|row| parse(&row)).transpose()
    }

    async fn reports(
        &self,
        source: &Source,
        symbol: &Symbol,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let values = vec![
            Value::text(source),
            Value::text(symbol),
            Value::text(timeframe),
            Value::Int64(i64::try_from(limit).unwrap_or(i64::MAX)),
        ];
        let rows = self.client.rows(&REPORTS_OF_SERIES, values).await?;
        rows.iter().map(|row| parse(&row)).collect()
    }
}

/// Columns whose values are numbers.
const NUMBERS: [&str; 11] = [
    "p_up",
    "p_neither",
    "p_down",
    "confidence",
    "checked",
    "verified",
    "repaired",
    "unverified",
    "model_calls",
    "prompt_tokens",
    "completion_tokens",
];

/// Columns whose values are texts.
const TEXTS: [&str; 17] = [
    "report_id",
    "run_id",
    "step_id",
    "source",
    "symbol",
    "timeframe",
    "outcome",
    "bias",
    "trust",
    "analyst",
    "llm_prompt_id",
    "llm_model_id",
    "llm_model",
    "cost_usd",
    "parent_report_id",
    "gcs_uri",
    "sha256",
];

fn parse(row: &Row<'_>) -> Result<ReportRow, StoreError> {
    let mut members = Map::new();
    for name in NUMBERS {
        members.insert(name.to_owned(), json!(row.parsed::<i64>(name)?));
    }
    for name in TEXTS {
        members.insert(name.to_owned(), json!(row.optional(name)?));
    }
    for (name, column) in [("as_of", "as_of_us"), ("decided_at", "decided_us")] {
        let micros = row.parsed(column)?;
        let at = Timestamp::from_microsecond(micros).map_err(|_| damaged(column, micros))?;
        members.insert(name.to_owned(), json!(at));
    }
    serde_json::from_value(Json::Object(members)).map_err(|error| damaged("of a report", error))
}

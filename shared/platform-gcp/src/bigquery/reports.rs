use std::sync::Arc;

use async_trait::async_trait;
use domain::{RecommendationId, ReportId, Source, Symbol, Timeframe};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use storage::{RecommendationFilter, RecommendationRow, ReportRow, ReportStore, StoreError};

use super::client::Client;
use super::config::BigQueryConfig;
use super::recommendations;
use super::rows::{Row, damaged};
use super::schema::Table;
use super::statements::{RECOMMENDATION_BY_ID, RECOMMENDATIONS_MATCHING, REPORT_BY_ID, REPORTS_OF_SERIES};
use super::types::Value;
use super::write::Writer;
use crate::Identity;

/// The time of this machine or of a test.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Rows of reports and recommendations in BigQuery. Ids are derived from steps, so that a row appended twice is told:
/// readers take the first.
pub struct BigQueryReports {
    client: Client,
    writer: Writer,
    reports: Table,
    recommendations: Table,
    now: Now,
}

impl BigQueryReports {
    /// The rows in that project. It connects at its first call.
    ///
    /// # Errors
    /// `Unavailable` if an emulator's address is none.
    pub fn new(config: BigQueryConfig, identity: Identity, now: Now) -> Result<Self, StoreError> {
        let writer = Writer::new(&config, identity.clone())?;
        let client = Client::new(config, identity);
        let (reports, recommendations) = (Table::reports()?, Table::recommendations()?);
        Ok(Self { client, writer, reports, recommendations, now })
    }

    async fn write(&self, table: &Table, row: &(impl Serialize + Sync)) -> Result<(), StoreError> {
        let Ok(Json::Object(mut members)) = serde_json::to_value(row) else {
            return Err(damaged("created_at", "a row without columns"));
        };
        members.insert("created_at".to_owned(), json!((self.now)()));
        self.writer.append(table, vec![table.encode(&members)?]).await
    }
}

#[async_trait]
impl ReportStore for BigQueryReports {
    async fn append(&self, row: &ReportRow) -> Result<(), StoreError> {
        self.write(&self.reports, row).await
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

    async fn append_recommendation(&self, row: &RecommendationRow) -> Result<(), StoreError> {
        self.write(&self.recommendations, row).await
    }

    async fn recommendation(&self, id: &RecommendationId) -> Result<Option<RecommendationRow>, StoreError> {
        let rows = self.client.rows(&RECOMMENDATION_BY_ID, vec![Value::text(id)]).await?;
        rows.iter().next().map(|row| recommendations::parse(&row)).transpose()
    }

    async fn recommendations(
        &self,
        filter: &RecommendationFilter,
        limit: usize,
    ) -> Result<Vec<RecommendationRow>, StoreError> {
        let values = recommendations::parameters(filter, limit);
        let rows = self.client.rows(&RECOMMENDATIONS_MATCHING, values).await?;
        rows.iter().map(|row| recommendations::parse(&row)).collect()
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
    let members = members(row, &NUMBERS, &TEXTS)?;
    serde_json::from_value(Json::Object(members)).map_err(|error| damaged("of a report", error))
}

/// Columns of a row and its two times, as members of a document.
pub(super) fn members(
    row: &Row<'_>,
    numbers: &[&str],
    texts: &[&str],
) -> Result<Map<String, Json>, StoreError> {
    let mut members = Map::new();
    for name in numbers {
        members.insert((*name).to_owned(), json!(row.parsed::<i64>(name)?));
    }
    for name in texts {
        members.insert((*name).to_owned(), json!(row.optional(name)?));
    }
    for (name, column) in [("as_of", "as_of_us"), ("decided_at", "decided_us")] {
        let micros = row.parsed(column)?;
        let at = Timestamp::from_microsecond(micros).map_err(|_| damaged(column, micros))?;
        members.insert(name.to_owned(), json!(at));
    }
    Ok(members)
}

use async_trait::async_trait;
use domain::{RecommendationId, ReportId, Source, Symbol, Timeframe};
use rusqlite::{OptionalExtension, Row, params};
use serde::de::DeserializeOwned;
use storage::{RecommendationFilter, RecommendationRow, ReportRow, ReportStore, StoreError};

use super::{Database, json_error, recommendations, sql_error, sum};
use crate::fault;

const WHAT: &str = "a report row";

/// Rows of reports and recommendations in SQLite.
pub struct SqliteReports {
    database: Database,
}

impl SqliteReports {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ReportStore for SqliteReports {
    async fn append(&self, row: &ReportRow) -> Result<(), StoreError> {
        let document = serde_json::to_string(row).map_err(|e| json_error(WHAT, &e))?;
        self.database.run(|connection| {
            let sql = "INSERT OR IGNORE INTO reports (report_id, source, symbol, timeframe, as_of_ms, document, \
                       sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let values = params![
                row.report_id.as_str(),
                row.source.to_string(),
                row.symbol.as_str(),
                row.timeframe.as_str(),
                row.as_of.as_millisecond(),
                document,
                sum::of([document.as_str()]),
            ];
            fault::point("reports.append");
            connection.execute(sql, values).map_err(sql_error)?;
            fault::point("reports.appended");
            Ok(())
        })
    }

    async fn report(&self, id: &ReportId) -> Result<Option<ReportRow>, StoreError> {
        self.database.run(|connection| {
            let sql = "SELECT document, sum FROM reports WHERE report_id = ?1";
            let row = connection.query_row(sql, [id.as_str()], document).optional().map_err(sql_error)?;
            row.map(|row| parse(WHAT, row)).transpose()
        })
    }

    async fn reports(
        &self,
        source: &Source,
        symbol: &Symbol,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<ReportRow>, StoreError> {
        self.database.run(|connection| {
            let sql = "SELECT document, sum FROM reports WHERE source = ?1 AND symbol = ?2 AND timeframe = ?3 \
                       ORDER BY as_of_ms DESC, report_id LIMIT ?4";
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let values = params![source.to_string(), symbol.as_str(), timeframe.as_str(), limit];
            let mut statement = connection.prepare_cached(sql).map_err(sql_error)?;
            let rows = statement.query_map(values, document).map_err(sql_error)?;
            rows.map(|row| row.map_err(sql_error).and_then(|row| parse(WHAT, row))).collect()
        })
    }

    async fn append_recommendation(&self, row: &RecommendationRow) -> Result<(), StoreError> {
        self.database.run(|connection| recommendations::append(connection, row))
    }

    async fn recommendation(&self, id: &RecommendationId) -> Result<Option<RecommendationRow>, StoreError> {
        self.database.run(|connection| recommendations::one(connection, id))
    }

    async fn recommendations(
        &self,
        filter: &RecommendationFilter,
        limit: usize,
    ) -> Result<Vec<RecommendationRow>, StoreError> {
        self.database.run(|connection| recommendations::some(connection, filter, limit))
    }
}

/// A row's document and its sum.
pub(super) fn document(row: &Row<'_>) -> rusqlite::Result<(String, Option<u32>)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// The row of a document that is what was written.
pub(super) fn parse<T: DeserializeOwned>(
    what: &str,
    (text, kept): (String, Option<u32>),
) -> Result<T, StoreError> {
    let text = sum::checked(what, text, kept)?;
    serde_json::from_str(&text).map_err(|e| json_error(what, &e))
}

use async_trait::async_trait;
use domain::{ReportId, Source, Symbol, Timeframe};
use rusqlite::{OptionalExtension, Row, params};
use storage::{ReportRow, ReportStore, StoreError};

use super::{Database, json_error, sql_error, sum};
use crate::fault;

/// Report rows in SQLite.
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
        let document = serde_json::to_string(row).map_err(|e| json_error("report row", &e))?;
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
            row.map(parse).transpose()
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
            rows.map(|row| row.map_err(sql_error).and_then(parse)).collect()
        })
    }
}

/// A row's document and its sum.
fn document(row: &Row<'_>) -> rusqlite::Result<(String, Option<u32>)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn parse((text, kept): (String, Option<u32>)) -> Result<ReportRow, StoreError> {
    let text = sum::checked("a report row", text, kept)?;
    serde_json::from_str(&text).map_err(|e| json_error("report row", &e))
}

//! Rows of recommendations.

use domain::recommendation::Direction;
use domain::{RecommendationId, Symbol};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use storage::{RecommendationFilter, RecommendationRow, StoreError};

use super::reports::{document, parse};
use super::{json_error, schema, sql_error, sum};
use crate::fault;

const WHAT: &str = "a recommendation row";

pub(super) fn append(connection: &Connection, row: &RecommendationRow) -> Result<(), StoreError> {
    let document = serde_json::to_string(row).map_err(|e| json_error(WHAT, &e))?;
    let sql = "INSERT OR IGNORE INTO recommendations (recommendation_id, source, symbol, direction, strength, \
               as_of_us, document, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        row.recommendation_id.as_str(),
        row.source.to_string(),
        row.symbol.as_str(),
        row.direction.as_str(),
        row.signal_strength,
        row.as_of.as_microsecond(),
        document,
        sum::of([document.as_str()]),
    ];
    fault::point("recommendations.append");
    connection.execute(sql, values).map_err(sql_error)?;
    fault::point("recommendations.appended");
    Ok(())
}

pub(super) fn one(
    connection: &Connection,
    id: &RecommendationId,
) -> Result<Option<RecommendationRow>, StoreError> {
    if schema::is_before_recommendations(connection)? {
        return Ok(None);
    }
    let sql = "SELECT document, sum FROM recommendations WHERE recommendation_id = ?1";
    let row = connection.query_row(sql, [id.as_str()], document).optional().map_err(sql_error)?;
    row.map(|row| parse(WHAT, row)).transpose()
}

pub(super) fn some(
    connection: &Connection,
    filter: &RecommendationFilter,
    limit: usize,
) -> Result<Vec<RecommendationRow>, StoreError> {
    if schema::is_before_recommendations(connection)? {
        return Ok(Vec::new());
    }
    // the index is walked in the order of the answer, so that a limit ends the walk
    let sql = "SELECT document, sum FROM recommendations WHERE (:symbol IS NULL OR symbol = :symbol) \
               AND (:source IS NULL OR source = :source) AND (:direction IS NULL OR direction = :direction) \
               AND (:strength IS NULL OR strength >= :strength) AND as_of_us >= :since AND as_of_us < :until \
               ORDER BY as_of_us DESC, recommendation_id LIMIT :most";
    let values = named_params! {
        ":symbol": filter.symbol.as_ref().map(Symbol::as_str),
        ":source": filter.source.as_ref().map(ToString::to_string),
        ":direction": filter.direction.map(Direction::as_str),
        ":strength": filter.min_strength,
        ":since": filter.from.map_or(i64::MIN, |from| from.as_microsecond()),
        ":until": filter.to.map_or(i64::MAX, |to| to.as_microsecond()),
        ":most": i64::try_from(limit).unwrap_or(i64::MAX),
    };
    let mut statement = connection.prepare_cached(sql).map_err(sql_error)?;
    let rows = statement.query_map(values, document).map_err(sql_error)?;
    rows.map(|row| row.map_err(sql_error).and_then(|row| parse(WHAT, row))).collect()
}

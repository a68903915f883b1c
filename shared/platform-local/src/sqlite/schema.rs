use std::path::Path;

use rusqlite::Connection;
use storage::StoreError;

use super::sql_error;
use crate::Access;

/// Each entry takes a database one version up.
const STEPS: [&str; 6] = [
    "
    CREATE TABLE series (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL,
        refreshed_ms INTEGER,
        UNIQUE (source, symbol, timeframe)
    );
    CREATE TABLE candles (
        series INTEGER NOT NULL, open_ms INTEGER NOT NULL, observed_ms INTEGER NOT NULL,
        close_ms INTEGER NOT NULL, revision INTEGER NOT NULL,
        open TEXT NOT NULL, high TEXT NOT NULL, low TEXT NOT NULL, close TEXT NOT NULL,
        volume TEXT NOT NULL, quote_volume TEXT NOT NULL, trades INTEGER NOT NULL,
        taker_base TEXT NOT NULL, taker_quote TEXT NOT NULL,
        PRIMARY KEY (series, open_ms, observed_ms)
    ) WITHOUT ROWID;
    CREATE TABLE instruments (
        source TEXT NOT NULL, symbol TEXT NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (source, symbol)
    ) WITHOUT ROWID;
    CREATE TABLE artifacts (
        key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, media_type TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE runs (
        run_id TEXT PRIMARY KEY, requested_ms INTEGER NOT NULL, status TEXT NOT NULL, document TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX runs_by_request ON runs (requested_ms);
    CREATE TABLE steps (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id TEXT NOT NULL, step_id TEXT NOT NULL, document TEXT NOT NULL,
        UNIQUE (run_id, step_id)
    );
    CREATE TABLE reports (
        report_id TEXT PRIMARY KEY, source TEXT NOT NULL, symbol TEXT NOT NULL, timeframe TEXT NOT NULL,
        as_of_ms INTEGER NOT NULL, document TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX reports_by_series ON reports (source, symbol, timeframe, as_of_ms);
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, taken INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
    );
",
    "
    CREATE TABLE gaps (
        series INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, asked_ms INTEGER,
        PRIMARY KEY (series, from_ms)
    ) WITHOUT ROWID;
",
    "
    ALTER TABLE candles ADD COLUMN sum INTEGER;
    ALTER TABLE instruments ADD COLUMN sum INTEGER;
    ALTER TABLE runs ADD COLUMN sum INTEGER;
    ALTER TABLE steps ADD COLUMN sum INTEGER;
    ALTER TABLE reports ADD COLUMN sum INTEGER;
",
    "
    ALTER TABLE series ADD COLUMN from_ms INTEGER;
    CREATE TABLE silences (source TEXT PRIMARY KEY, until_ms INTEGER NOT NULL) WITHOUT ROWID;
",
    "
    CREATE TABLE recommendations (
        recommendation_id TEXT PRIMARY KEY, source TEXT NOT NULL, symbol TEXT NOT NULL, direction TEXT NOT NULL,
        strength INTEGER NOT NULL, as_of_us INTEGER NOT NULL, document TEXT NOT NULL, sum INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX recommendations_by_time ON recommendations (as_of_us DESC, recommendation_id);
",
    // not every venue tells trades and takers: the table is made anew without their NOT NULL
    "
    CREATE TABLE candles_anew (
        series INTEGER NOT NULL, open_ms INTEGER NOT NULL, observed_ms INTEGER NOT NULL,
        close_ms INTEGER NOT NULL, revision INTEGER NOT NULL,
        open TEXT NOT NULL, high TEXT NOT NULL, low TEXT NOT NULL, close TEXT NOT NULL,
        volume TEXT NOT NULL, quote_volume TEXT NOT NULL,
        trades INTEGER, taker_base TEXT, taker_quote TEXT, sum INTEGER,
        PRIMARY KEY (series, open_ms, observed_ms)
    ) WITHOUT ROWID;
    INSERT INTO candles_anew SELECT
        series, open_ms, observed_ms, close_ms, revision, open, high, low, close, volume, quote_volume,
        trades, taker_base, taker_quote, sum
    FROM candles;
    DROP TABLE candles;
    ALTER TABLE candles_anew RENAME TO candles;
",
];

/// The oldest version that readers take: since then tables came, which a reader finds empty where they are missing.
const READABLE: u32 = 4;
/// The version that recommendations came with.
const RECOMMENDATIONS: u32 = 5;

/// Whether a reader's database is of a version without recommendations.
pub(super) fn is_before_recommendations(connection: &Connection) -> Result<bool, StoreError> {
    Ok(version(connection)? < RECOMMENDATIONS)
}

fn version(connection: &Connection) -> Result<u32, StoreError> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(sql_error)
}

/// Brings the database to this version; a newer one is left untouched.
pub(super) fn prepare(connection: &mut Connection, path: &Path, access: Access) -> Result<(), StoreError> {
    let found = version(connection)?;
    let known = STEPS.len() as u32;
    if found > known {
        return Err(StoreError::Newer { what: path.display().to_string(), found, known });
    }
    if access == Access::Read {
        return if found >= READABLE { Ok(()) } else { Err(behind(path, found, known)) };
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        .map_err(sql_error)?;
    for (version, step) in (1_u32..).zip(STEPS).skip(found as usize) {
        let transaction = connection.transaction().map_err(sql_error)?;
        transaction.execute_batch(step).map_err(sql_error)?;
        transaction.pragma_update(None, "user_version", version).map_err(sql_error)?;
        transaction.commit().map_err(sql_error)?;
    }
    Ok(())
}

/// A reader changes nothing, so it cannot read what was begun and never written, or an older version's folder.
fn behind(path: &Path, found: u32, known: u32) -> StoreError {
    let place = path.display();
    if found == 0 {
        return StoreError::NotFound(format!("a finished {place}"));
    }
    StoreError::Unusable(format!(
        "{place} is of an older version ({found}, this one is {known}); a command that writes, such as `topdown \
         collect`, brings it up"
    ))
}

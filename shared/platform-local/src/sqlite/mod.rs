//! One SQLite file for candles, journal, reports, recommendations, messages and the index of artifacts.

mod bus;
mod candles;
mod journal;
mod recommendations;
mod reports;
mod schema;
mod silences;
mod sum;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use bus::{Delivery, SqliteBus};
pub use candles::SqliteCandles;
pub use journal::SqliteJournal;
pub use reports::SqliteReports;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
pub use silences::Silences;
use storage::StoreError;

use crate::Access;

/// One connection, shared: SQLite has one writer anyway, and its calls take microseconds to milliseconds.
#[derive(Clone)]
pub(crate) struct Database(Arc<Mutex<Connection>>);

impl Database {
    pub(crate) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        // the connection is used under this process's own lock, so SQLite needs none
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
            | match access {
                Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
                Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            };
        let mut connection = match Connection::open_with_flags(path, flags).and_then(readable) {
            Err(error) if access == Access::Read && cannot_open(&error) => unchanging(path)?,
            opened => opened.map_err(sql_error)?,
        };
        connection.busy_timeout(Duration::from_secs(5)).map_err(sql_error)?;
        // plans that depend on values are made anew with every value: half the time of keeping a page of candles
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(sql_error)?;
        schema::prepare(&mut connection, path, access)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// The connection. A panic under the lock leaves no half transaction: SQLite rolls it back.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` off the async threads.
    pub(crate) fn run<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        tokio::task::block_in_place(|| work(&mut self.lock()))
    }
}

/// The connection, if its file can be read: opening alone does not look.
fn readable(connection: Connection) -> rusqlite::Result<Connection> {
    connection.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

fn cannot_open(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// A reader's connection where nobody can write, such as a folder on a read-only disk: SQLite then needs no files
/// beside the database. Not where a log is left, which holds changes that such a reader would not see.
fn unchanging(path: &Path) -> Result<Connection, StoreError> {
    let place = path.display().to_string();
    let log = path.with_extension("sqlite-wal");
    if log.metadata().is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::Unusable(format!(
            "{place} was left open by a killed process and can be read only where it can be written; copy the data \
             folder to such a place"
        )));
    }
    let uri = format!("file:{}?immutable=1", percent(&place));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags).and_then(readable).map_err(sql_error)
}

/// A path within SQLite's address form, where these characters mean something.
fn percent(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

pub(crate) fn sql_error(error: rusqlite::Error) -> StoreError {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error};
    if let FromSqlConversionFailure(..)
    | IntegralValueOutOfRange(..)
    | InvalidColumnType(..)
    | Utf8Error(..) = &error
    {
        return damaged(&error);
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full("the data folder".to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::InUse { pid: None },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(&error),
        Some(ErrorCode::SystemIoFailure) => StoreError::Unavailable(format!(
            "the disk of the data folder does not do what it is told ({error}); see whether it is full or failing"
        )),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// The database itself cannot be trusted: no run mends that.
fn damaged(error: &rusqlite::Error) -> StoreError {
    StoreError::Unusable(format!(
        "topdown.sqlite is damaged ({error}); move the data folder away and start anew, or put back a copy"
    ))
}

pub(crate) fn io_error(path: &Path, error: &std::io::Error) -> StoreError {
    let place = path.display().to_string();
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full(place),
        std::io::ErrorKind::Other => StoreError::Unusable(format!("{place}: {error}")),
        _ => StoreError::Unavailable(format!("{place}: {error}")),
    }
}

fn json_error(what: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { what: what.to_owned(), found: error.to_string() }
}

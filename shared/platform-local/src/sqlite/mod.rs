//! One SQLite file for candles, journal, reports, messages and the index of artifacts.

mod bus;
mod candles;
mod journal;
mod reports;
mod schema;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use bus::{Delivery, SqliteBus};
pub use candles::SqliteCandles;
pub use journal::SqliteJournal;
pub use reports::SqliteReports;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use storage::StoreError;

use crate::Access;

/// One connection, shared: SQLite has one writer anyway, and its calls take microseconds to milliseconds.
#[derive(Clone)]
pub(crate) struct Database(Arc<Mutex<Connection>>);

impl Database {
    pub(crate) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let flags = match access {
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let mut connection = Connection::open_with_flags(path, flags).map_err(sql_error)?;
        connection.busy_timeout(Duration::from_secs(5)).map_err(sql_error)?;
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

pub(crate) fn sql_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full("the data folder".to_owned()),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::InUse { pid: None },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { what: "topdown.sqlite".to_owned(), found: error.to_string() }
        }
        _ => StoreError::Unavailable(error.to_string()),
    }
}

pub(crate) fn io_error(path: &Path, error: &std::io::Error) -> StoreError {
    let place = path.display().to_string();
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::Full(place),
        _ => StoreError::Unavailable(format!("{place}: {error}")),
    }
}

fn json_error(what: &str, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { what: what.to_owned(), found: error.to_string() }
}

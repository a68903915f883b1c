use domain::Source;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use storage::StoreError;

use super::{Database, sql_error};

/// Until when each exchange wants silence: a ban is the address's, and outlives the process that met it. Times are
/// this machine's, for only what is left of a silence counts.
pub struct Silences {
    database: Database,
}

impl Silences {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// The end of the silence that `source` asked for last, if it ever did.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn until(&self, source: &Source) -> Result<Option<Timestamp>, StoreError> {
        self.database.run(|connection| {
            let sql = "SELECT until_ms FROM silences WHERE source = ?1";
            let row = connection.query_row(sql, [source.to_string()], |row| row.get::<_, i64>(0));
            let ms = row.optional().map_err(sql_error)?;
            Ok(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
        })
    }

    /// Remembers the end of a silence.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn keep(&self, source: &Source, until: Timestamp) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let sql = "INSERT OR REPLACE INTO silences (source, until_ms) VALUES (?1, ?2)";
            let row = params![source.to_string(), until.as_millisecond()];
            connection.execute(sql, row).map_err(sql_error)?;
            Ok(())
        })
    }
}

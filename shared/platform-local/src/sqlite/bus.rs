use async_trait::async_trait;
use rusqlite::{OptionalExtension, params};
use storage::{Bus, Message, StoreError};
use tokio::sync::Notify;
use tracing::error;

use super::{Database, json_error, sql_error};
use crate::fault;

/// Messages in SQLite: published durably, taken one by one, kept until they are acknowledged.
pub struct SqliteBus {
    database: Database,
    published: Notify,
}

/// A message taken from the bus.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its number, for the acknowledgement.
    pub id: i64,
    /// The message.
    pub message: Message,
}

impl SqliteBus {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, published: Notify::new() }
    }

    /// Puts back what a dead process had taken.
    pub(crate) fn take_back(&self) -> Result<(), StoreError> {
        self.database
            .lock()
            .execute("UPDATE messages SET taken = 0 WHERE taken = 1", [])
            .map_err(sql_error)?;
        Ok(())
    }

    /// Takes the oldest message that nobody has. One that this version cannot read is set aside for good: the
    /// journal knows what it was about, and it must not hold up those behind it.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn take(&self) -> Result<Option<Delivery>, StoreError> {
        self.database.run(|connection| {
            loop {
                let sql = "UPDATE messages SET taken = 1 \
                           WHERE id = (SELECT min(id) FROM messages WHERE taken = 0) RETURNING id, body";
                let row: Option<(i64, String)> = connection
                    .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
                    .map_err(sql_error)?;
                let Some((id, body)) = row else { return Ok(None) };
                match read(&body) {
                    Ok(message) => {
                        fault::point("bus.taken");
                        return Ok(Some(Delivery { id, message }));
                    }
                    Err(found) => {
                        error!(message = id, found, "message {id} cannot be read: set aside");
                        let sql = "UPDATE messages SET taken = 2 WHERE id = ?1";
                        connection.execute(sql, [id]).map_err(sql_error)?;
                    }
                }
            }
        })
    }

    /// Waits until something may have been published since the last call.
    pub async fn wait(&self) {
        self.published.notified().await;
    }

    /// Removes a message that was handled.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn acknowledge(&self, id: i64) -> Result<(), StoreError> {
        fault::point("bus.acknowledge");
        self.database.run(|connection| {
            connection.execute("DELETE FROM messages WHERE id = ?1", [id]).map_err(sql_error)?;
            fault::point("bus.acknowledged");
            Ok(())
        })
    }

    /// Puts a message back for another delivery.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub fn put_back(&self, id: i64) -> Result<(), StoreError> {
        self.database.run(|connection| {
            connection.execute("UPDATE messages SET taken = 0 WHERE id = ?1", [id]).map_err(sql_error)?;
            Ok(())
        })?;
        self.published.notify_one();
        Ok(())
    }
}

#[async_trait]
impl Bus for SqliteBus {
    async fn publish(&self, message: &Message) -> Result<(), StoreError> {
        let body = serde_json::to_string(message).map_err(|e| json_error("a message", &e))?;
        fault::point("bus.publish");
        self.database.run(|connection| {
            connection
                .execute("INSERT INTO messages (body) VALUES (?1)", params![body])
                .map_err(sql_error)?;
            fault::point("bus.published");
            Ok(())
        })?;
        self.published.notify_one();
        Ok(())
    }
}

/// Version of the envelope written here.
const ENVELOPE: u32 = 1;

fn read(body: &str) -> Result<Message, String> {
    let message: Message = serde_json::from_str(body).map_err(|error| error.to_string())?;
    if message.v > ENVELOPE {
        return Err(format!("version {}, this one knows {ENVELOPE}", message.v));
    }
    Ok(message)
}

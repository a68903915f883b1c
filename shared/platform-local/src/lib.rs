//! Storage on one machine: SQLite and a folder. Everything survives kill -9.
//!
//! One process writes (it holds the folder's lock), any number read beside it. The bucket of this backend is
//! called `local`, so addresses look like `gs://local/runs/r-7f3k9q2c/1w-report.json`.

mod artifacts;
mod door;
mod durable;
mod fault;
mod folder;
mod plain;
mod random;
mod signing;
mod sqlite;

pub use artifacts::FolderArtifacts;
pub use door::Door;
pub use folder::{Access, Local};
pub use plain::read as read_plain;
pub use random::secret;
pub use signing::{Refused, SignedPath, Signer};
pub use sqlite::{Delivery, Silences, SqliteBus, SqliteCandles, SqliteJournal, SqliteReports};

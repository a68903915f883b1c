use std::fs::{DirEntry, File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use storage::StoreError;

use crate::sqlite::{Database, io_error};
use crate::{
    FolderArtifacts, Signer, Silences, SqliteBus, SqliteCandles, SqliteJournal, SqliteReports, durable, plain,
};

/// What a process may do in a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read beside a writer.
    Read,
    /// Write: one process at a time.
    Write,
}

/// The five ports on one data folder.
pub struct Local {
    /// The folder.
    pub path: PathBuf,
    /// Candles.
    pub candles: Arc<SqliteCandles>,
    /// Artifacts.
    pub artifacts: Arc<FolderArtifacts>,
    /// Journal.
    pub journal: Arc<SqliteJournal>,
    /// Report rows.
    pub reports: Arc<SqliteReports>,
    /// Messages.
    pub bus: Arc<SqliteBus>,
    /// Exchanges that want silence.
    pub silences: Silences,
    /// Signs addresses and checks them.
    pub signer: Arc<Signer>,
    // held until the process ends; the kernel gives it back whatever happens
    _lock: Option<Lock>,
}

impl Local {
    /// Opens the folder, creating it for a writer. `base_url` is where a local server would answer; signed
    /// addresses start with it.
    ///
    /// # Errors
    /// `Unusable` for a folder of other things that others can read, `InUse` while another process writes, `Newer` if a newer version wrote the folder, `NotFound` for a reader
    /// of a folder that is not there.
    pub fn open(path: &Path, access: Access, base_url: &str) -> Result<Self, StoreError> {
        let lock = match access {
            Access::Read => None,
            Access::Write => {
                durable::create_folder(path)?;
                own_folder(path)?;
                Some(lock(path)?)
            }
        };
        if access == Access::Read && !path.join(DATABASE).exists() {
            return Err(StoreError::NotFound(format!("data folder {}", path.display())));
        }
        own_files(path, access)?;
        let database = Database::open(&path.join(DATABASE), access)?;
        let signer = Arc::new(Signer::open(path, access, base_url)?);
        let artifacts = FolderArtifacts::new(path.to_owned(), database.clone(), Arc::clone(&signer));
        let local = Self {
            path: path.to_owned(),
            candles: Arc::new(SqliteCandles::new(database.clone())),
            artifacts: Arc::new(artifacts),
            journal: Arc::new(SqliteJournal::new(database.clone())),
            reports: Arc::new(SqliteReports::new(database.clone())),
            bus: Arc::new(SqliteBus::new(database.clone())),
            silences: Silences::new(database),
            signer,
            _lock: lock,
        };
        if access == Access::Write {
            // whoever held a lease or a message is gone: the lock says so
            local.journal.end_leases()?;
            local.bus.take_back()?;
            local.artifacts.sweep();
        }
        Ok(local)
    }
}

const DATABASE: &str = "topdown.sqlite";

/// What people put into a data folder before this program does.
const WATCHLIST: &str = "watchlist.toml";

/// Takes the folder from everybody but its owner, whoever made it: an artifact in it has been read by nobody else.
/// One that is no data folder is left as it is, and not used.
fn own_folder(path: &Path) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| io_error(path, &error);
    if !plain::is_wide(&path.metadata().map_err(failed)?) {
        return Ok(());
    }
    let mut entries = std::fs::read_dir(path).map_err(failed)?;
    let foreign =
        |entry: std::io::Result<DirEntry>| entry.map_or(true, |entry| entry.file_name() != WATCHLIST);
    if !path.join(DATABASE).exists() && entries.any(foreign) {
        return Err(StoreError::Unusable(format!(
            "{} holds other files and can be read by others; pass a folder of its own with --data, or run chmod 700 on it",
            path.display()
        )));
    }
    plain::narrow_folder(path).map_err(failed)
}

/// Makes sure that SQLite meets files of its own: it would wait at a pipe, and those it makes beside the database have
/// the database's mode.
fn own_files(path: &Path, access: Access) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let name = path.join(format!("{DATABASE}{suffix}"));
        plain::check(&name).map_err(|e| io_error(&name, &e))?;
        if access == Access::Write {
            plain::narrow(&name).map_err(|e| io_error(&name, &e))?;
        }
    }
    let name = path.join(DATABASE);
    if access == Access::Write && !name.exists() {
        plain::open_or_create(&name).map_err(|e| io_error(&name, &e))?;
        durable::sync_folder(path)?;
    }
    Ok(())
}

/// The folder's lock, for as long as it is kept.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // a process that this one is just starting has the open file too, until it becomes another program: closing it
        // here would leave it locked by that one
        let _ = self.0.unlock();
    }
}

fn lock(path: &Path) -> Result<Lock, StoreError> {
    let name = path.join("lock");
    plain::narrow(&name).map_err(|e| io_error(&name, &e))?;
    let mut file = plain::open_or_create(&name).map_err(|e| io_error(&name, &e))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // the number only helps the message; the lock decides
            let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(StoreError::InUse { pid });
        }
        Err(TryLockError::Error(error)) => return Err(io_error(&name, &error)),
    }
    let write = |file: &mut File| -> std::io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        write!(file, "{}", std::process::id())
    };
    write(&mut file).map_err(|e| io_error(&name, &e))?;
    Ok(Lock(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_given_back_is_free_although_a_child_has_the_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        // what a fork makes of it
        let _childs = held.0.try_clone().unwrap();
        assert!(matches!(lock(folder.path()), Err(StoreError::InUse { .. })));
        drop(held);
        lock(folder.path()).unwrap();
    }
}

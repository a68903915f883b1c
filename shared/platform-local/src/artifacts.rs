use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::Sha256Hex;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use storage::{Artifact, ArtifactKey, ArtifactStore, Put, SignedUrl, StoreError};

use crate::sqlite::{Database, io_error, sql_error};
use crate::{Signer, durable, fault, plain};

const BUCKET: &str = "gs://local/";
/// Where files are until they have their name.
const UNFINISHED: &str = "unfinished";
/// Largest file that is read: far more than any artifact has.
const LARGEST: u64 = 256 << 20;
const LONGEST_TTL: SignedDuration = SignedDuration::from_hours(12);

/// Artifacts as files, each with a row that commits it. A file without a row was never finished and is never
/// served; a file that differs from its row is damaged and never served either.
pub struct FolderArtifacts {
    root: PathBuf,
    database: Database,
    signer: Arc<Signer>,
    // one write at a time, from the look at the row to its commit: two writers of one name would each commit the
    // hash of the other's file. It counts the files, for names of unfinished ones.
    writing: Mutex<u64>,
}

impl FolderArtifacts {
    pub(crate) fn new(root: PathBuf, database: Database, signer: Arc<Signer>) -> Self {
        Self { root, database, signer, writing: Mutex::new(0) }
    }

    /// The key behind an address of this backend.
    ///
    /// # Errors
    /// `NotFound` if it is no address of this backend.
    pub fn key(gcs_uri: &str) -> Result<ArtifactKey, StoreError> {
        let missing = || StoreError::NotFound(format!("artifact {gcs_uri}"));
        let name = gcs_uri.strip_prefix(BUCKET).ok_or_else(missing)?;
        ArtifactKey::new(name).map_err(|error| StoreError::NotFound(error.to_string()))
    }

    /// Where the artifact's file is.
    pub fn path(&self, key: &ArtifactKey) -> PathBuf {
        self.root.join(key.as_str())
    }

    /// Removes what killed writers left: called by the holder of the folder's lock before it writes.
    pub(crate) fn sweep(&self) {
        // a left-over is harmless: it has no name that anyone asks for
        let _ = std::fs::remove_dir_all(self.root.join(UNFINISHED));
    }

    /// Write, fsync, link, fsync the folder: after this the bytes are under their name or the call has failed.
    fn write(&self, number: u64, key: &ArtifactKey, bytes: &[u8]) -> Result<(), StoreError> {
        let (folders, file) = key.as_str().rsplit_once('/').unwrap_or(("", key.as_str()));
        let folder = durable::create_beneath(&self.root, folders)?;
        let unfinished = self.root.join(UNFINISHED);
        plain::create_folder(&unfinished).map_err(|e| io_error(&unfinished, &e))?;
        let name = unfinished.join(format!("{}-{number}", std::process::id()));
        let linked = link(&name, &folder.join(file), bytes);
        let _ = std::fs::remove_file(&name);
        linked?;
        durable::sync_folder(&folder)?;
        fault::point("artifact.synced");
        Ok(())
    }

    fn row(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        let connection = self.database.lock();
        let sql = "SELECT sha256, media_type FROM artifacts WHERE key = ?1";
        let row = connection
            .query_row(sql, [key.as_str()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
            .optional()
            .map_err(sql_error)?;
        row.map(|(sha256, media_type)| {
            let sha256 =
                serde_json::from_value(sha256.into()).map_err(|e| StoreError::Unavailable(e.to_string()))?;
            Ok(Artifact { gcs_uri: format!("{BUCKET}{key}"), sha256, media_type, generation: None })
        })
        .transpose()
    }

    fn put_now(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        if !key.as_str().contains('/') {
            return Err(StoreError::NotFound(format!("a folder for artifact {key}")));
        }
        let mut written = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        *written += 1;
        let sha256 = Sha256Hex::of(bytes);
        if let Some(artifact) = self.row(key)? {
            // the same bytes again mend a file that was damaged since
            if artifact.sha256 == sha256 && self.file(key).ok().as_deref() != Some(bytes) {
                self.write(*written, key, bytes)?;
            }
            return Ok(Put { artifact, created: false });
        }
        fault::point("artifact.begin");
        self.write(*written, key, bytes)?;
        let sql = "INSERT INTO artifacts (key, sha256, media_type) VALUES (?1, ?2, ?3)";
        let connection = self.database.lock();
        connection.execute(sql, params![key.as_str(), sha256.as_str(), media_type]).map_err(sql_error)?;
        fault::point("artifact.committed");
        let artifact = Artifact {
            gcs_uri: format!("{BUCKET}{key}"),
            sha256,
            media_type: media_type.to_owned(),
            generation: None,
        };
        Ok(Put { artifact, created: true })
    }

    fn file(&self, key: &ArtifactKey) -> std::io::Result<Vec<u8>> {
        plain::read_beneath(&self.root, key.as_str(), LARGEST)
    }

    fn get_now(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        let key = Self::key(gcs_uri)?;
        let artifact = self.row(&key)?.ok_or_else(|| StoreError::NotFound(format!("artifact {gcs_uri}")))?;
        let damaged = |found: String| StoreError::Damaged { what: gcs_uri.to_owned(), found };
        let bytes = self.file(&key).map_err(|error| match error.kind() {
            ErrorKind::NotFound => damaged("its file is missing".to_owned()),
            // no word of the system's: the file is not what was written
            ErrorKind::Other => damaged(error.to_string()),
            _ => io_error(&self.path(&key), &error),
        })?;
        if Sha256Hex::of(&bytes) == artifact.sha256 {
            return Ok(bytes);
        }
        Err(damaged(format!("{} bytes of another content", bytes.len())))
    }
}

fn link(name: &Path, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut file = plain::create(name).map_err(|e| io_error(name, &e))?;
    file.write_all(bytes).map_err(|e| io_error(name, &e))?;
    fault::point("artifact.written");
    file.sync_all().map_err(|e| io_error(name, &e))?;
    let linked = match std::fs::hard_link(name, path) {
        // without a row its bytes were never promised to anyone, with one they are damaged
        Err(error) if error.kind() == ErrorKind::AlreadyExists => std::fs::rename(name, path),
        other => other,
    };
    fault::point("artifact.linked");
    linked.map_err(|e| io_error(path, &e))
}

#[async_trait]
impl ArtifactStore for FolderArtifacts {
    async fn put(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        tokio::task::block_in_place(|| self.put_now(key, media_type, bytes))
    }

    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        tokio::task::block_in_place(|| self.get_now(gcs_uri))
    }

    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        tokio::task::block_in_place(|| self.row(key))
    }

    async fn sign(
        &self,
        gcs_uri: &str,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<SignedUrl, StoreError> {
        let key = Self::key(gcs_uri)?;
        let artifact = tokio::task::block_in_place(|| self.row(&key))?;
        let artifact = artifact.ok_or_else(|| StoreError::NotFound(format!("artifact {gcs_uri}")))?;
        let expires_at = now + ttl.min(LONGEST_TTL);
        let url = self.signer.url(key.as_str(), &artifact.sha256, expires_at);
        let url = url.ok_or_else(|| StoreError::NotFound("signing key of this data folder".to_owned()))?;
        Ok(SignedUrl { url, expires_at })
    }
}

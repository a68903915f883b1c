use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use domain::Sha256Hex;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use storage::{Artifact, ArtifactKey, ArtifactStore, Put, SignedUrl, StoreError};

use crate::Signer;
use crate::sqlite::{Database, io_error, sql_error};

const BUCKET: &str = "gs://local/";
const LONGEST_TTL: SignedDuration = SignedDuration::from_hours(12);

/// Artifacts as files, each with a row that commits it. A file without a row was never finished and is never
/// served; a file that differs from its row is damaged and never served either.
pub struct FolderArtifacts {
    root: PathBuf,
    database: Database,
    signer: Arc<Signer>,
    // names of unfinished files within this process; the lock keeps other writers out
    next: AtomicU64,
}

impl FolderArtifacts {
    pub(crate) fn new(root: PathBuf, database: Database, signer: Arc<Signer>) -> Self {
        Self { root, database, signer, next: AtomicU64::new(0) }
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

    /// Write, fsync, link, fsync the folder: after this the bytes are under their name or the call has failed.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let folder = path.parent().unwrap_or(&self.root);
        let unfinished = self.root.join("unfinished");
        for made in [folder, &unfinished] {
            std::fs::create_dir_all(made).map_err(|e| io_error(made, &e))?;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = unfinished.join(format!("{}-{number}", std::process::id()));
        let linked = self.link(&name, path, bytes);
        // a left-over is harmless: the next process of the same number truncates it
        let _ = std::fs::remove_file(&name);
        linked?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| io_error(folder, &e))
    }

    fn link(&self, name: &Path, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(name)
            .map_err(|e| io_error(name, &e))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|e| io_error(name, &e))?;
        match std::fs::hard_link(name, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // no row, so a kill came between link and commit: these bytes were never promised to anyone
                std::fs::rename(name, path).map_err(|e| io_error(path, &e))
            }
            other => other.map_err(|e| io_error(path, &e)),
        }
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
            Ok(Artifact { gcs_uri: format!("{BUCKET}{key}"), sha256, media_type })
        })
        .transpose()
    }

    fn put_now(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        if !key.as_str().contains('/') {
            return Err(StoreError::NotFound(format!("a folder for artifact {key}")));
        }
        if let Some(artifact) = self.row(key)? {
            return Ok(Put { artifact, created: false });
        }
        self.write(&self.path(key), bytes)?;
        let sha256 = Sha256Hex::of(bytes);
        let sql = "INSERT INTO artifacts (key, sha256, media_type) VALUES (?1, ?2, ?3)";
        let connection = self.database.lock();
        connection.execute(sql, params![key.as_str(), sha256.as_str(), media_type]).map_err(sql_error)?;
        let artifact =
            Artifact { gcs_uri: format!("{BUCKET}{key}"), sha256, media_type: media_type.to_owned() };
        Ok(Put { artifact, created: true })
    }

    fn get_now(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        let key = Self::key(gcs_uri)?;
        let artifact = self.row(&key)?.ok_or_else(|| StoreError::NotFound(format!("artifact {gcs_uri}")))?;
        let path = self.path(&key);
        let damaged = |found: String| StoreError::Damaged { what: gcs_uri.to_owned(), found };
        let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => damaged("its file is missing".to_owned()),
            _ => io_error(&path, &error),
        })?;
        if Sha256Hex::of(&bytes) == artifact.sha256 {
            return Ok(bytes);
        }
        Err(damaged(format!("{} bytes of another content", bytes.len())))
    }
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

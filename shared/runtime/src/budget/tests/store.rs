//! Artifacts in memory, whose every read and write takes a turn of its own and can fail.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use domain::Sha256Hex;
use jiff::{SignedDuration, Timestamp};
use storage::{Artifact, ArtifactKey, ArtifactStore, Put, SignedUrl, StoreError};

/// How a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing is written, and the writer told so.
    Lost,
    /// It is written, and the writer told that nobody knows.
    Unknown,
    /// It is written and the answer lost, so the write is made again and finds itself.
    Repeated,
}

#[derive(Default)]
pub(super) struct Shelf {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    next: Mutex<Option<Fault>>,
}

impl Shelf {
    pub(super) fn entries(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    pub(super) fn set(&self, key: &str, bytes: &[u8]) {
        self.kept.lock().unwrap().insert(key.to_owned(), bytes.to_vec());
    }

    pub(super) fn text(&self, key: &str) -> String {
        String::from_utf8(self.kept.lock().unwrap()[key].clone()).unwrap()
    }

    pub(super) fn copy(&self) -> Self {
        Self { kept: Mutex::new(self.kept.lock().unwrap().clone()), next: Mutex::default() }
    }

    pub(super) fn fails_next(&self, fault: Fault) {
        *self.next.lock().unwrap() = Some(fault);
    }
}

fn artifact(key: &str, bytes: &[u8]) -> Artifact {
    Artifact {
        gcs_uri: format!("gs://shelf/{key}"),
        sha256: Sha256Hex::of(bytes),
        media_type: "application/json".to_owned(),
        generation: None,
    }
}

#[async_trait]
impl ArtifactStore for Shelf {
    async fn put(&self, key: &ArtifactKey, _: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        tokio::task::yield_now().await;
        let mut kept = self.kept.lock().unwrap();
        if let Some(there) = kept.get(key.as_str()) {
            return Ok(Put { artifact: artifact(key.as_str(), there), created: false });
        }
        let fault = self.next.lock().unwrap().take();
        let gone = || StoreError::Unavailable("of this test".to_owned());
        if fault == Some(Fault::Lost) {
            return Err(gone());
        }
        kept.insert(key.as_str().to_owned(), bytes.to_vec());
        match fault {
            Some(Fault::Unknown) => Err(gone()),
            fault => {
                Ok(Put { artifact: artifact(key.as_str(), bytes), created: fault != Some(Fault::Repeated) })
            }
        }
    }

    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        tokio::task::yield_now().await;
        let key = gcs_uri.strip_prefix("gs://shelf/").unwrap();
        self.kept.lock().unwrap().get(key).cloned().ok_or_else(|| StoreError::NotFound(key.to_owned()))
    }

    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        tokio::task::yield_now().await;
        Ok(self.kept.lock().unwrap().get(key.as_str()).map(|bytes| artifact(key.as_str(), bytes)))
    }

    async fn sign(&self, _: &str, _: Timestamp, _: SignedDuration) -> Result<SignedUrl, StoreError> {
        Err(StoreError::NotFound("no address of this test".to_owned()))
    }
}

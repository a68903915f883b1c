use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use storage::{Artifact, ArtifactKey, ArtifactStore, Put, SignedUrl, StoreError};

use super::CloudArtifacts;

/// Artifacts, and beside them the files of accounts: read and signed by the bucket that an address names, never
/// written or looked for.
pub struct WithAccountFiles {
    artifacts: CloudArtifacts,
    account_files: CloudArtifacts,
}

impl WithAccountFiles {
    /// Both, each in a bucket of its own.
    pub fn new(artifacts: CloudArtifacts, account_files: CloudArtifacts) -> Self {
        Self { artifacts, account_files }
    }

    fn of(&self, gcs_uri: &str) -> &CloudArtifacts {
        if self.account_files.holds(gcs_uri) { &self.account_files } else { &self.artifacts }
    }
}

#[async_trait]
impl ArtifactStore for WithAccountFiles {
    async fn put(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        self.artifacts.put(key, media_type, bytes).await
    }

    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        self.of(gcs_uri).get(gcs_uri).await
    }

    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        self.artifacts.find(key).await
    }

    async fn sign(
        &self,
        gcs_uri: &str,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<SignedUrl, StoreError> {
        self.of(gcs_uri).sign(gcs_uri, now, ttl).await
    }
}

use async_trait::async_trait;
use domain::Sha256Hex;
use google_cloud_storage::builder::storage::SignedUrlBuilder;
use jiff::{SignedDuration, Timestamp};
use storage::{Artifact, ArtifactKey, ArtifactStore, Put, SignedUrl, StoreError};
use tokio::sync::OnceCell;

use super::BucketConfig;
use super::client::{Client, Content, Written};
use super::signer::{self, Signer};
use crate::Identity;

/// The longest an address works: keys of the account that signs it may change sooner than Cloud Storage's week.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// Artifacts in one bucket.
pub struct CloudArtifacts {
    client: Client,
    identity: Identity,
    signs_as: Option<String>,
    signer: OnceCell<Signer>,
}

impl CloudArtifacts {
    /// The artifacts of a bucket. Addresses are signed by the account `signs_as`, which this identity may become, or
    /// by this identity itself.
    pub fn new(config: BucketConfig, signs_as: Option<String>, identity: Identity) -> Self {
        Self { client: Client::new(config, identity.clone()), identity, signs_as, signer: OnceCell::new() }
    }

    /// Whether an address is of this bucket.
    pub(super) fn holds(&self, gcs_uri: &str) -> bool {
        self.key(gcs_uri).is_ok()
    }

    fn artifact(&self, key: &str, media_type: &str, bytes: &[u8], generation: i64) -> Artifact {
        Artifact {
            gcs_uri: format!("gs://{}/{key}", self.client.config().bucket),
            sha256: Sha256Hex::of(bytes),
            media_type: media_type.to_owned(),
            generation: Some(generation),
        }
    }

    /// The key of an address in this bucket. What is elsewhere is not looked for: whoever wrote the address could
    /// have it read and signed.
    fn key(&self, gcs_uri: &str) -> Result<ArtifactKey, StoreError> {
        let key = gcs_uri
            .strip_prefix("gs://")
            .and_then(|rest| rest.strip_prefix(&self.client.config().bucket))
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or_else(|| StoreError::NotFound(shown(gcs_uri)))?;
        ArtifactKey::new(key).map_err(|error| StoreError::NotFound(error.to_string()))
    }
}

/// The media type that a name's ending stands for: an object that was written through another door may have none.
fn by_name(key: &str) -> Option<&'static str> {
    match key.rsplit_once('.')?.1 {
        "json" => Some("application/json"),
        "png" => Some("image/png"),
        "html" => Some("text/html; charset=utf-8"),
        _ => None,
    }
}

/// An address as an error may show it.
fn shown(gcs_uri: &str) -> String {
    gcs_uri.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[async_trait]
impl ArtifactStore for CloudArtifacts {
    async fn put(&self, key: &ArtifactKey, media_type: &str, bytes: &[u8]) -> Result<Put, StoreError> {
        match self.client.create(key.as_str(), media_type, bytes).await? {
            Written::Created { generation } => {
                let artifact = self.artifact(key.as_str(), media_type, bytes, generation);
                Ok(Put { artifact, created: true })
            }
            Written::Exists => match self.find(key).await? {
                Some(artifact) => Ok(Put { artifact, created: false }),
                None => {
                    let what =
                        format!("gs://{}/{key} can be neither written nor read", self.client.config().bucket);
                    Err(StoreError::Unavailable(what))
                }
            },
        }
    }

    async fn get(&self, gcs_uri: &str) -> Result<Vec<u8>, StoreError> {
        let key = self.key(gcs_uri)?;
        let content = self.client.read(key.as_str()).await?;
        content.map(|content| content.bytes).ok_or_else(|| StoreError::NotFound(shown(gcs_uri)))
    }

    async fn find(&self, key: &ArtifactKey) -> Result<Option<Artifact>, StoreError> {
        let content = self.client.read(key.as_str()).await?;
        Ok(content.map(|Content { bytes, media_type, generation }| {
            let media_type = by_name(key.as_str()).unwrap_or(&media_type);
            self.artifact(key.as_str(), media_type, &bytes, generation)
        }))
    }

    async fn sign(
        &self,
        gcs_uri: &str,
        now: Timestamp,
        ttl: SignedDuration,
    ) -> Result<SignedUrl, StoreError> {
        let key = self.key(gcs_uri)?;
        let unavailable = |error: String| StoreError::Unavailable(format!("{}: {error}", shown(gcs_uri)));
        let emulated = self.client.config().emulator.is_some();
        let make = async { signer::signer(&self.identity, self.signs_as.as_deref(), emulated) };
        let signer = self.signer.get_or_try_init(|| make).await?;
        let ttl = ttl.clamp(SignedDuration::ZERO, LONGEST);
        let mut builder = SignedUrlBuilder::for_object(self.client.bucket(), key.as_str())
            .with_method(http::Method::GET)
            .with_expiration(ttl.unsigned_abs());
        if let Some(emulator) = &self.client.config().emulator {
            builder = builder.with_endpoint(emulator);
        }
        let url =
            builder.sign_with(signer).await.map_err(|error| unavailable(format!("not signed: {error}")))?;
        Ok(SignedUrl { url, expires_at: now + ttl })
    }
}

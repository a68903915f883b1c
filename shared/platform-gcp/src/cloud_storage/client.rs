use std::time::Duration;

use google_cloud_gax::retry_policy::RetryPolicyExt;
use google_cloud_storage::Error;
use google_cloud_storage::client::Storage;
use google_cloud_storage::model::Object;
use google_cloud_storage::retry_policy::RetryableErrors;
use storage::StoreError;
use tokio::sync::OnceCell;

use super::BucketConfig;
use crate::Identity;

/// The longest a call may take, with its repetitions and all its bytes.
const CALL: Duration = Duration::from_secs(30);

/// The most that is read of an object: a report page with its charts has a few megabytes.
const LONGEST: usize = 64 << 20;

/// The connection, made at the first call.
pub(super) struct Client {
    config: BucketConfig,
    identity: Identity,
    connected: OnceCell<Storage>,
}

/// What became of a write.
pub(super) enum Written {
    /// The object is new, and its bucket gave it this number.
    Created { generation: i64 },
    /// There is one by that name, or this process may not see whether there is.
    Exists,
}

/// An object's bytes, type and number.
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: String,
    pub(super) generation: i64,
}

impl Client {
    pub(super) fn new(config: BucketConfig, identity: Identity) -> Self {
        Self { config, identity, connected: OnceCell::new() }
    }

    pub(super) fn config(&self) -> &BucketConfig {
        &self.config
    }

    /// The bucket as the API names it.
    pub(super) fn bucket(&self) -> String {
        format!("projects/_/buckets/{}", self.config.bucket)
    }

    fn address(&self, name: &str) -> String {
        format!("gs://{}/{name}", self.config.bucket)
    }

    async fn connected(&self) -> Result<&Storage, StoreError> {
        let connect = async {
            let mut builder = Storage::builder()
                .with_credentials(self.identity.credentials())
                .with_retry_policy(RetryableErrors.with_time_limit(CALL));
            if let Some(emulator) = &self.config.emulator {
                builder = builder.with_endpoint(emulator);
            }
            builder.build().await.map_err(|error| StoreError::Unavailable(format!("Cloud Storage: {error}")))
        };
        self.connected.get_or_try_init(|| connect).await
    }

    /// Creates an object unless there is one. An answer that was lost may leave the object behind: it is then found
    /// as one that exists.
    pub(super) async fn create(
        &self,
        name: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Written, StoreError> {
        let write = async {
            let payload = bytes::Bytes::copy_from_slice(bytes);
            let written: Result<Object, Error> = self
                .connected()
                .await?
                .write_object(self.bucket(), name, payload)
                .set_if_generation_match(0_i64)
                .set_content_type(media_type)
                // created once or not at all, so it can be sent again
                .with_idempotency(true)
                .send_buffered()
                .await;
            match written {
                Ok(Object { generation, .. }) => Ok(Written::Created { generation }),
                // without the right to delete, what exists cannot be written over: refused rather than in conflict
                Err(error) if matches!(error.http_status_code(), Some(403 | 412)) => Ok(Written::Exists),
                Err(error) => Err(self.failed(name, &error)),
            }
        };
        self.within(name, write).await
    }

    /// An object's content; `None` if there is none.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Content>, StoreError> {
        let read = async {
            let response = match self.connected().await?.read_object(self.bucket(), name).send().await {
                Ok(response) => response,
                Err(error) if error.http_status_code() == Some(404) => return Ok(None),
                Err(error) => return Err(self.failed(name, &error)),
            };
            let mut response = response;
            let found = response.object();
            let (media_type, generation) = (found.content_type, found.generation);
            let mut bytes = Vec::new();
            while let Some(chunk) = response.next().await {
                let chunk = chunk.map_err(|error| self.failed(name, &error))?;
                if bytes.len() + chunk.len() > LONGEST {
                    let found = format!("more than {} MiB", LONGEST >> 20);
                    return Err(StoreError::Damaged { what: self.address(name), found });
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(Some(Content { bytes, media_type, generation }))
        };
        self.within(name, read).await
    }

    async fn within<T>(
        &self,
        name: &str,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::timeout(CALL, call).await.unwrap_or_else(|_| {
            let what = format!("{}: no answer within {} s", self.address(name), CALL.as_secs());
            Err(StoreError::Unavailable(what))
        })
    }

    fn failed(&self, name: &str, error: &Error) -> StoreError {
        StoreError::Unavailable(format!("{}: {error}", self.address(name)))
    }
}

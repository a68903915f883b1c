use async_trait::async_trait;
use storage::{CatalogFiles, StoreError};

use super::BucketConfig;
use super::client::Client;
use crate::Identity;

/// The files of a catalog, in a bucket that people and builds write to.
pub struct CatalogBucket {
    client: Client,
}

impl CatalogBucket {
    /// The catalog of a bucket.
    pub fn new(config: BucketConfig, identity: Identity) -> Self {
        Self { client: Client::new(config, identity) }
    }
}

#[async_trait]
impl CatalogFiles for CatalogBucket {
    async fn read(&self, name: &str) -> Result<Option<String>, StoreError> {
        let Some(content) = self.client.read(name).await? else { return Ok(None) };
        let text = String::from_utf8(content.bytes).map_err(|_| StoreError::Damaged {
            what: format!("gs://{}/{name}", self.client.config().bucket),
            found: "bytes that are no UTF-8 text".to_owned(),
        })?;
        Ok(Some(text))
    }
}

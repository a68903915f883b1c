use async_trait::async_trait;

use crate::StoreError;

/// Files that a person changes without building anything: prompts, model profiles, chart templates, the watchlist.
/// The functions only read them.
#[async_trait]
pub trait CatalogFiles: Send + Sync {
    /// A file's text by its name; `None` if there is no such file.
    async fn read(&self, name: &str) -> Result<Option<String>, StoreError>;
}

//! Artifacts and the catalog in buckets of Cloud Storage.
//!
//! An object is created only where none is (`ifGenerationMatch=0`), so an artifact never changes; the service is not
//! allowed to delete or overwrite, so nobody else changes it. What is read is checked by the checksum that Cloud
//! Storage keeps; its SHA-256 is computed from the bytes, for Cloud Storage knows no such hash.

mod account_files;
mod artifacts;
mod catalog;
mod client;
mod signer;

pub use account_files::WithAccountFiles;
pub use artifacts::CloudArtifacts;
pub use catalog::CatalogBucket;

/// Where objects are.
#[derive(Debug, Clone)]
pub struct BucketConfig {
    /// The bucket's name.
    pub bucket: String,
    /// `http://HOST:PORT` of an emulator; `None` is Google's own service.
    pub emulator: Option<String>,
}

//! Storage on Google Cloud: BigQuery, Cloud Storage, Firestore and Pub/Sub. The only crate that speaks to it;
//! `runtime` knows the tokens its callers bring, and `llm-analyst` where its models are asked.

pub mod bigquery;
mod cloud;
mod cloud_storage;
mod credentials;
mod firestore;
pub mod id_token;
mod pubsub;

pub use cloud::{ACCOUNT_FILES, BIGQUERY, CANDLES, CATALOG, Cloud, FIRESTORE, PUBSUB, Row, STORAGE};
pub use cloud_storage::{BucketConfig, CatalogBucket, CloudArtifacts, WithAccountFiles};
pub use credentials::Identity;
pub use firestore::{CollectorState, FirestoreConfig, FirestoreJournal};
pub use pubsub::{PubsubBus, PubsubConfig};

//! Storage on Google Cloud: BigQuery, Cloud Storage, Firestore and Pub/Sub. The only crate that names Google.

mod credentials;

pub use credentials::Identity;

//! Storage on Google Cloud: BigQuery, Cloud Storage, Firestore and Pub/Sub. The only crate that names Google.

mod credentials;
mod firestore;
pub mod id_token;
mod pubsub;

pub use credentials::Identity;
pub use firestore::{FirestoreConfig, FirestoreJournal};
pub use pubsub::{PubsubBus, PubsubConfig};

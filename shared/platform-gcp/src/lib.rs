//! Storage on Google Cloud: BigQuery, Cloud Storage, Firestore and Pub/Sub. The only crate that names Google.

mod credentials;
pub mod id_token;
mod pubsub;

pub use credentials::Identity;
pub use pubsub::{PubsubBus, PubsubConfig};

//! Google Cloud, on its emulators.

mod bigquery;
mod cloud_storage;
mod firestore;
mod indexes;
pub(crate) mod warehouse;

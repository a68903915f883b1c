//! Google Cloud, on its emulators.

mod bigquery;
mod cloud_storage;
mod firestore;
mod googlesql;
mod indexes;
mod proxied;
mod recommendations;
mod scripted;
mod statements;
pub(crate) mod warehouse;

//! Google Cloud, on its emulators.

mod cloud_storage;
mod firestore;
mod indexes;

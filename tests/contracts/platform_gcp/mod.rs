//! Google Cloud, on its emulators.

mod firestore;
mod indexes;

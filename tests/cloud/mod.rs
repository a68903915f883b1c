//! The functions as processes of their own, on the emulators: they reach one another by Pub/Sub, Firestore, Cloud
//! Storage and BigQuery alone.

mod api;
mod door;
mod faults;
mod flow;
mod limits;
mod messages;
mod process;
mod repair;
mod rights;
mod sprinkled;
mod stage;
mod tokens;

//! The journal on Firestore in native mode: `flow_runs/{run_id}` and `flow_runs/{run_id}/steps/{step_id}`.
//!
//! Every change is one atomic commit whose writes carry preconditions: a document is created only if it does not
//! exist, and changed only if it is as it was read. No transaction is held open, so nothing waits for a worker that
//! died. A commit whose answer was lost is found again by the id that its writes left in the documents.

mod change;
mod client;
mod collector;
mod journal;
mod parse;
mod queries;
mod wire;

pub use client::FirestoreConfig;
pub use collector::CollectorState;
pub use journal::FirestoreJournal;

//! Ports to storage, their documents, and the conformance suite that every backend passes.
//!
//! A port is a trait with two backends, `platform-local` (SQLite and a folder) and `platform-gcp`; the catalog and the
//! messages of a collector's shards are ports of Google Cloud alone, since one process reads its folder and itself.
//! Nothing is overwritten: candles get revisions, artifacts and step documents are created once, and a step's
//! document changes only by whoever holds its fence.

mod artifacts;
mod bus;
mod candles;
mod catalog;
pub mod conformance;
mod delivery;
#[cfg(test)]
mod document_tests;
mod error;
mod journal;
mod recommendations;
mod reports;
mod revisions;
mod shards;
mod usual;

pub use artifacts::{Artifact, ArtifactKey, ArtifactStore, KeyError, Put, SignedUrl};
pub use bus::{Bus, MESSAGE_VERSION, Message, Topic};
pub use candles::{Appended, CandleQuery, CandleStore, Gap, SeriesBars, SeriesKey, SeriesState};
pub use catalog::CatalogFiles;
pub use delivery::Delivery;
pub use error::StoreError;
pub use journal::{
    Asked, Claim, DOCUMENT_VERSION, Journal, Kind, Pin, Pins, Place, RunDocument, RunEnd, SHARDS, Status,
    StepDocument, StepResult, shard_of,
};
pub use recommendations::{RecommendationFilter, RecommendationRow};
pub use reports::{ReportRow, ReportStore};
pub use revisions::revise;
pub use shards::{ShardBus, ShardMessage};

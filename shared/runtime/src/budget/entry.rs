//! An entry of a day: an artifact that is written once.

use domain::Sha256Hex;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use storage::{Artifact, ArtifactKey, ArtifactStore, StepDocument, StoreError};
use tracing::info;

use super::day::Day;
use super::open::Open;

const VERSION: u32 = 2;

/// What an entry does to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// Adds the most that calls can cost.
    Reserved,
    /// Corrects a reservation to what its calls cost.
    Settled,
}

/// Who writes an entry, and when.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct By<'a> {
    pub(super) run_id: &'a str,
    pub(super) step_id: &'a str,
    pub(super) fence: u64,
    pub(super) at: Timestamp,
}

impl<'a> By<'a> {
    pub(super) fn of(step: &'a StepDocument, at: Timestamp) -> Self {
        Self { run_id: step.run_id.as_str(), step_id: step.step_id.as_str(), fence: step.fence, at }
    }
}

/// What an entry says.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    kind: Kind,
    /// What it adds, USD; below 0 if less was spent than was reserved.
    usd: Decimal,
    /// What is reserved and spent of the day from here on, USD.
    total: Decimal,
    /// What of `total` is reserved for calls that may be under way.
    open: Open,
}

impl Entry {
    pub(super) fn reserved(usd: Decimal, total: Decimal, open: Open) -> Self {
        Self { kind: Kind::Reserved, usd, total, open }
    }

    pub(super) fn settled(usd: Decimal, total: Decimal, open: Open) -> Self {
        Self { kind: Kind::Settled, usd, total, open }
    }
}

#[derive(Debug, Serialize)]
struct Written<'a> {
    v: u32,
    #[serde(flatten)]
    entry: &'a Entry,
    #[serde(flatten)]
    by: By<'a>,
}

#[derive(Debug, Deserialize)]
struct Read {
    v: u32,
    usd: Decimal,
    /// Version 1 has none: it takes the day in blocks of `usd`, one after another.
    total: Option<Decimal>,
    /// Where it is not told, all of `total` counts as spent.
    #[serde(default)]
    open: Open,
}

/// Writes the entry after the last one seen. False if another one is there: then the last one there is has been seen.
pub(super) async fn append(
    artifacts: &dyn ArtifactStore,
    by: &By<'_>,
    day: &mut Day,
    entry: Entry,
) -> Result<bool, StoreError> {
    let (date, number) = (day.date(), day.next());
    let written = Written { v: VERSION, entry: &entry, by: *by };
    let bytes = serde_json::to_vec(&written).map_err(|error| StoreError::Unusable(error.to_string()))?;
    let put = artifacts.put(&key(date, number)?, "application/json", &bytes).await?;
    // one holder of a fence reserves and settles once: its own bytes are there if the answer to a write was lost
    if put.created || put.artifact.sha256 == Sha256Hex::of(&bytes) {
        let (run_id, step_id) = (by.run_id, by.step_id);
        let Entry { kind, usd, total, open } = entry;
        info!(run_id, step_id, %date, number, ?kind, %usd, %total, "entry of the day's budget written");
        day.saw(number, total, open);
        return Ok(true);
    }
    catch_up(artifacts, day).await?;
    Ok(false)
}

/// Sees the last entry there is; false if it had been seen.
pub(super) async fn catch_up(artifacts: &dyn ArtifactStore, day: &mut Day) -> Result<bool, StoreError> {
    let Some((number, artifact)) = last(artifacts, day).await? else { return Ok(false) };
    let bytes = artifacts.get(&artifact.gcs_uri).await?;
    let what = artifact.gcs_uri;
    let read: Read = match serde_json::from_slice(&bytes) {
        Ok(read) => read,
        Err(error) => return Err(StoreError::Damaged { what, found: error.to_string() }),
    };
    if read.v > VERSION {
        return Err(StoreError::Newer { what, found: read.v, known: VERSION });
    }
    let blocks = || read.usd.saturating_mul(Decimal::from(number.saturating_add(1)));
    day.saw(number, read.total.unwrap_or_else(blocks), read.open);
    Ok(true)
}

/// The last entry, unless it has been seen. Entries have no gaps: strides that double pass the last one, then halving
/// finds it.
async fn last(artifacts: &dyn ArtifactStore, day: &Day) -> Result<Option<(u32, Artifact)>, StoreError> {
    let (mut last, mut missing, mut stride) = (None, day.next(), 1_u32);
    while let Some(artifact) = artifacts.find(&key(day.date(), missing)?).await? {
        last = Some((missing, artifact));
        missing = missing.saturating_add(stride);
        stride = stride.saturating_mul(2);
    }
    while let Some((there, _)) = last.as_ref().filter(|(there, _)| missing - there > 1) {
        let middle = there + (missing - there) / 2;
        match artifacts.find(&key(day.date(), middle)?).await? {
            Some(artifact) => last = Some((middle, artifact)),
            None => missing = middle,
        }
    }
    Ok(last)
}

fn key(date: Date, number: u32) -> Result<ArtifactKey, StoreError> {
    ArtifactKey::new(&format!("budget/{date}/{number}.json"))
        .map_err(|error| StoreError::NotFound(error.to_string()))
}

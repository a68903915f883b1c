//! How far the collector is: marks of all series of a shard in one document, which a tick writes once, and the gaps
//! and instrument of each symbol in another, which is seldom written.
//!
//! There is one writer for a series at a time, and what is written says the whole: nothing here is read before it is
//! changed. Marks of closed bars only ever grow.

mod parse;
mod wire;

use domain::{Instrument, Sha256Hex, Source, Symbol};
use firestore::gcloud_sdk::google::firestore::v1::{Document, Write};
use jiff::Timestamp;
use storage::{Gap, SeriesKey, SeriesState, StoreError};
use tracing::warn;

use super::client::{Client, Committed, FirestoreConfig};
use crate::Identity;

const MARKS: &str = "collector_marks";
const SYMBOLS: &str = "collector_symbols";

/// Version of these documents.
const VERSION: u32 = 1;

const ATTEMPTS: u32 = 4;

/// Documents of one commit: Firestore takes five hundred.
const MOST_WRITES: usize = 400;

/// The collector's state on Firestore.
pub struct CollectorState {
    client: Client,
    shards: u32,
}

impl CollectorState {
    /// The state in that database, the marks spread over so many documents: one for a hundred symbols. A changed
    /// number loses the marks, so that each series is read once more from its beginning; no candle is lost or kept
    /// twice. It connects at its first call.
    pub fn new(config: FirestoreConfig, identity: Identity, shards: u32) -> Self {
        Self { client: Client::new(config, identity), shards: shards.max(1) }
    }

    /// The number of the document of marks that a symbol belongs to.
    pub(crate) fn shard(&self, symbol: &Symbol) -> u32 {
        let digest = Sha256Hex::of(symbol.as_str().as_bytes());
        u32::from_str_radix(digest.short(), 16).unwrap_or_default() % self.shards
    }

    /// The document of marks that a symbol belongs to.
    fn marks(&self, source: &Source, symbol: &Symbol) -> String {
        format!("{source}:{}", self.shard(symbol))
    }

    /// How far each of these series is.
    pub(crate) async fn states(&self, series: &[SeriesKey]) -> Result<Vec<SeriesState>, StoreError> {
        let marks = series.iter().map(|key| self.marks(&key.source, &key.symbol)).collect::<Vec<_>>();
        let symbols = series.iter().map(|key| symbol(&key.source, &key.symbol)).collect::<Vec<_>>();
        let (marks, symbols) =
            tokio::try_join!(self.documents(MARKS, &marks), self.documents(SYMBOLS, &symbols))?;
        series
            .iter()
            .map(|key| {
                let marks = named(&marks, &self.marks(&key.source, &key.symbol));
                let symbol = named(&symbols, &symbol(&key.source, &key.symbol));
                parse::state(key, marks, symbol)
            })
            .collect()
    }

    /// Documents by their ids, each read once.
    async fn documents(
        &self,
        collection: &str,
        ids: &[String],
    ) -> Result<Vec<(String, Document)>, StoreError> {
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let root = self.client.root().await?;
        let found = self.client.get(&root, collection, &ids).await?;
        let named = ids.into_iter().zip(found);
        let found: Vec<_> = named.filter_map(|(id, document)| Some((id.to_owned(), document?))).collect();
        for (_, document) in &found {
            parse::check_version(document)?;
        }
        Ok(found)
    }

    /// Remembers the opens of series' newest closed bars, where they are newer than those before.
    pub(crate) async fn advance(&self, newest: &[(&SeriesKey, Timestamp)]) -> Result<(), StoreError> {
        self.write_marks(newest, wire::advance).await
    }

    /// Remembers refreshes to the ends of series.
    pub(crate) async fn set_refreshed(
        &self,
        refreshed: &[(&SeriesKey, Timestamp)],
    ) -> Result<(), StoreError> {
        self.write_marks(refreshed, wire::refresh).await
    }

    /// One write for each document, in parts that are small enough for one commit.
    async fn write_marks(
        &self,
        marks: &[(&SeriesKey, Timestamp)],
        write: impl Fn(String, &[(&SeriesKey, Timestamp)]) -> Write,
    ) -> Result<(), StoreError> {
        let mut sorted: Vec<_> =
            marks.iter().map(|mark| (self.marks(&mark.0.source, &mark.0.symbol), *mark)).collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        for of_one in sorted.chunk_by(|a, b| a.0 == b.0) {
            for part in of_one.chunks(wire::MOST_MARKS) {
                let Some((id, _)) = part.first() else { continue };
                let name = self.client.name(&format!("{MARKS}/{id}")).await?;
                let marks: Vec<_> = part.iter().map(|(_, mark)| *mark).collect();
                self.commit(write(name, &marks)).await?;
            }
        }
        Ok(())
    }

    /// Remembers from which open on a series' history was asked for.
    pub(crate) async fn set_history_from(
        &self,
        series: &SeriesKey,
        from: Timestamp,
    ) -> Result<(), StoreError> {
        self.commit(wire::history_from(self.of(series).await?, series, from)).await
    }

    /// Remembers a series' gaps in place of those before.
    pub(crate) async fn set_gaps(&self, series: &SeriesKey, gaps: &[Gap]) -> Result<(), StoreError> {
        self.commit(wire::gaps(self.of(series).await?, series, gaps)).await
    }

    async fn of(&self, series: &SeriesKey) -> Result<String, StoreError> {
        self.client.name(&format!("{SYMBOLS}/{}", symbol(&series.source, &series.symbol))).await
    }

    /// Keeps what the venue says of these symbols, in parts that are small enough for one commit.
    pub(crate) async fn put_instruments(
        &self,
        source: &Source,
        instruments: &[Instrument],
    ) -> Result<(), StoreError> {
        for part in instruments.chunks(MOST_WRITES) {
            let mut writes = Vec::with_capacity(part.len());
            for instrument in part {
                let document = symbol(source, &instrument.symbol);
                let name = self.client.name(&format!("{SYMBOLS}/{document}")).await?;
                writes.push(wire::instrument(name, instrument)?);
            }
            self.commit_all(writes).await?;
        }
        Ok(())
    }

    /// What the venue last said of each of these symbols.
    pub(crate) async fn instruments(
        &self,
        source: &Source,
        symbols: &[Symbol],
    ) -> Result<Vec<Option<Instrument>>, StoreError> {
        let ids: Vec<_> = symbols.iter().map(|of| symbol(source, of)).collect();
        let found = self.documents(SYMBOLS, &ids).await?;
        ids.iter().map(|id| named(&found, id).map_or(Ok(None), parse::instrument)).collect()
    }

    /// Writes what may be written twice.
    async fn commit(&self, write: Write) -> Result<(), StoreError> {
        self.commit_all(vec![write]).await
    }

    /// Writes, all or none of them, what may be written twice.
    async fn commit_all(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let mut attempt = 1;
        loop {
            match self.client.commit(writes.clone()).await? {
                Committed::Yes => return Ok(()),
                Committed::Refused(error) => return Err(error),
                Committed::Unknown(error) if attempt >= ATTEMPTS => return Err(error),
                Committed::Conflict if attempt >= ATTEMPTS => {
                    return Err(StoreError::Unavailable("Firestore: no database of that name".to_owned()));
                }
                Committed::Unknown(error) => {
                    warn!(%error, "the collector's state is written again");
                    tokio::time::sleep(std::time::Duration::from_millis(250 << attempt)).await;
                }
                Committed::Conflict => {}
            }
            attempt += 1;
        }
    }
}

/// A document by its id, among those that were found.
fn named<'a>(documents: &'a [(String, Document)], id: &str) -> Option<&'a Document> {
    documents.iter().find(|(of, _)| of == id).map(|(_, document)| document)
}

/// The document of a symbol.
fn symbol(source: &Source, symbol: &Symbol) -> String {
    format!("{source}:{symbol}")
}

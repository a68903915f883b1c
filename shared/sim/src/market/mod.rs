//! The market the exchange shows: candles that had happened by the clock, and nothing else.

mod aggregate;
pub(crate) mod bar;
pub(crate) mod interval;
pub(crate) mod listing;
mod path;
pub(crate) mod random;
mod recorded;
mod series;

use std::path::Path as FilePath;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bar::Bar;
use interval::Interval;
use listing::Listing;
pub use recorded::RecordedError;
use series::Series;

/// Which bars of a series are asked for, as the exchange words it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// No bar that opens before it.
    pub(crate) start: Option<i64>,
    /// No bar that opens after it.
    pub(crate) end: Option<i64>,
    /// The oldest from `start`, or without one the newest up to `end`.
    pub(crate) limit: usize,
}

/// All symbols and their candles.
#[derive(Debug)]
pub(crate) struct Market {
    entries: Vec<Entry>,
    source_hash: Option<String>,
}

#[derive(Debug)]
struct Entry {
    listing: Listing,
    series: Mutex<Series>,
}

impl Market {
    pub(crate) fn seeded(seed: u64) -> Self {
        let entry = |listing: Listing| Entry { series: Mutex::new(Series::seeded(seed, &listing)), listing };
        Self { entries: listing::seeded().into_iter().map(entry).collect(), source_hash: None }
    }

    pub(crate) fn recorded(dir: &FilePath) -> Result<Self, RecordedError> {
        let (files, hash) = recorded::folder(dir)?;
        let mut entries: Vec<Entry> = Vec::new();
        for group in files.chunk_by(|a, b| a.symbol == b.symbol) {
            let Some(smallest) = group.iter().max_by_key(|file| file.interval as u8) else { continue };
            let listing = listing::recorded(&smallest.symbol, recorded::tick(&smallest.bars()?));
            entries.push(Entry { series: Mutex::new(Series::recorded(group.to_vec())), listing });
        }
        Ok(Self { entries, source_hash: Some(hash) })
    }

    /// Reads what was recorded of a symbol.
    pub(crate) fn load(&self, symbol: &str) -> Result<(), RecordedError> {
        let entry = self.entries.iter().find(|entry| entry.listing.symbol == symbol);
        entry.map_or(Ok(()), |entry| entry.series.lock().unwrap_or_else(PoisonError::into_inner).load())
    }

    /// Eight hex digits that name the recorded files; `None` of a seeded market.
    pub(crate) fn source_hash(&self) -> Option<&str> {
        self.source_hash.as_deref()
    }

    pub(crate) fn listings(&self) -> impl Iterator<Item = &Listing> {
        self.entries.iter().map(|entry| &entry.listing)
    }

    pub(crate) fn listing(&self, symbol: &str) -> Option<&Listing> {
        self.listings().find(|listing| listing.symbol == symbol)
    }

    /// The exchange's word for a symbol's state at `now`. A recorded symbol trades until its record ends: no bar comes
    /// after that.
    pub(crate) fn status(&self, listing: &Listing, now: i64) -> Result<&'static str, RecordedError> {
        if self.source_hash.is_none() {
            return Ok(listing.status);
        }
        let newest = Page { start: None, end: None, limit: 1 };
        let hours = self.page(&listing.symbol, Interval::Hour, now, newest)?;
        let ended = hours.last().is_some_and(|hour| now > hour.close_ms + 3_600_000);
        Ok(if ended { "HALT" } else { listing.status })
    }

    /// The bars of a page that had happened by `now`: closed ones, and the one in progress. Empty for a symbol
    /// that is not listed.
    pub(crate) fn page(
        &self,
        symbol: &str,
        interval: Interval,
        now: i64,
        page: Page,
    ) -> Result<Vec<Bar>, RecordedError> {
        self.series(symbol).map_or(Ok(Vec::new()), |mut series| series.page(interval, now, page))
    }

    /// Changes the close of an hour after the fact, and of every bar that holds it. Whether there is such an hour.
    pub(crate) fn correct(&self, symbol: &str, open_ms: i64, close: i64) -> Result<bool, RecordedError> {
        self.series(symbol).map_or(Ok(false), |mut series| series.correct(open_ms, close))
    }

    /// Leaves closed bars of a series out, from one open to another; bars made of them keep what they hold.
    pub(crate) fn withhold(&self, symbol: &str, interval: Interval, from: i64, to: i64) {
        if let Some(mut series) = self.series(symbol) {
            series.withhold(interval, from, to);
        }
    }

    /// Serves all bars of a symbol again.
    pub(crate) fn release(&self, symbol: &str) {
        if let Some(mut series) = self.series(symbol) {
            series.release();
        }
    }

    fn series(&self, symbol: &str) -> Option<MutexGuard<'_, Series>> {
        let entry = self.entries.iter().find(|entry| entry.listing.symbol == symbol)?;
        Some(entry.series.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;

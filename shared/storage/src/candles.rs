use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Candle, CandleRevision, Instrument, Source, Symbol, Timeframe};
use jiff::Timestamp;

use crate::StoreError;

/// Which series: the source is part of the key, so that a demo never meets real candles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Where the candles come from.
    pub source: Source,
    /// The symbol.
    pub symbol: Symbol,
    /// Length of the bars.
    pub timeframe: Timeframe,
}

/// Bars of one series, as they were seen at one time.
#[derive(Debug, Clone, Copy)]
pub struct SeriesBars<'a> {
    /// The series.
    pub series: &'a SeriesKey,
    /// Its bars, the oldest first.
    pub candles: &'a [Candle],
    /// The venue's clock when they were fetched.
    pub observed_at: Timestamp,
}

/// How far a series is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesState {
    /// When it was last refreshed to its end.
    pub refreshed_at: Option<Timestamp>,
    /// Open from which on its history was asked for; `None` before its first page.
    pub history_from: Option<Timestamp>,
    /// Open of its newest closed bar.
    pub newest_closed: Option<Timestamp>,
    /// Its remembered gaps, the oldest first.
    pub gaps: Vec<Gap>,
}

/// What an append changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Appended {
    /// Bars seen closed for the first time.
    pub new: usize,
    /// Closed bars that the venue had changed: kept as new revisions.
    pub corrected: usize,
}

/// Consecutive bars that the venue left out between others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Open of the first missing bar.
    pub from: Timestamp,
    /// Open of the last missing bar.
    pub to: Timestamp,
    /// The venue's clock when it was last asked for them and had none; `None` if they were only seen to be missing.
    pub asked_at: Option<Timestamp>,
}

/// One read for a whole run.
#[derive(Debug, Clone)]
pub struct CandleQuery {
    /// Where the candles come from.
    pub source: Source,
    /// The symbol.
    pub symbol: Symbol,
    /// Nothing that had not happened by then is returned.
    pub as_of: Timestamp,
    /// The series wanted, each from an open time on (`None`: all of it).
    pub wants: Vec<(Timeframe, Option<Timestamp>)>,
}

/// Candles of all series, append-only.
#[async_trait]
pub trait CandleStore: Send + Sync {
    /// Appends bars of many series in one go, and says what it changed of each. A closed bar equal to what is kept
    /// changes nothing; a different one becomes a new revision; a forming one is kept as a snapshot. No series
    /// stands there twice.
    async fn append_all(&self, bars: &[SeriesBars<'_>]) -> Result<Vec<Appended>, StoreError>;

    /// Appends bars of one series, seen at `observed_at` on the venue's clock.
    async fn append(
        &self,
        series: &SeriesKey,
        candles: &[Candle],
        observed_at: Timestamp,
    ) -> Result<Appended, StoreError> {
        let appended = self.append_all(&[SeriesBars { series, candles, observed_at }]).await?;
        Ok(appended.into_iter().next().unwrap_or_default())
    }

    /// The newest revision of each bar as of a time, oldest bar first: bars closed by `as_of`, and snapshots of
    /// forming bars taken by `as_of`.
    async fn read(&self, query: &CandleQuery)
    -> Result<BTreeMap<Timeframe, Vec<CandleRevision>>, StoreError>;

    /// The newest closed bar of a series.
    async fn newest_closed(&self, series: &SeriesKey) -> Result<Option<CandleRevision>, StoreError>;

    /// How far each of these series is kept, in one go.
    async fn states(&self, series: &[SeriesKey]) -> Result<Vec<SeriesState>, StoreError>;

    /// When the series was last refreshed to its end.
    async fn refreshed_at(&self, series: &SeriesKey) -> Result<Option<Timestamp>, StoreError> {
        let states = self.states(std::slice::from_ref(series)).await?;
        Ok(states.into_iter().next().and_then(|state| state.refreshed_at))
    }

    /// Remembers refreshes to the ends of series, in one go.
    async fn set_refreshed_all(&self, refreshed: &[(&SeriesKey, Timestamp)]) -> Result<(), StoreError>;

    /// Remembers a refresh to the end of the series.
    async fn set_refreshed(&self, series: &SeriesKey, at: Timestamp) -> Result<(), StoreError> {
        self.set_refreshed_all(&[(series, at)]).await
    }

    /// Open from which on the series' history was asked for; `None` before its first page.
    async fn history_from(&self, series: &SeriesKey) -> Result<Option<Timestamp>, StoreError> {
        let states = self.states(std::slice::from_ref(series)).await?;
        Ok(states.into_iter().next().and_then(|state| state.history_from))
    }

    /// Remembers from which open on the history was asked for.
    async fn set_history_from(&self, series: &SeriesKey, from: Timestamp) -> Result<(), StoreError>;

    /// The remembered gaps of a series, the oldest first.
    async fn gaps(&self, series: &SeriesKey) -> Result<Vec<Gap>, StoreError> {
        let states = self.states(std::slice::from_ref(series)).await?;
        Ok(states.into_iter().next().map(|state| state.gaps).unwrap_or_default())
    }

    /// Remembers these gaps of a series in place of those before; no two begin with the same bar.
    async fn set_gaps(&self, series: &SeriesKey, gaps: &[Gap]) -> Result<(), StoreError>;

    /// Number of the place that holds how far a symbol is kept. Symbols of one place are best collected together: what
    /// is remembered of all of them is then one write, and nobody else's.
    fn shard(&self, _symbol: &Symbol) -> u32 {
        0
    }

    /// Keeps what the venue says of these symbols, in one go.
    async fn put_instruments(&self, source: &Source, instruments: &[Instrument]) -> Result<(), StoreError>;

    /// Keeps what the venue says of a symbol.
    async fn put_instrument(&self, source: &Source, instrument: &Instrument) -> Result<(), StoreError> {
        self.put_instruments(source, std::slice::from_ref(instrument)).await
    }

    /// What the venue last said of each of these symbols, in one go.
    async fn instruments(
        &self,
        source: &Source,
        symbols: &[Symbol],
    ) -> Result<Vec<Option<Instrument>>, StoreError>;

    /// What the venue last said of a symbol.
    async fn instrument(&self, source: &Source, symbol: &Symbol) -> Result<Option<Instrument>, StoreError> {
        Ok(self.instruments(source, std::slice::from_ref(symbol)).await?.into_iter().next().flatten())
    }
}

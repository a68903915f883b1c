//! Keeps the raw candles of the watched symbols: a first backfill of all the venue has, or as much as the watchlist
//! names, then increments from the last closed bar on.
//!
//! A series is read from its beginning towards the present and each page is kept before the next is asked for,
//! so a collector that is killed goes on where it stopped. The last pages of many series are kept in one go. Every
//! refresh reads the last closed bars again, and the first of a day a whole page of them: what the venue has corrected
//! becomes a new revision, what it had left out is filled in. Older gaps are asked for by themselves, ever more seldom.
//! All times are the venue's.

mod clock;
mod collectors;
mod depth;
mod due;
mod gaps;
mod gathered;
mod history;
mod look_up;
mod refresh;
#[cfg(feature = "gcp")]
pub mod settings;
#[cfg(feature = "gcp")]
mod shards;
mod tick;

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
pub use collectors::Collectors;
pub use depth::Depth;
use domain::{Instrument, Source, Symbol, Timeframe};
pub use due::is_due;
use futures_util::future::try_join_all;
use gathered::Gathered;
use jiff::{SignedDuration, Timestamp};
use market::{Exchange, MarketError};
use refresh::Refresh;
#[cfg(feature = "gcp")]
pub use shards::Shards;
use storage::{Appended, CandleStore, SeriesKey, StoreError};
pub use tick::Ticked;
use tracing::{info, warn};

/// Status kept of a symbol that the exchange listed once and lists no more: it has no word of its own for that.
pub const DELISTED: &str = "DELISTED";

/// Why candles could not be collected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The venue's answer decides: unknown symbol, refused region, ask again later.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// Storage could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a collection brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Bars the venue answered with.
    pub bars: usize,
    /// Bars seen closed for the first time.
    pub new: usize,
    /// Closed bars that the venue had changed.
    pub corrected: usize,
    /// Of a symbol that does not trade now: the end of its last closed hour.
    pub halted_since: Option<Timestamp>,
}

impl Collected {
    fn add(&mut self, bars: usize, appended: Appended) {
        self.bars += bars;
        self.new += appended.new;
        self.corrected += appended.corrected;
    }

    fn join(&mut self, part: Self) {
        self.bars += part.bars;
        self.new += part.new;
        self.corrected += part.corrected;
    }
}

/// Told after each page: the series and how many bars of it have arrived.
pub type OnPage<'a> = &'a (dyn Fn(Timeframe, usize) + Send + Sync);

/// The collector of one source.
#[derive(Clone)]
pub struct Collector {
    candles: Arc<dyn CandleStore>,
    client: Exchange,
    source: Source,
    depth: Depth,
    backfill: Duration,
}

impl Collector {
    /// A collector that keeps what `client` answers under `source`, all that the venue has.
    pub fn new(candles: Arc<dyn CandleStore>, client: impl Into<Exchange>, source: Source) -> Self {
        let client = client.into();
        Self { candles, client, source, depth: Depth::default(), backfill: tick::BACKFILL }
    }

    /// The exchange that it reads.
    pub fn exchange(&self) -> &Exchange {
        &self.client
    }

    /// What its candles are kept under.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// With a history of so many bars.
    #[must_use]
    pub fn with_depth(self, depth: Depth) -> Self {
        Self { depth, ..self }
    }

    /// With backfills that pause once a tick has taken so long, after the page they are at.
    #[must_use]
    pub fn with_backfill_time(self, backfill: Duration) -> Self {
        Self { backfill, ..self }
    }

    /// Asks what the venue says of a symbol and keeps it. Of one that it listed once and lists no more, what is kept
    /// says [`DELISTED`].
    ///
    /// # Errors
    /// [`CollectError`]; a symbol that it never listed is its `Market`.
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, CollectError> {
        let kept = self.candles.instrument(&self.source, symbol).await?;
        let instrument = self.ask(symbol, kept.as_ref()).await?;
        if kept.as_ref() != Some(&instrument) {
            self.candles.put_instrument(&self.source, &instrument).await?;
        }
        Ok(instrument)
    }

    /// Asks what the venue says of a symbol of which `kept` is what it said before.
    async fn ask(&self, symbol: &Symbol, kept: Option<&Instrument>) -> Result<Instrument, MarketError> {
        match (self.client.instrument(symbol).await, kept) {
            (Err(MarketError::UnknownSymbol { .. }), Some(kept)) => {
                Ok(Instrument { status: DELISTED.to_owned(), ..kept.clone() })
            }
            (answer, _) => answer,
        }
    }

    /// Brings every series of a symbol to its end, all timeframes at once.
    ///
    /// # Errors
    /// [`CollectError`]; what arrived before it is kept.
    pub async fn collect(&self, symbol: &Symbol, on_page: OnPage<'_>) -> Result<Collected, CollectError> {
        let instrument = self.instrument(symbol).await?;
        let mut total = Collected::default();
        if instrument.status != DELISTED {
            let clock = Clock::read(&self.client).await?;
            if instrument.is_trading() {
                clock.hold_against(symbol, &self.client).await?;
            }
            let series = Timeframe::ALL.map(|timeframe| self.refresh(symbol, timeframe, clock, on_page));
            try_join_all(series).await?.into_iter().for_each(|part| total.join(part));
        }
        total.halted_since = self.halted_since(&instrument).await?;
        info!(%symbol, bars = total.bars, new = total.new, corrected = total.corrected, "{symbol} collected");
        Ok(total)
    }

    /// Where storage remembers how far a symbol is kept.
    #[cfg(feature = "gcp")]
    fn shard(&self, symbol: &Symbol) -> u32 {
        self.candles.shard(symbol)
    }

    fn series(&self, symbol: &Symbol, timeframe: Timeframe) -> SeriesKey {
        SeriesKey { source: self.source.clone(), symbol: symbol.clone(), timeframe }
    }

    async fn refresh(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        clock: Clock,
        on_page: OnPage<'_>,
    ) -> Result<Collected, CollectError> {
        let Self { candles, client, depth, .. } = self;
        let (candles, series) = (candles.as_ref(), &self.series(symbol, timeframe));
        let refresh = Refresh { candles, client, series, depth, clock, on_page, until: None };
        let mut alone = Gathered::new(candles);
        alone.add(refresh.run().await?);
        alone.keep().await?.into_iter().try_fold(Collected::default(), |mut total, (_, part)| {
            total.join(part?);
            Ok(total)
        })
    }

    /// Says of a symbol that does not trade since when: the end of its last closed hour, if there is one.
    async fn halted_since(&self, instrument: &Instrument) -> Result<Option<Timestamp>, CollectError> {
        if instrument.is_trading() {
            return Ok(None);
        }
        let Instrument { symbol, status, .. } = instrument;
        let hours = self.series(symbol, Timeframe::Hour);
        let last = self.candles.newest_closed(&hours).await?;
        let since = last.map(|last| last.candle.close_time + SignedDuration::from_millis(1));
        match since {
            Some(since) => {
                warn!(%symbol, status, "{symbol} does not trade: {status}, last hour until {since}")
            }
            None => warn!(%symbol, status, "{symbol} does not trade: {status}"),
        }
        Ok(since)
    }
}

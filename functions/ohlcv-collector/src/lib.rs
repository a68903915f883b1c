//! Keeps the raw candles of the watched symbols: a first backfill of all the venue has, then increments from the
//! last closed bar on.
//!
//! A series is read from its beginning towards the present and each page is kept before the next is asked for,
//! so a collector that is killed goes on where it stopped.

mod due;
mod watchlist;

use domain::{Instrument, Source, Symbol, Timeframe};
pub use due::is_due;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use market::{Client, MarketError};
use runtime::Services;
use storage::{Appended, SeriesKey, StoreError};
use tracing::info;
pub use watchlist::{Watchlist, WatchlistError};

/// Bars of one page: the most the venue gives.
const PAGE: u16 = 1000;

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
}

impl Collected {
    fn add(&mut self, bars: usize, appended: Appended) {
        self.bars += bars;
        self.new += appended.new;
        self.corrected += appended.corrected;
    }
}

/// Told after each page: the series and how many bars of it have arrived.
pub type OnPage<'a> = &'a (dyn Fn(Timeframe, usize) + Send + Sync);

/// The collector of one source.
pub struct Collector {
    services: Services,
    client: Client,
    source: Source,
}

impl Collector {
    /// A collector that keeps what `client` answers under `source`.
    pub fn new(services: Services, client: Client, source: Source) -> Self {
        Self { services, client, source }
    }

    /// Asks what the venue says of a symbol and keeps it.
    ///
    /// # Errors
    /// [`CollectError`]; an unknown symbol is its `Market`.
    pub async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, CollectError> {
        let instrument = self.client.instrument(symbol).await?;
        self.services.candles.put_instrument(&self.source, &instrument).await?;
        Ok(instrument)
    }

    /// Brings every series of a symbol to its end, all timeframes at once.
    ///
    /// # Errors
    /// [`CollectError`]; what arrived before it is kept.
    pub async fn collect(&self, symbol: &Symbol, on_page: OnPage<'_>) -> Result<Collected, CollectError> {
        self.instrument(symbol).await?;
        let series = Timeframe::ALL.map(|timeframe| self.refresh(symbol, timeframe, on_page));
        let mut total = Collected::default();
        for part in try_join_all(series).await? {
            total.bars += part.bars;
            total.new += part.new;
            total.corrected += part.corrected;
        }
        info!(%symbol, bars = total.bars, new = total.new, corrected = total.corrected, "{symbol} collected");
        Ok(total)
    }

    /// Refreshes whatever of a symbol is due at `now`.
    ///
    /// # Errors
    /// [`CollectError`]; what arrived before it is kept.
    pub async fn tick(&self, symbol: &Symbol, now: Timestamp) -> Result<Collected, CollectError> {
        let mut total = Collected::default();
        for timeframe in Timeframe::ALL {
            let last = self.services.candles.refreshed_at(&self.series(symbol, timeframe)).await?;
            if !is_due(symbol, timeframe, last, now) {
                continue;
            }
            if total == Collected::default() {
                self.instrument(symbol).await?;
            }
            let part = self.refresh(symbol, timeframe, &|_, _| ()).await?;
            total.bars += part.bars;
            total.new += part.new;
            total.corrected += part.corrected;
        }
        Ok(total)
    }

    fn series(&self, symbol: &Symbol, timeframe: Timeframe) -> SeriesKey {
        SeriesKey { source: self.source.clone(), symbol: symbol.clone(), timeframe }
    }

    /// Reads a series from its last closed bar to the present.
    async fn refresh(
        &self,
        symbol: &Symbol,
        timeframe: Timeframe,
        on_page: OnPage<'_>,
    ) -> Result<Collected, CollectError> {
        let series = self.series(symbol, timeframe);
        let newest = self.services.candles.newest_closed(&series).await?;
        // the last closed bar is asked for again: that is where a venue's corrections come
        let mut start = newest.map_or(Timestamp::UNIX_EPOCH, |bar| bar.candle.open_time);
        let mut total = Collected::default();
        let mut observed_at = self.client.server_time().await?;
        let mut fresh = true;
        loop {
            let page = self.client.klines(symbol, timeframe, Some(start), None, PAGE).await?;
            // full pages hold closed bars only; the last one must not be older than the clock it is judged by
            if page.len() < usize::from(PAGE) && !fresh {
                observed_at = self.client.server_time().await?;
                fresh = true;
                continue;
            }
            let appended = self.services.candles.append(&series, &page, observed_at).await?;
            total.add(page.len(), appended);
            on_page(timeframe, total.bars);
            match page.last() {
                Some(last) if page.len() == usize::from(PAGE) && last.closed_at(observed_at) => {
                    start = last.open_time + SignedDuration::from_millis(1);
                    fresh = false;
                }
                _ => break,
            }
        }
        self.services.candles.set_refreshed(&series, self.services.clock.now()).await?;
        Ok(total)
    }
}

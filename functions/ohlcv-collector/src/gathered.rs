//! The last pages of many series, kept in one go: storage is asked as often for a shard of symbols as for one series.

use domain::{Candle, Symbol};
use jiff::Timestamp;
use storage::{CandleStore, SeriesBars, SeriesKey, StoreError};

use crate::{CollectError, Collected};

/// Bars kept in one go at most, before the page that ends it: some 5 MB in memory, and twenty full pages.
const MOST: usize = 20_000;

/// A series that was read to where its refresh ended. Its last page is not kept yet.
pub(crate) struct Refreshed {
    pub(crate) series: SeriesKey,
    /// The last page, none of it kept.
    pub(crate) last: Vec<Candle>,
    /// The venue's clock when that page was fetched.
    pub(crate) observed_at: Timestamp,
    /// Whether, with that page, the series is kept to its end.
    pub(crate) is_whole: bool,
    /// What it brought, without what the last page changed.
    pub(crate) collected: Collected,
    /// What became of older bars, which are asked for after the last page.
    pub(crate) failed: Option<CollectError>,
}

/// Series whose last pages wait to be kept. What waits when a process dies is read again: nothing says that it is kept.
pub(crate) struct Gathered<'a> {
    candles: &'a dyn CandleStore,
    waiting: Vec<Refreshed>,
    bars: usize,
}

impl<'a> Gathered<'a> {
    pub(crate) fn new(candles: &'a dyn CandleStore) -> Self {
        Self { candles, waiting: Vec::new(), bars: 0 }
    }

    pub(crate) fn add(&mut self, refreshed: Refreshed) {
        self.bars += refreshed.last.len();
        self.waiting.push(refreshed);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bars >= MOST
    }

    /// Keeps all that waits: its bars first, then that their series are refreshed. Says of each what it brought.
    pub(crate) async fn keep(
        &mut self,
    ) -> Result<Vec<(Symbol, Result<Collected, CollectError>)>, StoreError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.bars = 0;
        let with_bars = waiting.iter().filter(|refreshed| !refreshed.last.is_empty());
        let bars: Vec<_> = with_bars
            .map(|Refreshed { series, last, observed_at, .. }| SeriesBars {
                series,
                candles: last,
                observed_at: *observed_at,
            })
            .collect();
        if !bars.is_empty() {
            let appended = self.candles.append_all(&bars).await?;
            let changed = waiting.iter_mut().filter(|refreshed| !refreshed.last.is_empty());
            for (refreshed, appended) in changed.zip(appended) {
                refreshed.collected.add(0, appended);
            }
        }
        let whole = waiting.iter().filter(|refreshed| refreshed.is_whole);
        let whole: Vec<_> = whole.map(|refreshed| (&refreshed.series, refreshed.observed_at)).collect();
        if !whole.is_empty() {
            self.candles.set_refreshed_all(&whole).await?;
        }
        let outcome = |refreshed: Refreshed| {
            let outcome = refreshed.failed.map_or(Ok(refreshed.collected), Err);
            (refreshed.series.symbol, outcome)
        };
        Ok(waiting.into_iter().map(outcome).collect())
    }
}

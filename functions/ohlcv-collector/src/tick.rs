//! What is due, for all symbols of a watchlist.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Instrument, Symbol, Timeframe};
use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::gathered::{Gathered, Refreshed};
use crate::refresh::Refresh;
use crate::{CollectError, Collected, Collector, DELISTED, is_due};

/// Series read at once. At 50 ms a page this is three times what the exchange's weight limit allows.
const LANES: usize = 8;

/// Backfills pause after so long and go on with the next tick, so that what is kept already stays fresh.
pub(crate) const BACKFILL: Duration = Duration::from_secs(240);

/// What a tick brought of each symbol. One that failed does not keep the others waiting.
pub type Ticked = BTreeMap<Symbol, Result<Collected, CollectError>>;

struct Due<'a> {
    symbol: &'a Symbol,
    timeframe: Timeframe,
    last: Option<Timestamp>,
    /// Whether history is to be read: the first of it, or more than was asked for.
    backfill: bool,
}

impl Collector {
    /// Refreshes whatever is due by the venue's clock: known series first, then backfills.
    ///
    /// # Errors
    /// [`CollectError`] if the venue's clock or the storage cannot be read; what arrived before it is kept.
    pub async fn tick_all(&self, symbols: &[Symbol]) -> Result<Ticked, CollectError> {
        let clock = Clock::read(&self.client).await?;
        let mut due = self.due(symbols, clock.at).await?;
        let mut ticked: Ticked =
            symbols.iter().map(|symbol| (symbol.clone(), Ok(Collected::default()))).collect();
        let listed = self.listed(&due, &mut ticked).await?;
        if let Some((witness, _)) = listed.iter().find(|(_, instrument)| instrument.is_trading()) {
            clock.hold_against(witness, &self.client).await?;
        }
        let is_gone = |due: &Due<'_>| listed.get(due.symbol).is_some_and(|known| known.status == DELISTED);
        let gone = due.iter().filter(|due| is_gone(due));
        let gone: Vec<_> = gone.map(|due| self.series(due.symbol, due.timeframe)).collect();
        if !gone.is_empty() {
            let marks: Vec<_> = gone.iter().map(|series| (series, clock.at)).collect();
            self.candles.set_refreshed_all(&marks).await?;
        }
        due.retain(|due| listed.contains_key(due.symbol) && !is_gone(due));
        due.sort_by_key(|due| due.backfill);

        let until = Instant::now() + self.backfill;
        let places = due.iter().enumerate();
        let refreshes: Vec<_> =
            places.map(|(place, due)| self.refresh_due(due, clock, until, place < LANES)).collect();
        let mut refreshes = stream::iter(refreshes).buffer_unordered(LANES);
        let mut gathered = Gathered::new(self.candles.as_ref());
        let mut known = due.iter().filter(|due| !due.backfill).count();
        let mut stopped = None;
        while let Some((due, refreshed)) = refreshes.next().await {
            match refreshed {
                Ok(refreshed) => refreshed.into_iter().for_each(|refreshed| gathered.add(refreshed)),
                Err(error @ CollectError::Store(_)) => {
                    stopped = Some(error);
                    break;
                }
                Err(error) => tell(&mut ticked, due.symbol, Err(error)),
            }
            known -= usize::from(!due.backfill);
            // what is known already does not wait for backfills
            let is_last_known = known == 0 && !due.backfill;
            if is_last_known || gathered.is_full() {
                keep(&mut gathered, &mut ticked).await?;
            }
        }
        keep(&mut gathered, &mut ticked).await?;
        stopped.map_or(Ok(ticked), Err)
    }

    /// Whether a series of these symbols is due by the venue's clock.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn anything_due(&self, symbols: &[Symbol]) -> Result<bool, CollectError> {
        let now = self.client.server_time().await?;
        Ok(!self.due(symbols, now).await?.is_empty())
    }

    async fn due<'a>(&self, symbols: &'a [Symbol], now: Timestamp) -> Result<Vec<Due<'a>>, CollectError> {
        let of = |symbol: &Symbol| Timeframe::ALL.map(|timeframe| self.series(symbol, timeframe));
        let series: Vec<_> = symbols.iter().flat_map(of).collect();
        let states = self.candles.states(&series).await?;
        let symbols = symbols.iter().flat_map(|symbol| Timeframe::ALL.map(|_| symbol));
        let mut due = Vec::new();
        for ((symbol, series), state) in symbols.zip(&series).zip(states) {
            let (timeframe, last) = (series.timeframe, state.refreshed_at);
            let wanted = self.depth.start(timeframe, now);
            let is_deeper = last.is_some() && state.history_from.is_some_and(|known| wanted < known);
            let is_due = is_due(symbol, timeframe, last, now);
            if is_deeper || is_due {
                due.push(Due { symbol, timeframe, last, backfill: !is_due || last.is_none() });
            }
        }
        Ok(due)
    }

    /// What the venue says of each symbol of which something is due; without those whose question failed.
    async fn listed<'a>(
        &self,
        due: &[Due<'a>],
        ticked: &mut Ticked,
    ) -> Result<BTreeMap<&'a Symbol, Instrument>, CollectError> {
        let mut listed = BTreeMap::new();
        let mut asked = BTreeMap::new();
        let mut symbols: Vec<_> = due.iter().map(|due| due.symbol.clone()).collect();
        symbols.dedup();
        let kept = self.candles.instruments(&self.source, &symbols).await?;
        let kept: BTreeMap<_, _> = symbols.iter().zip(kept).collect();
        for Due { symbol, timeframe, last, .. } in due {
            let kept = kept.get(symbol).cloned().flatten();
            // an exchangeInfo weighs ten pages: not with every 1h bar, nor with every part of a backfill
            match kept {
                Some(kept) if kept.is_trading() && (*timeframe == Timeframe::Hour || last.is_none()) => {
                    listed.insert(*symbol, kept);
                }
                kept => {
                    asked.insert(*symbol, kept);
                }
            }
        }
        for (symbol, found) in self.look_up(asked).await? {
            match found {
                Ok(instrument) => {
                    let halted_since = self.halted_since(&instrument).await?;
                    if let Some(Ok(total)) = ticked.get_mut(symbol) {
                        total.halted_since = halted_since;
                    }
                    listed.insert(symbol, instrument);
                }
                Err(error) => {
                    listed.remove(symbol);
                    ticked.insert(symbol.clone(), Err(error));
                }
            }
        }
        Ok(listed)
    }

    async fn refresh_due<'a>(
        &self,
        due: &'a Due<'a>,
        clock: Clock,
        until: Instant,
        whenever: bool,
    ) -> (&'a Due<'a>, Result<Option<Refreshed>, CollectError>) {
        // the first of them always go a page on: however short the time, a backfill ends
        if due.backfill && !whenever && Instant::now() >= until {
            return (due, Ok(None));
        }
        let series = self.series(due.symbol, due.timeframe);
        let refresh = Refresh {
            candles: self.candles.as_ref(),
            client: &self.client,
            series: &series,
            depth: &self.depth,
            clock,
            on_page: &|_, _| (),
            until: Some(until),
        };
        (due, refresh.run().await.map(Some))
    }
}

/// Keeps what was gathered, and tells what each symbol had of it.
async fn keep(gathered: &mut Gathered<'_>, ticked: &mut Ticked) -> Result<(), CollectError> {
    for (symbol, outcome) in gathered.keep().await? {
        match outcome {
            Err(error @ CollectError::Store(_)) => return Err(error),
            outcome => tell(ticked, &symbol, outcome),
        }
    }
    Ok(())
}

/// Adds what a series brought to its symbol's; of a symbol's failures the first is told.
fn tell(ticked: &mut Ticked, symbol: &Symbol, outcome: Result<Collected, CollectError>) {
    match (ticked.get_mut(symbol), outcome) {
        (Some(Ok(total)), Ok(part)) => total.join(part),
        (Some(told @ Ok(_)), Err(error)) => *told = Err(error),
        _ => {}
    }
}

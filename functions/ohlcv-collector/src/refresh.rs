//! One series read from its last closed bar to the present.

use domain::{Candle, Timeframe};
use jiff::Timestamp;
use market::{Exchange, MarketError};
use storage::{Appended, CandleStore, SeriesKey, SeriesState};
use tokio::time::Instant;

use crate::clock::{Clock, SLACK};
use crate::depth::back;
use crate::gaps::Gaps;
use crate::gathered::Refreshed;
use crate::{CollectError, Collected, Depth, OnPage};

/// Bars of one page: the most the venue gives.
pub(crate) const PAGE: u16 = 1000;

/// Closed bars read again in each refresh: that is where corrections and late bars come.
const AGAIN: u32 = 24;

/// Closed bars read again in the first refresh of a day: one page, with room for the bars since.
const AGAIN_DAILY: u32 = 990;

/// The refresh of a series.
pub(crate) struct Refresh<'a> {
    pub(crate) candles: &'a dyn CandleStore,
    pub(crate) client: &'a Exchange,
    pub(crate) series: &'a SeriesKey,
    pub(crate) depth: &'a Depth,
    /// The venue's clock, as it is believed.
    pub(crate) clock: Clock,
    pub(crate) on_page: OnPage<'a>,
    /// A backfill pauses after the page that ends later.
    pub(crate) until: Option<Instant>,
}

/// Where in the series a refresh is.
struct Place {
    /// Open of the first bar to ask for.
    start: Timestamp,
    /// Open of the newest bar that the venue has shown.
    seen: Option<Timestamp>,
    /// The venue's clock, from before the bars it judges.
    observed_at: Timestamp,
    /// Whether it was read just now.
    fresh: bool,
}

impl Refresh<'_> {
    /// Reads the series to its end. Each full page is kept before the next is looked at, the last one is handed over.
    pub(crate) async fn run(&self) -> Result<Refreshed, CollectError> {
        let store = self.candles;
        let state = store.states(std::slice::from_ref(self.series)).await?.into_iter().next();
        let SeriesState { refreshed_at: refreshed, history_from, newest_closed: seen, gaps } =
            state.unwrap_or_default();
        let mut gaps = Gaps::new(self.series.timeframe, gaps);
        let observed_at = self.clock.again(self.client).await?;
        let wanted = self.depth.start(self.series.timeframe, observed_at);
        let start = self.start(wanted, seen, refreshed, observed_at);
        let mut place = Place { start, seen, observed_at, fresh: true };
        let mut total = Collected::default();
        let mut page = self.page(&mut place).await?;
        let last = loop {
            let Some(newest) = page.last().map(|newest| newest.open_time) else {
                if place.seen.is_none() {
                    // not listed yet: asked again at the next tick
                    return Ok(self.paused(total, observed_at));
                }
                self.nothing(place.start).await?;
                break page;
            };
            if let Some(early) = page.iter().find(|bar| bar.open_time > place.observed_at + SLACK) {
                let said = format!(
                    "a bar that opens at {}, after its own clock of {}",
                    early.open_time, place.observed_at
                );
                return Err(MarketError::Unexpected { said }.into());
            }
            if seen.is_none() && place.seen.is_none() {
                store.set_history_from(self.series, wanted).await?;
            }
            self.arrived(&page, &place, &mut gaps, &mut total).await?;
            // a venue that does not go on would be asked for ever
            if !self.goes_on(&page, &place) || newest <= place.start {
                break page;
            }
            let keep = store.append(self.series, &page, place.observed_at);
            if refreshed.is_none() && self.out_of_time() {
                total.add(0, keep.await?);
                return Ok(self.paused(total, place.observed_at));
            }
            // the next page begins with a bar that is known: an empty one is then no answer
            let mut next = Place { start: newest, seen: Some(newest), fresh: false, ..place };
            // asked for first, and on its way while this one is kept
            let (following, appended) = tokio::join!(self.page(&mut next), keep);
            total.add(0, appended?);
            (place, page) = (next, following?);
        };
        let at = place.observed_at;
        let older = async {
            if refreshed.is_some() {
                self.ask_for_gaps(&mut gaps, start, at, &mut total).await?;
            }
            if let Some(seen) = seen {
                // of a folder from before this was kept, all is asked for again
                let known = history_from.unwrap_or(seen);
                self.deepen(known, wanted, at, &mut gaps, &mut total).await?;
            }
            Ok(())
        };
        let older = older.await;
        Ok(Refreshed { last, ..self.ended(total, at, older) })
    }

    /// Ends before the series does, with all that has arrived kept.
    fn paused(&self, collected: Collected, observed_at: Timestamp) -> Refreshed {
        let series = self.series.clone();
        Refreshed { series, last: Vec::new(), observed_at, is_whole: false, collected, failed: None }
    }

    fn ended(&self, collected: Collected, at: Timestamp, older: Result<(), CollectError>) -> Refreshed {
        Refreshed { is_whole: older.is_ok(), failed: older.err(), ..self.paused(collected, at) }
    }

    pub(crate) fn out_of_time(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    fn start(
        &self,
        oldest: Timestamp,
        seen: Option<Timestamp>,
        refreshed: Option<Timestamp>,
        now: Timestamp,
    ) -> Timestamp {
        let Some(seen) = seen else { return oldest };
        let day = |at: Timestamp| Timeframe::Day.open_of(at);
        let again = match refreshed {
            // a backfill that was broken off goes on
            None => 0,
            Some(last) if day(last) == day(now) => AGAIN,
            Some(_) => AGAIN_DAILY,
        };
        back(self.series.timeframe, seen, again).max(oldest).min(seen)
    }

    /// The page at `place`. The last one is judged by a clock read just before it; full ones hold closed bars only,
    /// and need none.
    async fn page(&self, place: &mut Place) -> Result<Vec<Candle>, MarketError> {
        let SeriesKey { symbol, timeframe, .. } = self.series;
        loop {
            if !place.fresh && back(*timeframe, place.observed_at, PAGE.into()) <= place.start {
                self.read_clock(place).await?;
            }
            let page = self.client.klines(symbol, *timeframe, Some(place.start), None, PAGE).await?;
            if place.fresh || self.goes_on(&page, place) {
                return Ok(page);
            }
            self.read_clock(place).await?;
        }
    }

    async fn read_clock(&self, place: &mut Place) -> Result<(), MarketError> {
        (place.observed_at, place.fresh) = (self.clock.again(self.client).await?, true);
        Ok(())
    }

    fn goes_on(&self, page: &[Candle], place: &Place) -> bool {
        page.len() == usize::from(PAGE) && page.last().is_some_and(|last| last.closed_at(place.observed_at))
    }

    /// Takes in a page before it is kept: once the bars behind a gap are, nothing would show it again.
    async fn arrived(
        &self,
        page: &[Candle],
        place: &Place,
        gaps: &mut Gaps,
        total: &mut Collected,
    ) -> Result<(), CollectError> {
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(()) };
        let from = place.seen.map_or(first.open_time, |seen| seen.min(first.open_time));
        if gaps.answered(from, last.open_time, page, place.observed_at) {
            self.candles.set_gaps(self.series, gaps.known()).await?;
        }
        let joint = total.bars > 0 && place.seen == Some(first.open_time);
        total.add(page.len() - usize::from(joint), Appended::default());
        (self.on_page)(self.series.timeframe, total.bars);
        Ok(())
    }

    /// An empty answer where bars were served before: the end of a symbol that does not trade, a fault otherwise.
    async fn nothing(&self, start: Timestamp) -> Result<(), CollectError> {
        let SeriesKey { source, symbol, timeframe } = self.series;
        let instrument = self.candles.instrument(source, symbol).await?;
        if instrument.is_some_and(|instrument| !instrument.is_trading()) {
            return Ok(());
        }
        let said = format!("no {timeframe} bar of {symbol} from {start} on, where it had some");
        Err(MarketError::Unavailable { said }.into())
    }

    /// Asks for the gaps before `start`, those since having been read with the rest.
    async fn ask_for_gaps(
        &self,
        gaps: &mut Gaps,
        start: Timestamp,
        now: Timestamp,
        total: &mut Collected,
    ) -> Result<(), CollectError> {
        let SeriesKey { symbol, timeframe, .. } = self.series;
        for gap in gaps.due(now, start) {
            let page = self.client.klines(symbol, *timeframe, Some(gap.from), Some(gap.to), PAGE).await?;
            let appended = self.candles.append(self.series, &page, now).await?;
            total.add(page.len(), appended);
            // a full page says nothing of what comes after it
            let full = page.last().filter(|_| page.len() == usize::from(PAGE));
            let to = full.map_or(gap.to, |last| last.open_time);
            gaps.answered(gap.from, to, &page, now);
            self.candles.set_gaps(self.series, gaps.known()).await?;
        }
        Ok(())
    }
}

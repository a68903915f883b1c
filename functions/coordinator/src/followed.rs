//! What became of recommendations, by the hours that were collected since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::recommendation::{Lifecycle, PlanState, RecommendationDocument};
use domain::{Candle, RecommendationId, Source, Symbol, Timeframe};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use market::candles::newest;
use market::lifecycle::lifecycle;
use storage::{CandleQuery, CandleStore, StoreError};

/// Series that are read at once.
const AT_ONCE: usize = 8;

/// Lifecycles that have ended and are kept in memory.
const MOST: usize = 2000;

/// For how long hours that were read are good: the collector looks for new ones every 20 minutes.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

type Series = (Source, Symbol);

/// The closed hours of a series from one on.
#[derive(Clone)]
struct Hours {
    read_at: Timestamp,
    from: Timestamp,
    bars: Arc<Vec<Candle>>,
}

/// Follows recommendations on the stored candles. What has ended is remembered: no later bar changes it.
pub struct Followed {
    candles: Arc<dyn CandleStore>,
    ended: Mutex<BTreeMap<RecommendationId, Lifecycle>>,
    hours: Mutex<BTreeMap<String, Hours>>,
}

impl Followed {
    /// Nothing is followed yet.
    pub fn on(candles: Arc<dyn CandleStore>) -> Self {
        Self { candles, ended: Mutex::default(), hours: Mutex::default() }
    }

    /// What became of one by `now`; `None` where it stands aside.
    ///
    /// # Errors
    /// Whatever storage says.
    pub async fn one(
        &self,
        document: &RecommendationDocument,
        now: Timestamp,
    ) -> Result<Option<Lifecycle>, StoreError> {
        Ok(self.all(&[document], now).await?.pop().flatten())
    }

    /// The same of many, each series read once.
    ///
    /// # Errors
    /// Whatever storage says.
    pub async fn all(
        &self,
        documents: &[&RecommendationDocument],
        now: Timestamp,
    ) -> Result<Vec<Option<Lifecycle>>, StoreError> {
        let mut wanted: BTreeMap<String, (Series, Timestamp)> = BTreeMap::new();
        for document in documents.iter().filter(|document| self.is_open(document)) {
            let from = Timeframe::Hour.open_of(document.decided_at);
            let series = (document.source.clone(), document.symbol.clone());
            let earliest = wanted.entry(name(&series)).or_insert((series, from));
            earliest.1 = earliest.1.min(from);
        }
        let read = stream::iter(wanted.into_values())
            .map(|(series, from)| async move {
                let hours = self.hours(&series, from, now).await?;
                Ok::<_, StoreError>((name(&series), hours))
            })
            .buffer_unordered(AT_ONCE);
        let hours: BTreeMap<String, Arc<Vec<Candle>>> = read.try_collect().await?;
        Ok(documents.iter().map(|document| self.follow(document, &hours)).collect())
    }

    fn is_open(&self, document: &RecommendationDocument) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        document.plan_state() == PlanState::Planned && !ended.contains_key(&document.recommendation_id)
    }

    fn follow(
        &self,
        document: &RecommendationDocument,
        hours: &BTreeMap<String, Arc<Vec<Candle>>>,
    ) -> Option<Lifecycle> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = ended.get(&document.recommendation_id) {
            return Some(found.clone());
        }
        let hours = hours.get(&name(&(document.source.clone(), document.symbol.clone())));
        let found = lifecycle(document, hours.map(|hours| hours.as_slice()).unwrap_or_default())?;
        if found.state.is_terminal() {
            if ended.len() >= MOST {
                ended.clear();
            }
            ended.insert(document.recommendation_id.clone(), found.clone());
        }
        Some(found)
    }

    async fn hours(
        &self,
        series: &Series,
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Arc<Vec<Candle>>, StoreError> {
        let key = name(series);
        let kept = self.hours.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(kept) = kept
            && kept.from <= from
            && now < kept.read_at + GOOD_FOR
        {
            return Ok(kept.bars);
        }
        let bars = Arc::new(closed_hours(self.candles.as_ref(), series, from, now).await?);
        let mut kept = self.hours.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, hours| now < hours.read_at + GOOD_FOR);
        kept.insert(key, Hours { read_at: now, from, bars: bars.clone() });
        Ok(bars)
    }
}

fn name((source, symbol): &Series) -> String {
    format!("{source} {symbol}")
}

/// The closed 1h bars of a series from `from` on, as they are known at `now`.
async fn closed_hours(
    candles: &dyn CandleStore,
    (source, symbol): &Series,
    from: Timestamp,
    now: Timestamp,
) -> Result<Vec<Candle>, StoreError> {
    let query = CandleQuery {
        source: source.clone(),
        symbol: symbol.clone(),
        as_of: now,
        wants: vec![(Timeframe::Hour, Some(from))],
    };
    let mut read = candles.read(&query).await?;
    let revisions = read.remove(&Timeframe::Hour).unwrap_or_default();
    let closed = newest(&revisions, now).into_iter().filter(|revision| revision.is_closed());
    Ok(closed.map(|revision| revision.candle.clone()).collect())
}

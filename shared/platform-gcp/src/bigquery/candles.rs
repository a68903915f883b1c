use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{CandleRevision, Instrument, Source, Symbol, Timeframe};
use jiff::{SignedDuration, Timestamp};
use storage::{
    Appended, CandleQuery, CandleStore, Gap, SeriesBars, SeriesKey, SeriesState, StoreError, revise,
};

use super::bars::{self, Kept};
use super::client::Client;
use super::config::{BigQueryConfig, StagingConfig};
use super::load::Loader;
use super::schema::Table;
use super::statements::{CANDLES_AS_OF, NEWEST_CLOSED, NEWEST_KEPT};
use super::types::Value;
use super::write::Writer;
use crate::{CollectorState, Identity};

/// Bars that opened longer before they were seen go by load job: streaming takes none over 1,825 days back.
const STREAMED: SignedDuration = SignedDuration::from_hours(4 * 365 * 24);

/// Candles in BigQuery: a row for each version of a bar, appended only. How far each series is kept, its gaps, and
/// what the venue says of symbols stand in Firestore.
pub struct BigQueryCandles {
    client: Client,
    writer: Writer,
    loader: Option<Loader>,
    table: Table,
    state: CollectorState,
}

impl BigQueryCandles {
    /// Candles in that project. It connects at its first call. Without `staging` no old bars can be appended.
    ///
    /// # Errors
    /// `Unavailable` if an emulator's address is none.
    pub fn new(
        config: BigQueryConfig,
        staging: Option<StagingConfig>,
        state: CollectorState,
        identity: Identity,
    ) -> Result<Self, StoreError> {
        let writer = Writer::new(&config, identity.clone())?;
        let client = Client::new(config, identity.clone());
        let loader = staging.map(|staging| Loader::new(client.clone(), staging, identity));
        Ok(Self { client, writer, loader, table: Table::ohlcv_raw()?, state })
    }

    /// The newest version kept of each of these bars, in one query.
    async fn kept(&self, bars: &[SeriesBars<'_>]) -> Result<Kept, StoreError> {
        let opens = || bars.iter().flat_map(|series| series.candles).map(|candle| candle.open_time);
        let (Some(oldest), Some(newest)) = (opens().min(), opens().max()) else { return Ok(Kept::default()) };
        let mut symbols: Vec<_> = bars.iter().map(|bars| &bars.series.symbol).collect();
        symbols.sort();
        symbols.dedup();
        let values = vec![
            Value::Timestamp(oldest),
            Value::Timestamp(newest),
            Value::Array(symbols.into_iter().map(Value::text).collect()),
            Value::Array(bars.iter().filter_map(bars::range).collect()),
        ];
        bars::kept(&self.client.rows(&NEWEST_KEPT, values).await?)
    }

    /// Appends versions of bars: the old ones by a load job, then the others by the stream.
    async fn write(&self, versions: &[(&SeriesKey, CandleRevision)]) -> Result<(), StoreError> {
        let is_old = |bar: &CandleRevision| bar.candle.open_time < bar.observed_at - STREAMED;
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (series, bar) in versions {
            let row = bars::row(series, bar);
            match is_old(bar) {
                true => old.push(row),
                false => new.push(self.table.encode(&row)?),
            }
        }
        if !old.is_empty() {
            let missing =
                || StoreError::Unavailable("no staging bucket for bars over four years old".to_owned());
            self.loader.as_ref().ok_or_else(missing)?.append(&self.table, &old).await?;
        }
        self.writer.append(&self.table, new).await
    }
}

#[async_trait]
impl CandleStore for BigQueryCandles {
    async fn append_all(&self, bars: &[SeriesBars<'_>]) -> Result<Vec<Appended>, StoreError> {
        let mut kept = self.kept(bars).await?;
        let mut versions = Vec::new();
        let mut all = Vec::with_capacity(bars.len());
        let mut newest = Vec::new();
        for SeriesBars { series, candles, observed_at } in bars {
            let mut appended = Appended::default();
            let known = kept.entry((*series).clone()).or_default();
            for candle in *candles {
                if let Some(bar) = revise(known.get(&candle.open_time), candle, *observed_at) {
                    appended.count(bar.revision);
                    known.insert(candle.open_time, bar.clone());
                    versions.push((*series, bar));
                }
            }
            all.push(appended);
            let closed = known.values().rev().find(|bar| bar.is_closed());
            newest.extend(closed.map(|bar| (*series, bar.candle.open_time)));
        }
        self.write(&versions).await?;
        // after the rows: a mark that is behind costs a page, one ahead would leave a hole
        self.state.advance(&newest).await?;
        Ok(all)
    }

    async fn read(
        &self,
        query: &CandleQuery,
    ) -> Result<BTreeMap<Timeframe, Vec<CandleRevision>>, StoreError> {
        let mut found: BTreeMap<Timeframe, Vec<CandleRevision>> = BTreeMap::new();
        let mut wants = Vec::new();
        let mut oldest = query.as_of;
        for (timeframe, since) in &query.wants {
            let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
            oldest = oldest.min(since);
            wants.push(Value::Struct(vec![Value::text(timeframe), Value::Timestamp(since)]));
            found.insert(*timeframe, Vec::new());
        }
        let values = vec![
            Value::text(&query.source),
            Value::text(&query.symbol),
            Value::Array(wants),
            Value::Timestamp(oldest),
            Value::Timestamp(query.as_of),
        ];
        for row in self.client.rows(&CANDLES_AS_OF, values).await?.iter() {
            found.entry(row.parsed("timeframe")?).or_default().push(bars::bar(&row)?);
        }
        Ok(found)
    }

    async fn newest_closed(&self, series: &SeriesKey) -> Result<Option<CandleRevision>, StoreError> {
        let states = self.state.states(std::slice::from_ref(series)).await?;
        let Some(oldest) = states.into_iter().next().and_then(|state| state.newest_closed) else {
            return Ok(None);
        };
        let values = vec![
            Value::Timestamp(oldest),
            Value::text(&series.source),
            Value::text(&series.symbol),
            Value::text(series.timeframe),
        ];
        self.client.rows(&NEWEST_CLOSED, values).await?.iter().next().map(|row| bars::bar(&row)).transpose()
    }

    async fn states(&self, series: &[SeriesKey]) -> Result<Vec<SeriesState>, StoreError> {
        self.state.states(series).await
    }

    async fn set_refreshed_all(&self, refreshed: &[(&SeriesKey, Timestamp)]) -> Result<(), StoreError> {
        self.state.set_refreshed(refreshed).await
    }

    async fn set_history_from(&self, series: &SeriesKey, from: Timestamp) -> Result<(), StoreError> {
        self.state.set_history_from(series, from).await
    }

    async fn set_gaps(&self, series: &SeriesKey, gaps: &[Gap]) -> Result<(), StoreError> {
        self.state.set_gaps(series, gaps).await
    }

    fn shard(&self, symbol: &Symbol) -> u32 {
        self.state.shard(symbol)
    }

    async fn put_instruments(&self, source: &Source, instruments: &[Instrument]) -> Result<(), StoreError> {
        self.state.put_instruments(source, instruments).await
    }

    async fn instruments(
        &self,
        source: &Source,
        symbols: &[Symbol],
    ) -> Result<Vec<Option<Instrument>>, StoreError> {
        self.state.instruments(source, symbols).await
    }
}

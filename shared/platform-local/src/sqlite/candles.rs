use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{Candle, CandleRevision, Instrument, Source, Symbol, Timeframe};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use rust_decimal::Decimal;
use storage::{
    Appended, CandleQuery, CandleStore, Gap, SeriesBars, SeriesKey, SeriesState, StoreError, revise,
};

use super::{Database, json_error, sql_error, sum};

const COLUMNS: &str = "open_ms, close_ms, open, high, low, close, volume, quote_volume, trades, taker_base, \
                       taker_quote, revision, observed_ms, sum";

/// Candles in SQLite: a row for each version of a bar.
pub struct SqliteCandles {
    database: Database,
}

impl SqliteCandles {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl CandleStore for SqliteCandles {
    async fn append_all(&self, bars: &[SeriesBars<'_>]) -> Result<Vec<Appended>, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let mut all = Vec::with_capacity(bars.len());
            for SeriesBars { series, candles, observed_at } in bars {
                let id = ensure_series(&transaction, series)?;
                let mut appended = Appended::default();
                for candle in *candles {
                    append_one(&transaction, id, candle, *observed_at, &mut appended)?;
                }
                all.push(appended);
            }
            transaction.commit().map_err(sql_error)?;
            Ok(all)
        })
    }

    async fn read(
        &self,
        query: &CandleQuery,
    ) -> Result<BTreeMap<Timeframe, Vec<CandleRevision>>, StoreError> {
        self.database.run(|connection| {
            // one transaction: a run sees one state of all its series
            let transaction = connection.transaction().map_err(sql_error)?;
            let mut found = BTreeMap::new();
            for (timeframe, since) in &query.wants {
                let key = SeriesKey {
                    source: query.source.clone(),
                    symbol: query.symbol.clone(),
                    timeframe: *timeframe,
                };
                let bars = match series_id(&transaction, &key)? {
                    Some(id) => read_series(&transaction, id, *since, query.as_of)?,
                    None => Vec::new(),
                };
                found.insert(*timeframe, bars);
            }
            Ok(found)
        })
    }

    async fn newest_closed(&self, series: &SeriesKey) -> Result<Option<CandleRevision>, StoreError> {
        self.database.run(|connection| {
            let Some(id) = series_id(connection, series)? else { return Ok(None) };
            let sql = format!(
                "SELECT {COLUMNS} FROM candles WHERE series = ?1 AND revision > 0 \
                 ORDER BY open_ms DESC, observed_ms DESC LIMIT 1"
            );
            connection.query_row(&sql, [id], |row| revision(id, row)).optional().map_err(sql_error)
        })
    }

    async fn states(&self, series: &[SeriesKey]) -> Result<Vec<SeriesState>, StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            series.iter().map(|key| state(&transaction, key)).collect()
        })
    }

    async fn set_refreshed_all(&self, refreshed: &[(&SeriesKey, Timestamp)]) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            for (series, at) in refreshed {
                let id = ensure_series(&transaction, series)?;
                let sql = "UPDATE series SET refreshed_ms = ?2 WHERE id = ?1";
                transaction.execute(sql, params![id, at.as_millisecond()]).map_err(sql_error)?;
            }
            transaction.commit().map_err(sql_error)
        })
    }

    async fn set_history_from(&self, series: &SeriesKey, from: Timestamp) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let id = ensure_series(connection, series)?;
            let sql = "UPDATE series SET from_ms = ?2 WHERE id = ?1";
            connection.execute(sql, params![id, from.as_millisecond()]).map_err(sql_error)?;
            Ok(())
        })
    }

    async fn set_gaps(&self, series: &SeriesKey, gaps: &[Gap]) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            let id = ensure_series(&transaction, series)?;
            transaction.execute("DELETE FROM gaps WHERE series = ?1", [id]).map_err(sql_error)?;
            for gap in gaps {
                let sql = "INSERT INTO gaps (series, from_ms, to_ms, asked_ms) VALUES (?1, ?2, ?3, ?4)";
                let asked = gap.asked_at.map(Timestamp::as_millisecond);
                let row = params![id, gap.from.as_millisecond(), gap.to.as_millisecond(), asked];
                transaction.execute(sql, row).map_err(sql_error)?;
            }
            transaction.commit().map_err(sql_error)
        })
    }

    async fn put_instruments(&self, source: &Source, instruments: &[Instrument]) -> Result<(), StoreError> {
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            for instrument in instruments {
                let document = serde_json::to_string(instrument).map_err(|e| json_error("instrument", &e))?;
                let sql = "INSERT OR REPLACE INTO instruments (source, symbol, document, sum) \
                           VALUES (?1, ?2, ?3, ?4)";
                let sum = sum::of([document.as_str()]);
                let row = params![source.to_string(), instrument.symbol.as_str(), document, sum];
                transaction.execute(sql, row).map_err(sql_error)?;
            }
            transaction.commit().map_err(sql_error)
        })
    }

    async fn instruments(
        &self,
        source: &Source,
        symbols: &[Symbol],
    ) -> Result<Vec<Option<Instrument>>, StoreError> {
        let source = source.to_string();
        self.database.run(|connection| {
            let transaction = connection.transaction().map_err(sql_error)?;
            symbols.iter().map(|symbol| instrument(&transaction, &source, symbol)).collect()
        })
    }
}

fn instrument(
    connection: &Connection,
    source: &str,
    symbol: &Symbol,
) -> Result<Option<Instrument>, StoreError> {
    let sql = "SELECT document, sum FROM instruments WHERE source = ?1 AND symbol = ?2";
    let row: Option<(String, Option<u32>)> = connection
        .prepare_cached(sql)
        .and_then(|mut s| {
            s.query_row(params![source, symbol.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(sql_error)?;
    row.map(|(text, kept)| {
        let text = sum::checked("instrument", text, kept)?;
        serde_json::from_str(&text).map_err(|e| json_error("instrument", &e))
    })
    .transpose()
}

fn series_id(connection: &Connection, key: &SeriesKey) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT id FROM series WHERE source = ?1 AND symbol = ?2 AND timeframe = ?3";
    let row = params![key.source.to_string(), key.symbol.as_str(), key.timeframe.as_str()];
    connection
        .prepare_cached(sql)
        .and_then(|mut s| s.query_row(row, |row| row.get(0)).optional())
        .map_err(sql_error)
}

fn ensure_series(connection: &Connection, key: &SeriesKey) -> Result<i64, StoreError> {
    let sql = "INSERT OR IGNORE INTO series (source, symbol, timeframe) VALUES (?1, ?2, ?3)";
    let row = params![key.source.to_string(), key.symbol.as_str(), key.timeframe.as_str()];
    connection.execute(sql, row).map_err(sql_error)?;
    series_id(connection, key)?.ok_or_else(|| StoreError::Unavailable("a series vanished".to_owned()))
}

fn state(connection: &Connection, key: &SeriesKey) -> Result<SeriesState, StoreError> {
    let Some(id) = series_id(connection, key)? else { return Ok(SeriesState::default()) };
    let row = "SELECT refreshed_ms, from_ms, (SELECT open_ms FROM candles WHERE series = id AND revision > 0 \
               ORDER BY open_ms DESC LIMIT 1) FROM series WHERE id = ?1";
    let optional =
        |row: &Row<'_>, index: usize| row.get::<_, Option<i64>>(index)?.map(|_| time(row, index)).transpose();
    let found = connection.prepare_cached(row).and_then(|mut s| {
        s.query_row([id], |row| Ok([optional(row, 0)?, optional(row, 1)?, optional(row, 2)?]))
    });
    let [refreshed_at, history_from, newest_closed] = found.map_err(sql_error)?;
    let sql = "SELECT from_ms, to_ms, asked_ms FROM gaps WHERE series = ?1 ORDER BY from_ms";
    let mut statement = connection.prepare_cached(sql).map_err(sql_error)?;
    let rows = statement.query_map([id], gap).map_err(sql_error)?;
    let gaps = rows.collect::<rusqlite::Result<_>>().map_err(sql_error)?;
    Ok(SeriesState { refreshed_at, history_from, newest_closed, gaps })
}

fn append_one(
    transaction: &Transaction<'_>,
    series: i64,
    candle: &Candle,
    observed_at: Timestamp,
    appended: &mut Appended,
) -> Result<(), StoreError> {
    let newest = format!(
        "SELECT {COLUMNS} FROM candles WHERE series = ?1 AND open_ms = ?2 ORDER BY observed_ms DESC LIMIT 1"
    );
    let kept: Option<CandleRevision> = transaction
        .prepare_cached(&newest)
        .and_then(|mut s| {
            let bar = params![series, candle.open_time.as_millisecond()];
            s.query_row(bar, |row| revision(series, row)).optional()
        })
        .map_err(sql_error)?;
    let Some(CandleRevision { revision, observed_at, .. }) = revise(kept.as_ref(), candle, observed_at)
    else {
        return Ok(());
    };
    appended.count(revision);
    let observed_ms = observed_at.as_millisecond();
    let insert = format!(
        "INSERT OR REPLACE INTO candles (series, {COLUMNS}) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    );
    let (open_ms, close_ms) = (candle.open_time.as_millisecond(), candle.close_time.as_millisecond());
    let [open, high, low, close] =
        [candle.open, candle.high, candle.low, candle.close].map(|d| d.to_string());
    let [volume, quote_volume] = [candle.volume, candle.quote_volume].map(|d| d.to_string());
    let [taker_base, taker_quote] =
        [candle.taker_base, candle.taker_quote].map(|told| told.map(|d| d.to_string()));
    let trades = candle.trades.map(|trades| trades as i64);
    let numbers =
        [Some(series), Some(open_ms), Some(close_ms), trades, Some(revision.into()), Some(observed_ms)]
            .map(|number| number.map(|n| n.to_string()).unwrap_or_default());
    let texts = [&open, &high, &low, &close, &volume, &quote_volume].map(String::as_str);
    let told = [&taker_base, &taker_quote].map(|told| told.as_deref().unwrap_or_default());
    let sum = sum::of(numbers.iter().map(String::as_str).chain(texts).chain(told));
    let row = params![
        series,
        open_ms,
        close_ms,
        open,
        high,
        low,
        close,
        volume,
        quote_volume,
        trades,
        taker_base,
        taker_quote,
        revision,
        observed_ms,
        sum,
    ];
    transaction.prepare_cached(&insert).and_then(|mut s| s.execute(row)).map_err(sql_error)?;
    Ok(())
}

fn read_series(
    transaction: &Transaction<'_>,
    series: i64,
    since: Option<Timestamp>,
    as_of: Timestamp,
) -> Result<Vec<CandleRevision>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM candles \
         WHERE series = ?1 AND open_ms >= ?2 AND open_ms < ?3 \
           AND ((revision > 0 AND close_ms < ?3) OR (revision = 0 AND observed_ms <= ?3)) \
         ORDER BY open_ms, observed_ms"
    );
    let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
    let mut statement = transaction.prepare_cached(&sql).map_err(sql_error)?;
    let range = params![series, since, as_of.as_millisecond()];
    let rows = statement.query_map(range, |row| revision(series, row)).map_err(sql_error)?;
    let mut bars: Vec<CandleRevision> = Vec::new();
    for row in rows {
        let bar = row.map_err(sql_error)?;
        // in order of sight: the last version of a bar replaces those before it
        match bars.last_mut() {
            Some(last) if last.candle.open_time == bar.candle.open_time => *last = bar,
            _ => bars.push(bar),
        }
    }
    Ok(bars)
}

fn time(row: &Row<'_>, index: usize) -> rusqlite::Result<Timestamp> {
    let ms: i64 = row.get(index)?;
    Timestamp::from_millisecond(ms).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, ms))
}

fn gap(row: &Row<'_>) -> rusqlite::Result<Gap> {
    let asked_at = row.get::<_, Option<i64>>(2)?.map(|_| time(row, 2)).transpose()?;
    Ok(Gap { from: time(row, 0)?, to: time(row, 1)?, asked_at })
}

fn revision(series: i64, row: &Row<'_>) -> rusqlite::Result<CandleRevision> {
    check(series, row)?;
    let time = |index: usize| time(row, index);
    let read = |index: usize, text: &str| {
        Decimal::from_str_exact(text).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
        })
    };
    let decimal = |index: usize| read(index, row.get_ref(index)?.as_str()?);
    let told = |index: usize| row.get_ref(index)?.as_str_or_null()?.map(|text| read(index, text)).transpose();
    Ok(CandleRevision {
        candle: Candle {
            open_time: time(0)?,
            close_time: time(1)?,
            open: decimal(2)?,
            high: decimal(3)?,
            low: decimal(4)?,
            close: decimal(5)?,
            volume: decimal(6)?,
            quote_volume: decimal(7)?,
            trades: row.get::<_, Option<i64>>(8)?.map(i64::unsigned_abs),
            taker_base: told(9)?,
            taker_quote: told(10)?,
        },
        revision: row.get(11)?,
        observed_at: time(12)?,
    })
}

/// Compares a row with its sum: numbers first, then texts, as they were written.
fn check(series: i64, row: &Row<'_>) -> rusqlite::Result<()> {
    let Some(kept) = row.get::<_, Option<u32>>(13)? else { return Ok(()) };
    let mut numbers = vec![series.to_string()];
    for index in [0, 1, 8, 11, 12] {
        let number = row.get::<_, Option<i64>>(index)?;
        numbers.push(number.map(|n| n.to_string()).unwrap_or_default());
    }
    let mut texts = Vec::with_capacity(8);
    for index in [2, 3, 4, 5, 6, 7, 9, 10] {
        texts.push(row.get_ref(index)?.as_str_or_null()?.unwrap_or_default());
    }
    if sum::of(numbers.iter().map(String::as_str).chain(texts)) == kept {
        return Ok(());
    }
    let changed = Box::new(sum::Changed);
    Err(rusqlite::Error::FromSqlConversionFailure(13, rusqlite::types::Type::Integer, changed))
}

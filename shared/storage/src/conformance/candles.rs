use domain::{Candle, Instrument, Source, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::at;
use crate::{Appended, CandleQuery, CandleStore, Gap, SeriesKey};

fn bar(open: &str, close: &str) -> Candle {
    let open_time = at(open);
    Candle {
        open_time,
        close_time: Timeframe::Hour.close_of(open_time),
        open: "100.10".parse().unwrap(),
        high: "103.00".parse().unwrap(),
        low: "99.50".parse().unwrap(),
        close: close.parse().unwrap(),
        volume: "12.34500000".parse().unwrap(),
        quote_volume: "1234.5".parse().unwrap(),
        trades: 7,
        taker_base: "6.1".parse().unwrap(),
        taker_quote: "610.0".parse().unwrap(),
    }
}

fn key(source: Source) -> SeriesKey {
    SeriesKey { source, symbol: "BTCUSDT".parse().unwrap(), timeframe: Timeframe::Hour }
}

async fn closes(store: &dyn CandleStore, source: &Source, as_of: &str) -> Vec<(String, u32)> {
    let query = CandleQuery {
        source: source.clone(),
        symbol: "BTCUSDT".parse().unwrap(),
        as_of: at(as_of),
        wants: vec![(Timeframe::Hour, None)],
    };
    let found = store.read(&query).await.unwrap().remove(&Timeframe::Hour).unwrap_or_default();
    found.into_iter().map(|bar| (bar.candle.close.to_string(), bar.revision)).collect()
}

fn row(close: &str, revision: u32) -> (String, u32) {
    (close.to_owned(), revision)
}

/// The suite for [`CandleStore`].
pub async fn candle_store(store: &dyn CandleStore) {
    let sim = Source::Sim(1);
    let series = key(sim.clone());
    let later: Timestamp = at("2026-04-30T02:30:00Z");
    let bars = [
        bar("2026-04-30T00:00:00Z", "101.00"),
        bar("2026-04-30T01:00:00Z", "102.00"),
        bar("2026-04-30T02:00:00Z", "102.50"),
    ];
    assert_eq!(store.append(&series, &bars, later).await.unwrap(), Appended { new: 2, corrected: 0 });
    // the forming bar is a snapshot of 02:30: unseen before, closed never
    assert_eq!(
        closes(store, &sim, "2026-04-30T02:30:00Z").await,
        [row("101.00", 1), row("102.00", 1), row("102.50", 0)]
    );
    assert_eq!(closes(store, &sim, "2026-04-30T02:10:00Z").await, [row("101.00", 1), row("102.00", 1)]);
    // a bar is closed one millisecond after its last one
    assert_eq!(closes(store, &sim, "2026-04-30T01:59:59.999Z").await, [row("101.00", 1)]);
    assert_eq!(closes(store, &sim, "2026-04-30T02:00:00Z").await, [row("101.00", 1), row("102.00", 1)]);

    // the same again changes nothing; a correction is a new revision; the snapshot becomes a closed bar
    let corrected = [bar("2026-04-30T01:00:00Z", "102.01"), bar("2026-04-30T02:00:00Z", "102.70")];
    assert_eq!(store.append(&series, &bars[..2], later).await.unwrap(), Appended::default());
    let seen = at("2026-04-30T03:10:00Z");
    assert_eq!(store.append(&series, &corrected, seen).await.unwrap(), Appended { new: 1, corrected: 1 });
    assert_eq!(
        closes(store, &sim, "2026-04-30T04:00:00Z").await,
        [row("101.00", 1), row("102.01", 2), row("102.70", 1)]
    );
    assert_eq!(store.newest_closed(&series).await.unwrap().unwrap().candle, corrected[1]);

    // digits survive as they came
    let query = CandleQuery {
        source: sim.clone(),
        symbol: series.symbol.clone(),
        as_of: at("2026-04-30T04:00:00Z"),
        wants: vec![(Timeframe::Hour, Some(at("2026-04-30T02:00:00Z")))],
    };
    let read = store.read(&query).await.unwrap().remove(&Timeframe::Hour).unwrap();
    assert_eq!(read.len(), 1, "`since` bounds the read");
    assert_eq!(read[0].candle.volume.to_string(), "12.34500000");

    // another source is another series
    assert!(closes(store, &Source::Binance, "2026-04-30T04:00:00Z").await.is_empty());
    assert_eq!(store.newest_closed(&key(Source::Binance)).await.unwrap(), None);

    assert_eq!(store.refreshed_at(&series).await.unwrap(), None);
    store.set_refreshed(&series, seen).await.unwrap();
    assert_eq!(store.refreshed_at(&series).await.unwrap(), Some(seen));

    assert_eq!(store.history_from(&series).await.unwrap(), None);
    for from in ["2026-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        store.set_history_from(&series, at(from)).await.unwrap();
        assert_eq!(store.history_from(&series).await.unwrap(), Some(at(from)), "the last word holds");
    }
    assert_eq!(store.history_from(&key(Source::Binance)).await.unwrap(), None);
    assert_eq!(store.refreshed_at(&series).await.unwrap(), Some(seen), "that is another matter");

    assert!(store.gaps(&series).await.unwrap().is_empty());
    let gap = |from: &str, to: &str| Gap { from: at(from), to: at(to), asked_at: None };
    let later = Gap { asked_at: Some(seen), ..gap("2023-03-24T13:00:00Z", "2023-03-24T13:00:00Z") };
    let earlier = gap("2018-02-08T01:00:00Z", "2018-02-09T09:00:00Z");
    store.set_gaps(&series, &[later, earlier]).await.unwrap();
    assert_eq!(store.gaps(&series).await.unwrap(), [earlier, later]);
    store.set_gaps(&series, &[later]).await.unwrap();
    assert_eq!(store.gaps(&series).await.unwrap(), [later], "a set replaces the one before");
    assert!(store.gaps(&key(Source::Binance)).await.unwrap().is_empty());

    let instrument = Instrument {
        symbol: series.symbol.clone(),
        status: "TRADING".to_owned(),
        base_asset: "BTC".to_owned(),
        quote_asset: "USDT".to_owned(),
        tick: "0.01000000".parse::<Decimal>().unwrap(),
        step: "0.00001000".parse::<Decimal>().unwrap(),
        min_notional: None,
    };
    store.put_instrument(&sim, &instrument).await.unwrap();
    assert_eq!(store.instrument(&sim, &series.symbol).await.unwrap(), Some(instrument));
    assert_eq!(store.instrument(&Source::Binance, &series.symbol).await.unwrap(), None);
}

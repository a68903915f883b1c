use domain::{Candle, Instrument, Source, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::at;
use crate::{Appended, CandleQuery, CandleStore, Gap, SeriesBars, SeriesKey, SeriesState};

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
        trades: Some(7),
        taker_base: "6.1".parse().ok(),
        taker_quote: "610.0".parse().ok(),
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

    // a slow collector brings what it was told before that
    let stale = [bar("2026-04-30T01:00:00Z", "102.00"), bar("2026-04-30T02:00:00Z", "102.60")];
    for asked in ["2026-04-30T02:30:00Z", "2026-04-30T03:09:59Z"] {
        assert_eq!(store.append(&series, &stale, at(asked)).await.unwrap(), Appended::default(), "{asked}");
    }
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

    many_at_once(store).await;
    what_is_not_told(store).await;

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
    assert_eq!(store.instrument(&sim, &series.symbol).await.unwrap(), Some(instrument.clone()));
    assert_eq!(store.instrument(&Source::Binance, &series.symbol).await.unwrap(), None);
    let of = |symbol: &str, status: &str| Instrument {
        symbol: symbol.parse().unwrap(),
        status: status.to_owned(),
        ..instrument.clone()
    };
    let all = [of("BTCUSDT", "BREAK"), of("ETHUSDT", "TRADING"), of("币安人生USDT", "TRADING")];
    store.put_instruments(&sim, &all).await.unwrap();
    let asked = ["ETHUSDT", "NOPEUSDT", "币安人生USDT", "BTCUSDT", "ETHUSDT"].map(|of| of.parse().unwrap());
    let [btc, eth, other] = all.map(Some);
    assert_eq!(store.instruments(&sim, &asked).await.unwrap(), [eth.clone(), None, other, btc, eth]);
    store.put_instruments(&sim, &[]).await.unwrap();
    assert!(store.instruments(&sim, &[]).await.unwrap().is_empty());
}

/// Bars of a venue that tells neither trades nor takers.
async fn what_is_not_told(store: &dyn CandleStore) {
    let series = key(Source::Bybit);
    let bare =
        Candle { trades: None, taker_base: None, taker_quote: None, ..bar("2026-04-30T00:00:00Z", "101.00") };
    let seen = at("2026-04-30T01:10:00Z");
    let appended = store.append(&series, std::slice::from_ref(&bare), seen).await.unwrap();
    assert_eq!(appended, Appended { new: 1, corrected: 0 });
    assert_eq!(store.newest_closed(&series).await.unwrap().unwrap().candle, bare);
    let again = store.append(&series, &[bare], seen).await.unwrap();
    assert_eq!(again, Appended::default(), "what is absent is no change");
}

/// Many series in one go, a long way apart in time.
async fn many_at_once(store: &dyn CandleStore) {
    let of = |symbol: &str| SeriesKey { symbol: symbol.parse().unwrap(), ..key(Source::Sim(1)) };
    let (known, first, other, none) = (of("BTCUSDT"), of("ETHUSDT"), of("币安人生USDT"), of("NOPEUSDT"));
    let seen = at("2026-04-30T05:10:00Z");
    let next = [bar("2026-04-30T02:00:00Z", "102.70"), bar("2026-04-30T03:00:00Z", "103.00")];
    let old = [bar("2017-08-17T04:00:00Z", "4308.83"), bar("2017-08-17T05:00:00Z", "4315.32")];
    let forming = [bar("2026-04-30T04:00:00Z", "99.70"), bar("2026-04-30T05:00:00Z", "99.80")];
    let bars = |series, candles| SeriesBars { series, candles, observed_at: seen };
    let all = [bars(&known, &next[..]), bars(&first, &old[..]), bars(&other, &forming[..])];
    let one = |new| Appended { new, corrected: 0 };
    assert_eq!(store.append_all(&all).await.unwrap(), [one(1), one(2), one(1)]);
    assert_eq!(store.append_all(&all).await.unwrap(), [one(0); 3], "the same again changes nothing");
    assert!(store.append_all(&[]).await.unwrap().is_empty());
    assert_eq!(store.newest_closed(&first).await.unwrap().unwrap().candle, old[1]);

    let query = CandleQuery {
        source: first.source.clone(),
        symbol: first.symbol.clone(),
        as_of: seen,
        wants: vec![(Timeframe::Day, None), (Timeframe::Hour, None)],
    };
    let read = store.read(&query).await.unwrap();
    assert_eq!(read[&Timeframe::Hour].iter().map(|bar| &bar.candle).collect::<Vec<_>>(), [&old[0], &old[1]]);
    assert!(read[&Timeframe::Day].is_empty(), "a series that was asked for is answered, if with nothing");

    store.set_refreshed_all(&[(&first, seen), (&other, seen)]).await.unwrap();
    let [a, b, c, d] = store.states(&[known, first, other, none]).await.unwrap().try_into().unwrap();
    assert_eq!((a.newest_closed, a.gaps.len()), (Some(next[1].open_time), 1));
    assert_eq!(a.history_from, Some(at("1970-01-01T00:00:00Z")));
    let without_gaps = |newest| SeriesState {
        refreshed_at: Some(seen),
        newest_closed: Some(newest),
        ..SeriesState::default()
    };
    assert_eq!(b, without_gaps(old[1].open_time));
    assert_eq!(c, without_gaps(forming[0].open_time), "a bar in progress is none of the closed ones");
    assert_eq!(d, SeriesState::default());
}

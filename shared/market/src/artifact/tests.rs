use domain::ohlcv::{FlagKind, Forming, Ohlcv};
use domain::{CandleRevision, Source, Timeframe};
use jiff::Timestamp;

use super::*;
use crate::recorded;

/// The moment of the worked example: 27 April's week is three days and four hours old.
const AS_OF: &str = "2026-04-30T04:00:00Z";

struct World {
    instrument: Instrument,
    bars: Vec<CandleRevision>,
    hours: Vec<CandleRevision>,
    days: Vec<CandleRevision>,
    timeframe: Timeframe,
}

impl World {
    fn of(symbol: &str, timeframe: Timeframe, test: &str) -> Option<Self> {
        let hours = recorded::series(symbol, Timeframe::Hour, test)?;
        let recent = hours.len() - 24 * 40;
        Some(Self {
            instrument: recorded::instrument(symbol),
            bars: recorded::stored(recorded::series(symbol, timeframe, test)?),
            hours: recorded::stored(hours[recent..].to_vec()),
            days: recorded::stored(recorded::series(symbol, Timeframe::Day, test)?),
            timeframe,
        })
    }

    fn try_at(&self, as_of: &str) -> Result<Built, ArtifactError> {
        self.with(as_of, &[])
    }

    fn with(&self, as_of: &str, extra: &[String]) -> Result<Built, ArtifactError> {
        build(&Input {
            instrument: &self.instrument,
            venue: "binance",
            source: &Source::Binance,
            timeframe: self.timeframe,
            as_of: as_of.parse().unwrap(),
            bars: &self.bars,
            hours: &self.hours,
            days: &self.days,
            extra_indicators: extra,
        })
    }

    fn at(&self, as_of: &str) -> Built {
        self.try_at(as_of).unwrap()
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn swing<'a>(ohlcv: &'a Ohlcv, id: &str) -> (&'a str, &'a str) {
    let swing = ohlcv.swings.list.iter().find(|swing| swing.id == id).unwrap();
    (&swing.p, &swing.t)
}

fn level<'a>(ohlcv: &'a Ohlcv, id: &str) -> (&'a str, &'a str) {
    let level = ohlcv.levels.iter().find(|level| level.id == id).unwrap();
    (&level.low, &level.high)
}

#[test]
fn the_worked_example_comes_out() {
    let Some(world) = World::of("BTCUSDT", Timeframe::Week, "the worked example") else { return };
    let built = world.at(AS_OF);
    let ohlcv = &built.ohlcv;
    assert_eq!(swing(ohlcv, "L1"), ("60000", "2026-02-02"));
    assert_eq!(swing(ohlcv, "L3"), ("107255", "2025-09-01"));
    assert_eq!(ohlcv.bars.cell("2026-04-20", "c"), Some("78657.55"));
    assert_eq!(ohlcv.indicators.cell("2026-04-20", "ema20"), Some("77929"));
    assert_eq!(ohlcv.indicators.cell("2026-04-20", "ema50"), Some("86300"));
    assert_eq!(ohlcv.indicators.cell("2026-04-20", "rsi14"), Some("47.3"));
    assert_eq!(ohlcv.indicators.cell("2026-04-06", "rsi14"), Some("38.0"));
    let forming = ohlcv.forming.as_ref().unwrap();
    assert_eq!((forming.h.as_str(), forming.c.as_str()), ("79485.66", "75928.1"));
    assert_eq!((forming.t.as_str(), forming.data_age_s), ("2026-04-27", 0));
    // 76 of 168 hours
    assert_eq!(forming.elapsed_pct.to_string(), "45.2");
    assert_eq!(level(ohlcv, "R1").1, "89256.69");
    assert_eq!(level(ohlcv, "S1"), ("70079.99", "74508"));
    assert_eq!(level(ohlcv, "S2").0, "53485.93");
    let barriers = ohlcv.barriers.as_ref().unwrap();
    assert_eq!((barriers.up.as_str(), barriers.down.as_str()), ("87977", "63879"));
    // the example's odds are the base rates in whole percent
    let rates = barriers.base_rate_pct.unwrap();
    assert_eq!([rates.up, rates.neither, rates.down].map(f64::round), [42.0, 26.0, 32.0]);
    // 454 bars, 30 passed over, 8 without a whole window
    assert_eq!(barriers.base_n, 416);
    assert_eq!(ohlcv.stats.regime, "transition");
    let quality = &ohlcv.data_quality;
    assert_eq!((quality.gaps.len(), quality.flags.len(), quality.absent.len()), (0, 0, 0));
    assert_eq!(quality.warming_pct.keys().collect::<Vec<_>>(), ["ema200"]);
    assert_eq!((quality.history_bars, ohlcv.bars.rows.len(), ohlcv.indicators.rows.len()), (454, 104, 13));
}

#[test]
fn the_month_behind_it_comes_out() {
    let Some(world) = World::of("BTCUSDT", Timeframe::Month, "the month") else { return };
    let Built { ohlcv, series } = world.at(AS_OF);
    assert_eq!(ohlcv.stats.close.as_deref(), Some("68284.48"));
    assert_eq!(ohlcv.indicators.cell("2026-03", "ema20"), Some("83648"));
    assert_eq!(ohlcv.indicators.cell("2026-03", "ema50"), Some("65096"));
    assert_eq!(ohlcv.indicators.cell("2026-03", "ema200"), None);
    assert_eq!(ohlcv.indicators.cell("2026-03", "macd_hist"), Some("-5950"));
    assert_eq!(ohlcv.data_quality.warming_pct.get("ema50"), Some(&11.5));
    assert_eq!(ohlcv.data_quality.absent, ["ema200"]);
    // March gained 1.96 %, the peak of October was 126,199.63
    assert_eq!(ohlcv.stats.ret_pct.get(&1), Some(&2.0));
    let high = &ohlcv.stats.extremes.as_ref().unwrap().hi_all;
    assert_eq!((high.p.as_str(), high.t.as_str()), ("126199.63", "2025-10-06"));
    // the first month is shown, and Binance opened on its 17th
    let flags: Vec<_> = ohlcv.data_quality.flags.iter().map(|flag| (flag.t.as_str(), flag.kind)).collect();
    assert_eq!(flags, [("2017-08", FlagKind::PartialFirst)]);
    assert_eq!((series.bars.len(), series.venue.as_str()), (104, "Binance spot"));
    assert_eq!(series.last("ema200"), None);
    assert!((series.last("ema50").unwrap() - 65_095.594_871_8).abs() < 1e-6);
}

/// SOLUSDT 4h by a separate program in Python over TA-Lib's C library, written from the same rules.
#[test]
fn a_second_implementation_agrees() {
    let Some(world) = World::of("SOLUSDT", Timeframe::Hour4, "the second implementation") else { return };
    let ohlcv = world.at(AS_OF).ohlcv;
    // the bar of 00:00 has just closed, and no 1h bar has opened since
    assert_eq!((ohlcv.forming.is_none(), ohlcv.stats.last_price.as_str()), (true, "83.06"));
    let list = &ohlcv.swings.list;
    let newest: Vec<_> = list.iter().map(|swing| format!("{} {}", swing.id, swing.p)).collect();
    let expected = "L1 81.4,H2 85.56,L3 82.98,H4 88.08,L5 84.48,H6 89.32,L7 82.94,H8 90.73,L9 82.65,H10 87.67,\
                    L11 81.27,H12 86.26";
    assert_eq!(newest.join(","), expected);
    assert_eq!((list[0].t.as_str(), list[0].confirmed.as_str()), ("2026-04-29T16:00", "2026-04-30T00:00"));
    let zones =
        ohlcv.levels.iter().map(|zone| format!("{} {}-{} {}", zone.id, zone.low, zone.high, zone.touches));
    let expected = [
        "R4 87.67-88.08 2",
        "R3 87.02-87.02 1",
        "R2 85.56-86.26 3",
        "R1 84.48-84.48 1",
        "P 82.62-83.2 5",
        "S1 81.27-81.61 4",
        "S2 78.38-78.52 2",
    ];
    assert_eq!(zones.collect::<Vec<_>>(), expected);
    let barriers = ohlcv.barriers.unwrap();
    assert_eq!((barriers.up.as_str(), barriers.down.as_str(), barriers.base_n), ("84.85", "81.27", 12_486));
    let rates = barriers.base_rate_pct.unwrap();
    assert_eq!([rates.up, rates.down, rates.neither].map(|rate| rate.to_string()), ["41.9", "43.2", "14.9"]);
    // 31 of the other 155 bars were quieter
    assert_eq!(ohlcv.stats.vol_pctile, Some(20.0));
}

#[test]
fn documents_read_back_as_they_were() {
    let Some(world) = World::of("SOLUSDT", Timeframe::Hour4, "reading back") else { return };
    let Built { ohlcv, series } = world.with("2026-04-30T03:00:00Z", &["sma30".to_owned()]).unwrap();
    let text = serde_json::to_string(&ohlcv).unwrap();
    assert_eq!(serde_json::from_str::<Ohlcv>(&text).unwrap(), ohlcv);
    let text = serde_json::to_string(&series).unwrap();
    assert_eq!(serde_json::from_str::<SeriesDocument>(&text).unwrap(), series);
    assert_eq!(series.indicators["sma30"].len(), 120);
    assert_eq!(ohlcv.bars.last_t(), Some("2026-04-29T20:00"));
    assert!(world.with(AS_OF, &["magic".to_owned()]).is_err());
}

#[test]
fn what_had_not_closed_changes_nothing() {
    let Some(mut world) = World::of("BTCUSDT", Timeframe::Day, "a replay") else { return };
    let as_of = "2026-04-15T09:30:00Z";
    let whole = world.at(as_of);
    let closed = |bar: &CandleRevision| bar.candle.close_time < time(as_of);
    for bars in [&mut world.bars, &mut world.hours, &mut world.days] {
        bars.retain(closed);
    }
    assert_eq!(world.at(as_of), whole);
    assert_eq!(whole.ohlcv.bars.last_t(), Some("2026-04-14"));
    // the 1h bar of 08:00 ended at 09:00
    assert_eq!(whole.ohlcv.forming.map(|bar| bar.data_age_s), Some(1800));
}

#[test]
fn a_late_collector_makes_no_difference() {
    let Some(mut world) = World::of("BTCUSDT", Timeframe::Day, "a late collector") else { return };
    let collected = world.at(AS_OF);
    // the three days before were closed but not collected: 1h bars hold them
    world.bars.truncate(world.bars.len() - 3);
    world.days.truncate(world.days.len() - 3);
    assert_eq!(world.at(AS_OF), collected);
}

#[test]
fn forming_bars_of_all_timeframes_end_at_the_same_price() {
    for timeframe in [Timeframe::Month, Timeframe::Week, Timeframe::Day, Timeframe::Hour4] {
        let Some(world) = World::of("ETHUSDT", timeframe, "forming bars") else { return };
        let Forming { t, c, .. } = world.at("2026-04-29T22:00:00Z").ohlcv.forming.unwrap();
        let hour = world.hours.iter().find(|hour| hour.candle.open_time == time("2026-04-29T21:00:00Z"));
        assert_eq!(c, domain::number::trimmed(hour.unwrap().candle.close));
        assert_eq!(t, timeframe.label(timeframe.open_of(time("2026-04-29T22:00:00Z"))));
    }
}

#[test]
fn trouble_is_flagged_at_its_bar() {
    let Some(mut world) = World::of("BTCUSDT", Timeframe::Day, "flags") else { return };
    let last = world.bars.len() - 1;
    world.bars[last - 2].revision = 2;
    world.bars.remove(last - 5);
    // and the 1h bars stop four hours before
    world.hours.retain(|hour| hour.candle.open_time < time("2026-04-30T00:00:00Z"));
    let ohlcv = world.at(AS_OF).ohlcv;
    let flags: Vec<_> = ohlcv.data_quality.flags.iter().map(|flag| (flag.t.as_str(), flag.kind)).collect();
    assert_eq!(flags, [("2026-04-27", FlagKind::Corrected), ("2026-04-29T23:00", FlagKind::Stale)]);
    let gap = ohlcv.data_quality.gaps.first().unwrap();
    assert_eq!((gap.from.as_str(), gap.to.as_str(), gap.bars), ("2026-04-24", "2026-04-24", 1));
    assert_eq!((ohlcv.revision, ohlcv.forming), (2, None));
}

#[test]
fn a_young_symbol_has_what_can_be_known() {
    let Some(mut world) = World::of("SOLUSDT", Timeframe::Day, "a young symbol") else { return };
    let hours = recorded::series("SOLUSDT", Timeframe::Hour, "a young symbol").unwrap();
    world.hours = recorded::stored(hours[..30].to_vec());
    let ohlcv = world.at("2020-08-11T11:30:00Z").ohlcv;
    // listed on the 11th at 06:00: no closed day
    assert_eq!((ohlcv.bars.rows.len(), ohlcv.data_quality.history_bars), (0, 0));
    assert_eq!(ohlcv.stats.close, None);
    assert!(ohlcv.forming.is_some() && ohlcv.barriers.is_none() && ohlcv.levels.is_empty());
    assert_eq!(ohlcv.stats.structure, "unknown");
    // before the listing there is nothing
    let nothing = world.try_at("2020-08-01T00:00:00Z");
    assert!(matches!(nothing, Err(ArtifactError::NoHistory { .. })), "{nothing:?}");
}

#[test]
fn no_artifact_is_made_of_hours() {
    let Some(world) = World::of("SOLUSDT", Timeframe::Hour, "hours") else { return };
    assert_eq!(world.try_at(AS_OF), Err(ArtifactError::Timeframe(Timeframe::Hour)));
}

use domain::{Candle, CandleRevision, Timeframe};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::recorded;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// An hour of so many trades at prices around `price`.
fn hour(open: Timestamp, price: i64, trades: u64) -> Candle {
    let (price, spread) = (Decimal::from(price), Decimal::from(i64::from(trades > 0)));
    Candle {
        open_time: open,
        close_time: Timeframe::Hour.close_of(open),
        open: price,
        high: price + spread,
        low: price - spread,
        close: price,
        volume: Decimal::from(trades),
        quote_volume: Decimal::from(trades) * price,
        trades: Some(trades),
        taker_base: Some(Decimal::ZERO),
        taker_quote: Some(Decimal::ZERO),
    }
}

fn hours(from: &str, prices: &[i64]) -> Vec<Candle> {
    let nth = |i: usize| at(from) + SignedDuration::from_hours(i64::try_from(i).unwrap());
    prices.iter().enumerate().map(|(i, price)| hour(nth(i), *price, 10)).collect()
}

fn closed(candles: Vec<Candle>) -> Vec<CandleRevision> {
    recorded::stored(candles)
}

fn all(revisions: &[CandleRevision]) -> Vec<&CandleRevision> {
    revisions.iter().collect()
}

/// A bar as a venue shows it that tells neither trades nor takers.
fn bare(candle: &Candle) -> Candle {
    Candle { trades: None, taker_base: None, taker_quote: None, ..candle.clone() }
}

/// A 1h series and the exchange's own bars of a longer timeframe agree in every field.
fn agrees_with_native(symbol: &str) {
    let Some(hours) = recorded::series(symbol, Timeframe::Hour, "aggregation") else { return };
    let reach = hours.first().unwrap().open_time;
    for timeframe in [Timeframe::Hour4, Timeframe::Day, Timeframe::Week, Timeframe::Month] {
        let native = recorded::series(symbol, timeframe, "aggregation").unwrap();
        let last = native.last().unwrap().open_time;
        let ours = aggregate(&hours, timeframe);
        // a venue that tells neither trades nor takers has the same bars without them
        let bare_hours: Vec<Candle> = hours.iter().map(bare).collect();
        assert_eq!(aggregate(&bare_hours, timeframe), ours.iter().map(bare).collect::<Vec<_>>());
        // the bar that 1h data begin in is a part of ours unless the symbol was listed within it
        let whole = |bar: &&Candle| bar.open_time >= reach || symbol == "SOLUSDT";
        let theirs: Vec<&Candle> = native.iter().filter(whole).collect();
        let ours: Vec<&Candle> = ours.iter().filter(|bar| bar.open_time <= last).collect();
        assert!(theirs.len() > 60, "{symbol} {timeframe}");
        let differing: Vec<_> = ours.iter().zip(&theirs).filter(|(a, b)| a != b).collect();
        assert!(differing.is_empty(), "{symbol} {timeframe}: {differing:?}");
        assert_eq!(ours.len(), theirs.len(), "{symbol} {timeframe}");
    }
}

#[test]
fn btc_hours_sum_to_the_exchanges_own_bars() {
    agrees_with_native("BTCUSDT");
}

#[test]
fn eth_hours_sum_to_the_exchanges_own_bars() {
    agrees_with_native("ETHUSDT");
}

#[test]
fn sol_hours_sum_to_the_exchanges_own_bars() {
    agrees_with_native("SOLUSDT");
}

#[test]
fn an_hour_without_trades_supplies_no_price() {
    // the exchange's halt of 2023-03-24: 12:00 flat at 28080.00 without a trade, 14:00 opening at 28079.99
    let halted = hour(at("2023-03-24T12:00:00Z"), 28_080, 0);
    let mut resumed = hour(at("2023-03-24T14:00:00Z"), 28_000, 9);
    resumed.open = decimal("28000.50");
    let bar = aggregate(&[halted.clone(), resumed], Timeframe::Hour4).remove(0);
    assert_eq!((bar.open, bar.high), (decimal("28000.50"), decimal("28001")));
    // with no trade at all the flat price is all there is
    let bar = aggregate(&[halted], Timeframe::Hour4).remove(0);
    assert_eq!((bar.open, bar.trades), (decimal("28080"), Some(0)));
}

#[test]
fn what_one_hour_does_not_tell_is_not_known_of_the_whole() {
    let [told, silent] = hours("2026-04-30T00:00:00Z", &[10, 12]).try_into().unwrap();
    let bar = aggregate(&[told, bare(&silent)], Timeframe::Hour4).remove(0);
    assert_eq!((bar.trades, bar.taker_base, bar.taker_quote), (None, None, None));
    assert_eq!(bar.volume, decimal("20"));
}

#[test]
fn an_hour_in_which_nothing_moved_is_without_trades_where_their_number_is_not_told() {
    let quiet = bare(&hour(at("2026-04-30T00:00:00Z"), 10, 0));
    let moved = bare(&hour(at("2026-04-30T01:00:00Z"), 12, 3));
    let bar = aggregate(&[quiet.clone(), moved.clone()], Timeframe::Hour4).remove(0);
    assert_eq!((bar.open, bar.close), (decimal("12"), decimal("12")));
    let found = check(Timeframe::Hour, &[quiet, moved]).findings;
    assert_eq!(found.iter().map(|it| (it.index, it.problem)).collect::<Vec<_>>(), [(0, Problem::ZeroTrades)]);
}

#[test]
fn recorded_outages_are_found_and_nothing_else() {
    let Some(candles) = recorded::series("BTCUSDT", Timeframe::Hour, "outages") else { return };
    let checked = check(Timeframe::Hour, &candles);
    // counts of the data's own description
    assert_eq!(checked.gaps.len(), 27);
    assert_eq!(checked.gaps.iter().map(|gap| gap.bars).sum::<u32>(), 122);
    let longest = checked.gaps.iter().max_by_key(|gap| gap.bars).unwrap();
    let run = (longest.from, longest.to, longest.bars);
    assert_eq!(run, (at("2018-02-08T01:00:00Z"), at("2018-02-09T09:00:00Z"), 33));
    let count = |problem| checked.findings.iter().filter(|finding| finding.problem == problem).count();
    assert_eq!(count(Problem::Truncated), 12);
    assert_eq!(count(Problem::ZeroTrades), 3);
    let never = [Problem::OutOfOrder, Problem::Duplicate, Problem::Misaligned, Problem::Insane];
    assert_eq!(never.map(count), [0; 4]);
}

#[test]
fn each_fault_is_named() {
    let mut candles = hours("2026-01-01T00:00:00Z", &[100; 20]);
    // ATR14 is 2: every bar has a range of 2
    candles[16].high = decimal("115.01");
    candles[17].low = decimal("100.5");
    candles[18].open_time = at("2026-01-01T17:00:00Z");
    candles[19].open_time = at("2026-01-01T16:30:00Z");
    let checked = check(Timeframe::Hour, &candles);
    let found: Vec<_> = checked.findings.iter().map(|finding| (finding.index, finding.problem)).collect();
    let expected =
        [(16, Problem::Spike), (17, Problem::Insane), (18, Problem::Duplicate), (19, Problem::OutOfOrder)];
    for fault in expected {
        assert!(found.contains(&fault), "{fault:?} in {found:?}");
    }
    assert!(found.contains(&(19, Problem::Misaligned)));
    // a range of exactly 8 ATR14 is none: 99 to 115
    candles[16].high = decimal("115");
    let found = check(Timeframe::Hour, &candles).findings;
    assert!(!found.iter().any(|finding| finding.problem == Problem::Spike));
}

#[test]
fn missing_months_are_counted_by_the_calendar() {
    let months = [at("2023-11-01T00:00:00Z"), at("2024-03-01T00:00:00Z")];
    let run = missing_between(Timeframe::Month, &months);
    let expected = MissingRun { from: at("2023-12-01T00:00:00Z"), to: at("2024-02-01T00:00:00Z"), bars: 3 };
    assert_eq!(run, vec![expected]);
}

#[test]
fn the_forming_bar_holds_the_newest_snapshot() {
    let mut revisions = closed(hours("2026-04-29T00:00:00Z", &[100, 110, 90, 105]));
    let mut snapshot = hour(at("2026-04-29T04:00:00Z"), 120, 3);
    let take = |candle: &Candle, observed: &str| CandleRevision {
        candle: candle.clone(),
        revision: 0,
        observed_at: at(observed),
    };
    revisions.push(take(&snapshot, "2026-04-29T04:20:00Z"));
    snapshot.close = decimal("119");
    revisions.push(take(&snapshot, "2026-04-29T04:40:00Z"));
    let as_of = at("2026-04-29T04:45:00Z");
    let bar = forming(&newest(&revisions, as_of), Timeframe::Day, as_of).unwrap();
    assert_eq!((bar.candle.open, bar.candle.high), (decimal("100"), decimal("121")));
    assert_eq!((bar.candle.low, bar.candle.close), (decimal("89"), decimal("119")));
    assert_eq!(bar.data_age_s, 300);
    // 4.75 of 24 hours
    assert!((bar.elapsed_pct - 19.791_666_666).abs() < 1e-6);
    assert_eq!(bar.candle.close_time, at("2026-04-29T23:59:59.999Z"));
    // before the second snapshot was taken it is not known
    let as_of = at("2026-04-29T04:30:00Z");
    let bar = forming(&newest(&revisions, as_of), Timeframe::Day, as_of).unwrap();
    assert_eq!((bar.candle.close, bar.data_age_s), (decimal("120"), 600));
    // and at the close of the day there is no bar in progress yet
    let as_of = at("2026-04-30T00:00:00Z");
    assert_eq!(forming(&newest(&revisions, as_of), Timeframe::Day, as_of), None);
}

#[test]
fn a_closed_bar_not_yet_collected_needs_all_its_hours() {
    let revisions = closed(hours("2026-04-29T00:00:00Z", &[100, 101, 102, 103, 104, 105, 106, 107, 108]));
    let as_of = at("2026-04-29T09:30:00Z");
    let last = Some(at("2026-04-28T20:00:00Z"));
    let opens = |bars: Vec<Candle>| bars.iter().map(|bar| bar.open_time).collect::<Vec<_>>();
    let both = vec![at("2026-04-29T00:00:00Z"), at("2026-04-29T04:00:00Z")];
    assert_eq!(opens(uncollected(&all(&revisions), Timeframe::Hour4, last, as_of)), both);
    // without 07:00 and later nobody knows how the second bar closed
    let known = &revisions[..7];
    assert_eq!(opens(uncollected(&all(known), Timeframe::Hour4, last, as_of)), both[..1]);
    // an hour missing within is an outage
    let outage: Vec<_> =
        revisions.iter().enumerate().filter(|(i, _)| *i != 5).map(|(_, hour)| hour).collect();
    assert_eq!(opens(uncollected(&outage, Timeframe::Hour4, last, as_of)), both);
    // 1h bars that begin within a bar cannot tell its open
    assert_eq!(opens(uncollected(&all(&revisions[1..]), Timeframe::Hour4, last, as_of)), both[1..]);
}

#[test]
fn corrections_replace_what_they_correct() {
    let mut revisions = closed(hours("2026-04-29T00:00:00Z", &[100, 101]));
    let mut corrected = revisions[0].clone();
    (corrected.revision, corrected.candle.close) = (2, decimal("99.5"));
    revisions.push(corrected);
    let kept = newest(&revisions, at("2026-04-29T02:00:00Z"));
    assert_eq!(kept.iter().map(|bar| bar.revision).collect::<Vec<_>>(), vec![2, 1]);
    // the second hour had not closed by then
    assert_eq!(newest(&revisions, at("2026-04-29T01:59:59Z")).len(), 1);
}

proptest! {
    // sums and extremes of a longer bar are those of its hours, whatever the cut
    #[test]
    fn aggregation_loses_nothing(
        start in 0_i64..200_000,
        hours in proptest::collection::vec((1_i64..100_000, 0_u64..3, 0_u8..10), 1..200),
    ) {
        let from = Timestamp::from_second(1_500_000_000 / 3600 * 3600 + start * 3600).unwrap();
        let candles: Vec<Candle> = hours
            .iter()
            .enumerate()
            .filter(|(_, (_, _, gap))| *gap > 0)
            .map(|(i, (price, trades, _))| {
                hour(from + SignedDuration::from_hours(i64::try_from(i).unwrap()), *price, *trades)
            })
            .collect();
        for timeframe in Timeframe::ALL {
            let bars = aggregate(&candles, timeframe);
            let volume = |candles: &[Candle]| candles.iter().map(|candle| candle.volume).sum::<Decimal>();
            prop_assert_eq!(volume(&bars), volume(&candles));
            for bar in &bars {
                prop_assert_eq!(timeframe.open_of(bar.open_time), bar.open_time);
                prop_assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close));
            }
            let traded = candles.iter().filter(|candle| candle.is_traded());
            let bars_traded = bars.iter().filter(|bar| bar.is_traded());
            prop_assert_eq!(
                bars_traded.map(|bar| bar.high).max(),
                traded.map(|candle| candle.high).max()
            );
            prop_assert!(bars.iter().zip(bars.iter().skip(1)).all(|(a, b)| a.open_time < b.open_time));
        }
        // one way or in two steps
        let days = aggregate(&candles, Timeframe::Day);
        prop_assert_eq!(aggregate(&days, Timeframe::Week), aggregate(&candles, Timeframe::Week));
    }
}

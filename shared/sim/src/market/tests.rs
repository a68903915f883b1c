use domain::Timeframe;
use jiff::Timestamp;

use super::*;
use crate::testbed::{at, recorded};

const ALL: Page = Page { start: Some(0), end: None, limit: usize::MAX };

fn bars(market: &Market, symbol: &str, interval: Interval, now: &str) -> Vec<Bar> {
    market.page(symbol, interval, at(now).as_millisecond(), ALL).unwrap()
}

/// Bars of `frame` from hours, the slow and obvious way: one scan of all hours for each bar, by the project's
/// calendar.
fn naive(hours: &[Bar], frame: Timeframe) -> Vec<Bar> {
    let open = |bar: &Bar| frame.open_of(Timestamp::from_millisecond(bar.open_ms).unwrap());
    let mut opens: Vec<Timestamp> = hours.iter().map(open).collect();
    opens.dedup();
    opens
        .into_iter()
        .map(|start| {
            let group: Vec<&Bar> = hours.iter().filter(|bar| open(bar) == start).collect();
            let traded: Vec<&Bar> = group.iter().filter(|bar| bar.trades > 0).copied().collect();
            let priced = if traded.is_empty() { &group } else { &traded };
            Bar {
                open_ms: start.as_millisecond(),
                close_ms: frame.close_of(start).as_millisecond(),
                open: priced[0].open,
                high: priced.iter().map(|bar| bar.high).max().unwrap(),
                low: priced.iter().map(|bar| bar.low).min().unwrap(),
                close: priced[priced.len() - 1].close,
                volume: group.iter().map(|bar| bar.volume).sum(),
                quote: group.iter().map(|bar| bar.quote).sum(),
                trades: group.iter().map(|bar| bar.trades).sum(),
                taker_base: group.iter().map(|bar| bar.taker_base).sum(),
                taker_quote: group.iter().map(|bar| bar.taker_quote).sum(),
            }
        })
        .collect()
}

#[test]
fn hours_aggregate_exactly_into_every_longer_bar() {
    let market = Market::seeded(7);
    // a symbol with hours in which nobody trades, listed in the middle of a day, week and month
    let now = "2026-01-14T09:20:00Z";
    let hours = bars(&market, "币安人生USDT", Interval::Hour, now);
    assert!(hours.iter().any(|bar| bar.trades == 0));
    for interval in Interval::LONGER {
        let frame: Timeframe = interval.name().parse().unwrap();
        assert_eq!(bars(&market, "币安人生USDT", interval, now), naive(&hours, frame), "{frame}");
    }
}

#[test]
fn a_seed_and_a_symbol_name_one_path() {
    let now = "2022-03-01T00:30:00Z";
    let hours = |seed, symbol: &str| bars(&Market::seeded(seed), symbol, Interval::Hour, now);
    let first = hours(7, "BTCUSDT");
    // ten months: 2021-05-01 to 2022-03-01 are 304 days
    assert_eq!(first.len(), 304 * 24);
    assert_eq!(first, hours(7, "BTCUSDT"));
    assert_ne!(first, hours(8, "BTCUSDT"));
    let moves = |bars: &[Bar]| bars.iter().map(|b| (b.close - b.open).signum()).collect::<Vec<_>>();
    assert_ne!(moves(&first), moves(&hours(7, "ETHUSDT")));
}

#[test]
fn a_later_clock_appends_and_never_changes_the_past() {
    let grown = Market::seeded(7);
    for now in ["2021-05-01T00:59:59Z", "2021-06-01T00:00:00Z", "2021-06-03T17:10:00Z"] {
        bars(&grown, "ETHUSDT", Interval::Week, now);
    }
    for interval in [Interval::Hour].into_iter().chain(Interval::LONGER) {
        let now = "2021-08-15T03:00:00Z";
        let fresh = bars(&Market::seeded(7), "ETHUSDT", interval, now);
        assert_eq!(bars(&grown, "ETHUSDT", interval, now), fresh);
        // and a clock that is set back sees what it saw
        let earlier = "2021-06-03T17:10:00Z";
        assert_eq!(
            bars(&grown, "ETHUSDT", interval, earlier),
            bars(&Market::seeded(7), "ETHUSDT", interval, earlier)
        );
    }
}

#[test]
fn before_its_first_candle_a_symbol_has_none() {
    let market = Market::seeded(7);
    for interval in [Interval::Hour].into_iter().chain(Interval::LONGER) {
        assert!(bars(&market, "BTCUSDT", interval, "2021-05-01T00:59:59.999Z").is_empty());
        assert!(bars(&market, "币安人生USDT", interval, "2024-01-01T00:00:00Z").is_empty());
    }
    assert_eq!(bars(&market, "BTCUSDT", Interval::Hour, "2021-05-01T01:00:00Z").len(), 1);
}

#[test]
fn a_halted_symbol_trades_no_more() {
    let market = Market::seeded(7);
    assert_eq!(market.listing("LUNAUSDT").unwrap().status, "HALT");
    let last = bars(&market, "LUNAUSDT", Interval::Hour, "2023-01-01T00:00:00Z").pop().unwrap();
    assert_eq!(last.open_ms, at("2022-05-12T23:00:00Z").as_millisecond());
}

#[test]
fn a_correction_reaches_every_bar_that_holds_the_hour() {
    let market = Market::seeded(7);
    let (now, hour) = ("2022-03-01T00:30:00Z", at("2021-11-30T23:00:00Z").as_millisecond());
    let before = bars(&market, "BTCUSDT", Interval::Month, now);
    let close = before[6].high + 1_000_000;
    assert!(market.correct("BTCUSDT", hour, close).unwrap());
    for interval in Interval::LONGER {
        let hours = bars(&market, "BTCUSDT", Interval::Hour, now);
        assert_eq!(bars(&market, "BTCUSDT", interval, now), naive(&hours, interval.name().parse().unwrap()));
    }
    let after = bars(&market, "BTCUSDT", Interval::Month, now);
    assert_eq!((after[6].close, after[6].high, after[7]), (close, close, before[7]));
    assert!(!market.correct("BTCUSDT", hour + 1, close).unwrap());
}

#[test]
fn withheld_bars_are_missing_until_they_are_released() {
    let market = Market::seeded(7);
    let now = "2021-05-03T00:00:00Z";
    let (whole, days) =
        (bars(&market, "BTCUSDT", Interval::Hour, now), bars(&market, "BTCUSDT", Interval::Day, now));
    let (from, to) =
        (at("2021-05-02T03:00:00Z").as_millisecond(), at("2021-05-02T04:00:00Z").as_millisecond());
    market.withhold("BTCUSDT", Interval::Hour, from, to);
    let left: Vec<Bar> = whole.iter().filter(|bar| bar.open_ms < from || bar.open_ms > to).copied().collect();
    assert_eq!(left.len(), whole.len() - 2);
    assert_eq!(bars(&market, "BTCUSDT", Interval::Hour, now), left);
    assert_eq!(bars(&market, "BTCUSDT", Interval::Day, now), days);
    market.release("BTCUSDT");
    assert_eq!(bars(&market, "BTCUSDT", Interval::Hour, now), whole);
}

#[test]
fn a_recorded_symbol_trades_until_its_record_ends() {
    let Some(dir) = recorded("data/binance_spot", "a_recorded_symbol_trades_until_its_record_ends") else {
        return;
    };
    let market = Market::recorded(&dir).unwrap();
    let listing = market.listing("SOLUSDT").unwrap();
    let status = |now: &str| market.status(listing, at(now).as_millisecond()).unwrap();
    // the last recorded hour is that of 03:00
    assert_eq!(status("2026-04-30T04:00:00Z"), "TRADING");
    assert_eq!(status("2026-04-30T04:59:59Z"), "TRADING");
    assert_eq!(status("2026-04-30T05:00:00Z"), "HALT");
}

#[test]
fn recorded_bars_stop_at_the_clock() {
    let Some(dir) = recorded("data/binance_spot", "recorded_bars_stop_at_the_clock") else { return };
    let market = Market::recorded(&dir).unwrap();
    let now = "2026-04-30T04:00:00Z";
    let weeks = bars(&market, "BTCUSDT", Interval::Week, now);
    let [.., closed, forming] = weeks.as_slice() else { panic!() };
    assert_eq!(closed.open_ms, at("2026-04-20T00:00:00Z").as_millisecond());
    assert!(closed.close_ms < at(now).as_millisecond() && forming.close_ms > at(now).as_millisecond());
    let price = |text: &str| i64::try_from(bar::parse(text).unwrap()).unwrap();
    assert_eq!(
        (forming.open, forming.high, forming.low, forming.close),
        (price("78657.55"), price("79485.66"), price("74937.52"), price("75928.10"))
    );

    let now = "2024-01-10T05:30:00Z";
    for interval in [Interval::Hour].into_iter().chain(Interval::LONGER) {
        let last = bars(&market, "ETHUSDT", interval, now).pop().unwrap();
        assert_eq!(
            last.open_ms,
            interval.open_of(at("2024-01-10T04:00:00Z").as_millisecond()),
            "{interval:?}"
        );
    }
    // the hour from 05:00 has not closed: the day in progress ends with the hour from 04:00
    let hours = bars(&market, "ETHUSDT", Interval::Hour, now);
    let day = bars(&market, "ETHUSDT", Interval::Day, now).pop().unwrap();
    assert_eq!((hours.last().unwrap().close, day.close), (day.close, hours.last().unwrap().close));
    assert_eq!(market.source_hash().unwrap().len(), 8);
    assert!(bars(&market, "BTCUSDT", Interval::Month, "2010-01-01T00:00:00Z").is_empty());
}

#[test]
fn recorded_hours_aggregate_into_what_the_exchange_served() {
    let Some(dir) = recorded("data/binance_spot", "recorded_hours_aggregate_into_what_the_exchange_served")
    else {
        return;
    };
    let market = Market::recorded(&dir).unwrap();
    let now = "2026-04-30T04:00:00Z";
    let hours = bars(&market, "SOLUSDT", Interval::Hour, now);
    let first = hours[0].open_ms;
    for interval in Interval::LONGER {
        let native = bars(&market, "SOLUSDT", interval, now);
        let mut ours = Vec::new();
        aggregate::extend(&mut ours, interval, &hours, at(now).as_millisecond());
        let whole = |bar: &&Bar| bar.open_ms >= first && bar.close_ms < at(now).as_millisecond();
        let native: Vec<&Bar> = native.iter().filter(whole).collect();
        let ours: Vec<&Bar> = ours.iter().filter(whole).collect();
        assert_eq!(native.len(), ours.len(), "{interval:?}");
        for (native, ours) in native.into_iter().zip(ours) {
            // an outage may have cut the exchange's bar short
            assert_eq!(Bar { close_ms: ours.close_ms, ..*native }, *ours);
        }
    }
}

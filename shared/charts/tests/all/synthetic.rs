//! A series written down as a formula. Integers make the prices and only sums and products the indicators, so
//! that it is the same on every machine.

use std::collections::BTreeMap;

use charts::Template;
use domain::series::{Bar, SCHEMA, SeriesDocument};
use domain::{Source, Timeframe};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// A wave of straight lines between -`height` and `height`.
fn triangle(at: i64, period: i64, height: i64) -> i64 {
    let quarter = at.rem_euclid(period) * 4 * height / period;
    if quarter <= 2 * height { quarter - height } else { 3 * height - quarter }
}

/// Cents of the close at bar `i`: 50,000.00, a slow and a fast wave, and a slope.
fn close(i: i64) -> i64 {
    5_000_000 + triangle(i + 20, 90, 1_500_000) + triangle(i * 7, 31, 180_000) + 9_000 * i
}

fn bar(timeframe: Timeframe, t: Timestamp, i: i64) -> Bar {
    let (open, close) = (close(i - 1), close(i));
    let wick = |k: i64| 20_000 + (i * k).rem_euclid(13) * 9_000;
    let cents = |value: i64| Decimal::new(value, 2);
    Bar {
        t: timeframe.open_of(t),
        o: cents(open),
        h: cents(open.max(close) + wick(5)),
        l: cents(open.min(close) - wick(8)),
        c: cents(close),
        v: Decimal::new(40_000 + (i * 37).rem_euclid(101) * 900, 0),
    }
}

/// `count` closed bars, the last of which opened before 30 April 2026, and a forming one if wanted.
pub(crate) fn series(timeframe: Timeframe, count: usize, forming: bool) -> SeriesDocument {
    let as_of: Timestamp = "2026-04-30T06:30:00Z".parse().unwrap();
    let mut opens = vec![timeframe.open_of(as_of)];
    for _ in 0..count {
        opens.push(timeframe.previous_open(opens[opens.len() - 1]));
    }
    opens.reverse();
    let mut bars: Vec<Bar> = opens.iter().zip(0..).map(|(t, i)| bar(timeframe, *t, i)).collect();
    let newest = bars.pop().unwrap();
    let indicators = indicators(&bars);
    SeriesDocument {
        schema: SCHEMA.to_owned(),
        symbol: "TESTUSDT".parse().unwrap(),
        venue: "Formula".to_owned(),
        timeframe,
        as_of,
        tick: Decimal::new(1, 2),
        price_unit: "USDT".to_owned(),
        volume_unit: "TEST".to_owned(),
        source: Source::Sim(1),
        bars,
        forming: forming.then_some(newest),
        indicators,
        orders: None,
    }
}

/// Values that look like their indicators: recursive averages, and lines made of differences between them.
fn indicators(bars: &[Bar]) -> BTreeMap<String, Vec<Option<f64>>> {
    let closes: Vec<f64> = bars.iter().map(|bar| domain::number::to_f64(bar.c)).collect();
    let average = |n: f64| -> Vec<f64> {
        let mut at = closes.first().copied().unwrap_or_default();
        let step = |c: &f64| {
            at += (c - at) * 2.0 / (n + 1.0);
            at
        };
        closes.iter().map(step).collect()
    };
    let late = |values: Vec<f64>, from: usize| -> Vec<Option<f64>> {
        values.into_iter().enumerate().map(|(i, v)| (i >= from).then_some(v)).collect()
    };
    let zip = |a: &[f64], b: &[f64], f: fn(f64, f64) -> f64| -> Vec<f64> {
        a.iter().zip(b).map(|(a, b)| f(*a, *b)).collect()
    };
    let (e12, e20, e26, e50, e200) =
        (average(12.0), average(20.0), average(26.0), average(50.0), average(200.0));
    let macd = zip(&e12, &e26, |a, b| a - b);
    let signal = zip(&e20, &e50, |a, b| (a - b) * 0.5);
    let hist = zip(&macd, &signal, |a, b| a - b);
    let swing = |a: f64, b: f64| (a / b - 1.0) * 200.0;
    let rsi: Vec<f64> = zip(&closes, &e20, swing).iter().map(|v| (50.0 + v).clamp(5.0, 95.0)).collect();
    let pdi: Vec<f64> = zip(&e12, &e20, swing).iter().map(|v| (22.0 + v).clamp(2.0, 60.0)).collect();
    let mdi: Vec<f64> = zip(&e20, &e12, swing).iter().map(|v| (22.0 + v).clamp(2.0, 60.0)).collect();
    let adx: Vec<f64> = zip(&pdi, &mdi, |a, b| 15.0 + (a - b).abs() * 0.5);
    let upper: Vec<f64> = zip(&e20, &closes, |a, c| a * 1.06 + (c - a).abs());
    let lower: Vec<f64> = zip(&e20, &closes, |a, c| a * 0.94 - (c - a).abs());
    [
        ("ema20", late(e20, 0)),
        ("ema50", late(e50, 10)),
        ("ema200", late(e200, 30)),
        ("macd", late(macd, 5)),
        ("macd_signal", late(signal, 13)),
        ("macd_hist", late(hist, 13)),
        ("rsi14", late(rsi, 3)),
        ("adx14", late(adx, 6)),
        ("pdi14", late(pdi, 3)),
        ("mdi14", late(mdi, 3)),
        ("bb_up", late(upper, 8)),
        ("bb_low", late(lower, 8)),
    ]
    .into_iter()
    .map(|(name, values)| (name.to_owned(), values))
    .collect()
}

/// A template that comes with the program.
pub(crate) fn template(name: &str) -> Template {
    let (name, text) = charts::defaults().iter().find(|(n, _)| *n == name).unwrap();
    Template::parse(name, text).unwrap()
}

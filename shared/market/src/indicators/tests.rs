use domain::Timeframe;

use super::*;
use crate::recorded;

/// First bar with a value, that value and the one at the last bar.
type Vector = (&'static str, usize, f64, f64);

/// BTCUSDT 1w, 454 bars to 2026-04-20, by Python's TA-Lib 0.8.2 (the C library): `talib.EMA(close, 20)` and so on,
/// `MACD(close, 12, 26, 9)`, `BBANDS(close, 20, 2, 2)`, `ATR(high, low, close, 14)`, `volume / SMA(volume, 20)`.
const BTC_WEEKS: [Vector; 16] = [
    ("ema20", 19, 7685.403, 77929.09485705374),
    ("ema50", 49, 8347.282399999998, 86299.57041580042),
    ("ema200", 199, 13076.906649999997, 68243.47391884071),
    ("sma30", 29, 8800.457333333332, 86028.87366666671),
    ("rsi14", 14, 75.70262882335608, 47.29356603574966),
    ("macd", 33, 881.3638188933819, -6945.426890631046),
    ("macd_signal", 33, 2374.718526567399, -8133.739664976258),
    ("macd_hist", 33, -1493.354707674017, 1188.3127743452114),
    ("bb_up", 19, 16329.836668101341, 96819.9107711307),
    ("bb_mid", 19, 7685.403, 77105.62649999997),
    ("bb_low", 19, -959.0306681013408, 57391.342228869245),
    ("atr14", 14, 1281.135, 8032.7465032918535),
    ("adx14", 27, 32.06026223783509, 32.906295307861285),
    ("pdi14", 14, 31.164051025673327, 17.493455359559988),
    ("mdi14", 14, 13.639014233269656, 22.836336059239727),
    ("rvol20", 19, 3.9085800131402935, 0.6800133607941787),
];

/// SOLUSDT 1d, 2088 bars to 2026-04-29, the same way.
const SOL_DAYS: [Vector; 16] = [
    ("ema20", 19, 3.42455, 85.16407025555033),
    ("ema50", 49, 3.2923300000000006, 86.66532765365152),
    ("ema200", 199, 3.440349999999998, 114.55251979005033),
    ("sma30", 29, 3.449016666666666, 84.24333333333324),
    ("rsi14", 14, 49.26672915847721, 44.536359314807434),
    ("macd", 33, 0.012780328902002314, -0.0699911999935523),
    ("macd_signal", 33, 0.09024997604897243, 0.1433175099657104),
    ("macd_hist", 33, -0.07746964714697012, -0.2133087099592627),
    ("bb_up", 19, 4.1809223276270755, 89.01808744081703),
    ("bb_mid", 19, 3.42455, 85.46850000000023),
    ("bb_low", 19, 2.6681776723729245, 81.91891255918344),
    ("atr14", 14, 0.5226785714285714, 3.4711247327241352),
    ("adx14", 27, 38.06335166110718, 8.774474516010867),
    ("pdi14", 14, 18.404214768024396, 16.16199410723764),
    ("mdi14", 14, 10.66960022116851, 22.82128561045032),
    ("rvol20", 19, 1.18098931744207, 1.0366417121970817),
];

fn matches_c(symbol: &str, timeframe: Timeframe, vectors: &[Vector]) {
    let Some(candles) = recorded::series(symbol, timeframe, "indicators") else { return };
    let columns = Columns::of(&candles);
    for (name, first, first_value, last_value) in vectors {
        let values = compute(name, &columns).unwrap();
        assert_eq!(values.len(), candles.len());
        assert_eq!(values.iter().position(Option::is_some), Some(*first), "{name}");
        for (value, expected) in [(values[*first], first_value), (*values.last().unwrap(), last_value)] {
            // two builds of the same arithmetic: equal but for the last bits
            let difference = (value.unwrap() - expected).abs();
            assert!(difference <= 1e-11 * expected.abs().max(1.0), "{name}: {value:?} is not {expected}");
        }
    }
}

#[test]
fn btc_weeks_match_the_c_library() {
    matches_c("BTCUSDT", Timeframe::Week, &BTC_WEEKS);
}

#[test]
fn sol_days_match_the_c_library() {
    matches_c("SOLUSDT", Timeframe::Day, &SOL_DAYS);
}

#[test]
fn a_value_appears_with_the_bar_it_needs() {
    for name in STANDARD.into_iter().chain(["sma7", "ema2", "rsi2", "atr2", "adx2", "pdi2", "mdi2", "rvol2"])
    {
        let indicator: Indicator = name.parse().unwrap();
        for (bars, expected) in [(indicator.needs() - 1, false), (indicator.needs(), true)] {
            let wave = |i: usize| 100.0 + (i % 7) as f64;
            let close: Vec<f64> = (0..bars).map(wave).collect();
            let columns = Columns {
                high: close.iter().map(|c| c + 1.0).collect(),
                low: close.iter().map(|c| c - 1.0).collect(),
                volume: close.clone(),
                close,
            };
            let last = indicator.values(&columns).last().copied().flatten();
            assert_eq!(last.is_some(), expected, "{name} of {bars} bars");
        }
    }
}

#[test]
fn no_volume_has_no_ratio() {
    let columns =
        Columns { high: vec![1.0; 30], low: vec![1.0; 30], close: vec![1.0; 30], volume: vec![0.0; 30] };
    assert_eq!(compute("rvol20", &columns), Ok(vec![None; 30]));
}

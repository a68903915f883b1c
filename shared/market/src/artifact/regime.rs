use domain::ohlcv::RegimePoints;

use crate::indicators::Indicator;

use super::history::History;
use super::swings::{Side, Zigzag};

/// What the last two swing highs and lows make, and what they add to the regime.
pub(super) fn structure(history: &History, zigzag: &Zigzag) -> (&'static str, i8) {
    let highs = zigzag.last_two(Side::High, &history.columns.high);
    let lows = zigzag.last_two(Side::Low, &history.columns.low);
    let (Some((high, high_before)), Some((low, low_before))) = (highs, lows) else {
        return ("unknown", 0);
    };
    if high > high_before && low > low_before {
        ("hh_hl", 1)
    } else if high < high_before && low < low_before {
        ("lh_ll", -1)
    } else {
        ("mixed", 0)
    }
}

/// The regime and its summands; what is absent adds nothing.
pub(super) fn regime(history: &History, structure: i8) -> (&'static str, RegimePoints) {
    let last = |indicator: Indicator| indicator.values(&history.columns).last().copied().flatten();
    let close = history.columns.close.last().copied();
    let averages = match (close, last(Indicator::Ema(20)), last(Indicator::Ema(50))) {
        (Some(close), Some(fast), Some(slow)) => averages_points(close, fast, slow),
        _ => 0,
    };
    let adx = last(Indicator::Adx(14));
    let direction = match (adx, last(Indicator::Pdi(14)), last(Indicator::Mdi(14))) {
        (Some(adx), Some(plus), Some(minus)) => adx_points(adx, plus, minus),
        _ => 0,
    };
    let points = RegimePoints { structure, averages, adx: direction };
    (name(points, adx), points)
}

fn averages_points(close: f64, fast: f64, slow: f64) -> i8 {
    match () {
        () if close > fast && fast > slow => 1,
        () if close < fast && fast < slow => -1,
        () => 0,
    }
}

fn adx_points(adx: f64, plus: f64, minus: f64) -> i8 {
    match () {
        () if adx < 25.0 || plus == minus => 0,
        () if plus > minus => 1,
        () => -1,
    }
}

fn name(points: RegimePoints, adx: Option<f64>) -> &'static str {
    match points.structure + points.averages + points.adx {
        2.. => "up",
        ..=-2 => "down",
        _ if adx.is_some_and(|adx| adx < 20.0) => "range",
        _ => "transition",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_three_points_make_a_trend() {
        let points = |structure, averages, adx| RegimePoints { structure, averages, adx };
        assert_eq!(name(points(1, 1, 0), Some(15.0)), "up");
        assert_eq!(name(points(0, -1, -1), Some(30.0)), "down");
        assert_eq!(name(points(1, 0, 0), Some(19.9)), "range");
        assert_eq!(name(points(1, 0, 0), Some(20.0)), "transition");
        assert_eq!(name(points(1, 1, -1), Some(30.0)), "transition");
        assert_eq!(name(points(0, 0, 0), None), "transition");
    }

    #[test]
    fn averages_count_in_full_order_only() {
        assert_eq!(averages_points(3.0, 2.0, 1.0), 1);
        assert_eq!(averages_points(1.0, 2.0, 3.0), -1);
        assert_eq!(averages_points(2.5, 2.0, 3.0), 0);
        assert_eq!(adx_points(25.0, 10.0, 20.0), -1);
        assert_eq!(adx_points(24.9, 10.0, 20.0), 0);
    }
}

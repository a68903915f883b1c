use domain::number;
use domain::ohlcv::Level;
use rust_decimal::Decimal;

use super::format;
use super::history::History;
use super::swings::{Zigzag, extreme};

/// Bars whose swings make levels.
const WINDOW: usize = 156;
/// Zones on each side of the price.
const SIDE: usize = 4;
/// Neighbours this near, in ATR14, belong together,
const JOIN_ATR: f64 = 0.5;
/// unless the zone grows wider than this.
const WIDEST_ATR: f64 = 1.0;

/// A swing's price and the bar that made it.
type Point = (Decimal, usize);

/// Zones of neighbouring swings, by price. None without ATR14.
pub(super) fn levels(history: &History, zigzag: &Zigzag, shown: usize, last_price: Decimal) -> Vec<Level> {
    let Some(atr) = history.last_atr() else {
        return Vec::new();
    };
    let from = history.bars.len().saturating_sub(shown.max(WINDOW));
    let recent = zigzag.turns.iter().filter(|turn| turn.bar >= from);
    let points = recent.map(|turn| (extreme(history, turn.side, turn.bar), turn.bar)).collect();
    named(clusters(points, atr), last_price).map(|(id, zone)| printed(history, id, zone)).collect()
}

/// Points in the order of their prices, joined while the next one is within half an ATR14 of the last and the
/// whole is no wider than one.
fn clusters(mut points: Vec<Point>, atr: f64) -> Vec<Vec<Point>> {
    points.sort();
    let within = |from: &Point, to: &Point, most: f64| number::to_f64(to.0 - from.0) <= most * atr;
    let mut zones: Vec<Vec<Point>> = Vec::new();
    for point in points {
        let joined = zones.last_mut().filter(|zone| {
            let near = zone.last().is_some_and(|last| within(last, &point, JOIN_ATR));
            near && zone.first().is_some_and(|first| within(first, &point, WIDEST_ATR))
        });
        match joined {
            Some(zone) => zone.push(point),
            None => zones.push(vec![point]),
        }
    }
    zones
}

/// The zones nearest to the price with their names, from the highest down: R4 to R1, P, S1 to S4.
fn named(zones: Vec<Vec<Point>>, last_price: Decimal) -> impl Iterator<Item = (String, Vec<Point>)> {
    let (mut above, mut around, mut below) = (Vec::new(), Vec::new(), Vec::new());
    for zone in zones {
        let low = zone.first().map_or(Decimal::ZERO, |point| point.0);
        let high = zone.last().map_or(Decimal::ZERO, |point| point.0);
        if low > last_price {
            above.push(zone);
        } else if high < last_price {
            below.push(zone);
        } else {
            around.push(zone);
        }
    }
    let numbered = |letter: char| move |(index, zone)| (format!("{letter}{}", index + 1), zone);
    let resistances: Vec<_> = above.into_iter().take(SIDE).enumerate().map(numbered('R')).collect();
    let supports = below.into_iter().rev().take(SIDE).enumerate().map(numbered('S'));
    let around = around.into_iter().map(|zone| ("P".to_owned(), zone));
    resistances.into_iter().rev().chain(around).chain(supports)
}

fn printed(history: &History, id: String, zone: Vec<Point>) -> Level {
    let prices = || zone.iter().map(|point| point.0);
    let newest = zone.iter().map(|point| point.1).max();
    Level {
        id,
        low: format::price(prices().min().unwrap_or_default()),
        high: format::price(prices().max().unwrap_or_default()),
        touches: u32::try_from(zone.len()).unwrap_or(u32::MAX),
        last: newest.map(|bar| history.label(bar)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(prices: &[i64]) -> Vec<Point> {
        prices.iter().enumerate().map(|(bar, price)| (Decimal::from(*price), bar)).collect()
    }

    fn prices(zones: &[Vec<Point>]) -> Vec<Vec<i64>> {
        let whole = |point: &Point| i64::try_from(point.0).unwrap();
        zones.iter().map(|zone| zone.iter().map(whole).collect()).collect()
    }

    #[test]
    fn neighbours_join_until_the_zone_is_one_atr_wide() {
        // ATR 10: steps of at most 5, widths of at most 10
        let zones = clusters(points(&[115, 100, 105, 110, 121, 140]), 10.0);
        assert_eq!(prices(&zones), vec![vec![100, 105, 110], vec![115], vec![121], vec![140]]);
    }

    #[test]
    fn zones_are_named_from_the_price_outwards() {
        let zones = clusters(points(&[10, 20, 30, 40, 50, 58, 62, 70, 80, 90, 100, 110]), 10.0);
        let names: Vec<_> = named(zones, Decimal::from(60))
            .map(|(id, zone)| (id, i64::try_from(zone[0].0).unwrap()))
            .collect();
        // 58 and 62 join and hold the price, so the first resistance is 70
        let expected = [
            ("R4", 100),
            ("R3", 90),
            ("R2", 80),
            ("R1", 70),
            ("P", 58),
            ("S1", 50),
            ("S2", 40),
            ("S3", 30),
            ("S4", 20),
        ];
        assert_eq!(names, expected.map(|(id, price)| (id.to_owned(), price)));
    }
}

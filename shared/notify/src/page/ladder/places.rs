use domain::number;
use rust_decimal::Decimal;

use super::prices::{Entry, Rank};

pub(super) const HEIGHT: f64 = 400.0;
/// Least distance of two labels, px.
const GAP: f64 = 23.0;
/// Room above the first and below the last price, px.
const MARGIN: f64 = 18.0;
/// Farthest that a label may be moved from its price to make room for one more, px.
const FARTHEST: f64 = 20.0;
/// Prices at most.
const MOST: usize = 12;

/// From prices to places, true to scale.
pub(super) struct Scale {
    high: f64,
    low: f64,
}

impl Scale {
    /// From the first price, the highest, to the last; `None` where they are one.
    pub(super) fn of(list: &[Entry]) -> Option<Self> {
        let (high, low) = (list.first()?.value, list.last()?.value);
        (high > low).then(|| Self { high: number::to_f64(high), low: number::to_f64(low) })
    }

    /// Where the prices are, and where their labels stand.
    pub(super) fn places(&self, list: &[Entry]) -> (Vec<f64>, Vec<f64>) {
        let wanted: Vec<f64> = list.iter().map(|entry| self.y(entry.value)).collect();
        let places = apart(&wanted, MARGIN, HEIGHT - MARGIN);
        (wanted, places)
    }

    pub(super) fn y(&self, price: Decimal) -> f64 {
        let part = (self.high - number::to_f64(price)) / (self.high - self.low);
        MARGIN + part.clamp(0.0, 1.0) * (HEIGHT - 2.0 * MARGIN)
    }
}

/// The highest first. Left out, the least important and the farthest from the last price first: what lies far
/// beyond the prices that must be shown, and what would push labels away from their prices.
pub(super) fn kept(mut list: Vec<Entry>) -> Vec<Entry> {
    let firm = || list.iter().filter(|entry| entry.rank <= Rank::Barrier).map(|entry| entry.value);
    let (Some(high), Some(low)) = (firm().max(), firm().min()) else { return Vec::new() };
    let last = list.iter().find(|entry| entry.is_last()).map_or(low, |entry| entry.value);
    let span = high - low;
    list.retain(|entry| {
        let room = if entry.rank == Rank::Nearest { span / Decimal::TWO } else { span / Decimal::TEN };
        let near = entry.value <= high + room && entry.value >= low - room;
        span.is_zero() || entry.rank <= Rank::Barrier || near
    });
    list.sort_by_key(|entry| (entry.rank, (entry.value - last).abs()));
    let mut kept: Vec<Entry> = Vec::with_capacity(MOST);
    for entry in list {
        let (rank, value) = (entry.rank, entry.value);
        let at = kept.partition_point(|before| before.value > value);
        kept.insert(at, entry);
        if rank > Rank::Must && !fits(&kept) {
            kept.remove(at);
        }
    }
    kept
}

fn fits(list: &[Entry]) -> bool {
    let moved = Scale::of(list).map(|scale| {
        let (wanted, places) = scale.places(list);
        wanted.iter().zip(places).map(|(y, at)| (y - at).abs()).fold(0.0, f64::max)
    });
    list.len() <= MOST && moved.is_none_or(|moved| moved <= FARTHEST)
}

/// Places as near to the wanted ones, which descend the page, as a gap between all of them allows.
fn apart(wanted: &[f64], top: f64, foot: f64) -> Vec<f64> {
    // blocks of labels that touch: where the first of them would best stand, and how many they are
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for y in wanted {
        blocks.push((*y, 1));
        while let [.., (before, count), (this, more)] = blocks.as_slice() {
            let (before, count, this, more) = (*before, *count, *this, *more);
            if before + GAP * count as f64 <= this {
                break;
            }
            let sum = before * count as f64 + (this - GAP * count as f64) * more as f64;
            blocks.truncate(blocks.len() - 2);
            blocks.push((sum / (count + more) as f64, count + more));
        }
    }
    let mut out = Vec::with_capacity(wanted.len());
    let mut free = top;
    let mut left = wanted.len();
    for (first, count) in blocks {
        let latest = foot - GAP * (left as f64 - 1.0);
        let start = first.min(latest).max(free);
        out.extend((0..count).map(|index| start + GAP * index as f64));
        free = start + GAP * count as f64;
        left -= count;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order() {
        // 100 and 104 share the room around their middle, 102: 90.5 and 113.5
        assert_eq!(apart(&[50.0, 100.0, 104.0, 300.0], 0.0, 400.0), [50.0, 90.5, 113.5, 300.0]);
        // at the edges they are pushed inwards
        assert_eq!(apart(&[0.0, 1.0], 0.0, 400.0), [0.0, 23.0]);
        assert_eq!(apart(&[399.0, 400.0], 0.0, 400.0), [377.0, 400.0]);
    }

    fn entry(value: &str, class: &'static str, rank: Rank) -> Entry {
        let value = crate::sample::decimal(value);
        Entry { value, price: value.to_string(), label: String::new(), short: String::new(), class, rank }
    }

    fn values(list: &[Entry]) -> Vec<&str> {
        list.iter().map(|entry| entry.price.as_str()).collect()
    }

    #[test]
    fn the_week_of_the_style_guide_keeps_its_twelve_prices() {
        // BTCUSDT 1w of 30 April 2026: the guide leaves out the low of the forming bar, the top of S2 and the
        // records
        let list = kept(vec![
            entry("75928.10", "last", Rank::Must),
            entry("89256.69", "up strong", Rank::Must),
            entry("53485.93", "down strong", Rank::Must),
            entry("87977", "dashed", Rank::Barrier),
            entry("63879", "dashed", Rank::Barrier),
            entry("74508.00", "", Rank::Nearest),
            entry("70079.99", "", Rank::Nearest),
            entry("77929", "ema20", Rank::Average),
            entry("86300", "ema50", Rank::Average),
            entry("68243", "ema200", Rank::Average),
            entry("79485.66", "dashed", Rank::Forming),
            entry("74937.52", "dashed", Rank::Forming),
            entry("60000.00", "", Rank::Cited),
            entry("60775.00", "", Rank::Named),
            entry("126199.63", "", Rank::Cited),
            entry("124474.00", "", Rank::Cited),
        ]);
        assert_eq!(
            values(&list),
            [
                "89256.69", "87977", "86300", "79485.66", "77929", "75928.10", "74508.00", "70079.99",
                "68243", "63879", "60000.00", "53485.93"
            ]
        );
    }

    #[test]
    fn a_far_price_that_must_be_shown_does_not_crowd_the_others() {
        // the report ends at a record far above: 70,000 dollars on 364 px, so most of the rest touches
        let mut all = vec![
            entry("75928", "last", Rank::Must),
            entry("126199", "up strong", Rank::Must),
            entry("56199", "down strong", Rank::Must),
        ];
        let others = [
            (Rank::Barrier, ["87977", "63879"]),
            (Rank::Nearest, ["74508", "74000"]),
            (Rank::Average, ["77929", "76300"]),
            (Rank::Forming, ["79485", "74937"]),
            (Rank::Cited, ["75000", "140000"]),
        ];
        all.extend(others.iter().flat_map(|(rank, prices)| prices.map(|price| entry(price, "", *rank))));
        let list = kept(all);
        let (wanted, places) = Scale::of(&list).unwrap().places(&list);
        assert!(["75928", "126199", "56199", "87977", "63879"].iter().all(|p| values(&list).contains(p)));
        assert!(list.len() < 13 && !values(&list).contains(&"140000"));
        for (y, at) in wanted.iter().zip(&places) {
            assert!((y - at).abs() <= FARTHEST, "{y} {at}");
        }
        // in the same order on both ends, connectors do not cross
        assert!(wanted.is_sorted() && places.is_sorted());
        assert!(places.iter().zip(places.iter().skip(1)).all(|(a, b)| b - a > GAP - 0.001));
    }
}

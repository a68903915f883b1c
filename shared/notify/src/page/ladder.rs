use domain::number;
use domain::ohlcv::Level;
use rust_decimal::Decimal;

use super::scope::{Scope, edge, parts};
use crate::figures;
use crate::lang::fill;
use crate::text::{capped, plain};

/// Least distance of two labels, px.
const GAP: f64 = 23.0;
/// Room above the first and below the last price, px.
const MARGIN: f64 = 18.0;
const LEAST_HEIGHT: f64 = 400.0;
/// Prices at most: the least important are dropped.
const MOST: usize = 16;

/// Prices on an upright axis, true to scale, their labels moved apart.
pub(super) struct Ladder {
    pub(super) height: String,
    pub(super) foot: String,
    pub(super) label: String,
    pub(super) rungs: Vec<Rung>,
    pub(super) zones: Vec<Zone>,
}

/// A price: where it is, and where its label stands.
pub(super) struct Rung {
    pub(super) price: String,
    pub(super) label: String,
    /// The label for a narrow page.
    pub(super) short: String,
    pub(super) class: &'static str,
    pub(super) is_last: bool,
    pub(super) y: String,
    pub(super) label_y: String,
    pub(super) text_y: String,
    pub(super) box_y: String,
}

/// A zone of the artifact on the axis.
pub(super) struct Zone {
    pub(super) y: String,
    pub(super) height: String,
}

struct Entry {
    value: Decimal,
    price: String,
    label: String,
    short: String,
    class: &'static str,
    /// 0 must be shown, more may be left out.
    rank: u8,
}

pub(super) fn ladder(scope: &Scope<'_>) -> Option<Ladder> {
    let mut entries = Entries { scope, list: Vec::new() };
    entries.add_last();
    entries.add_ends();
    entries.add_barriers();
    let zones = entries.add_zones();
    entries.add_averages();
    entries.add_cited();
    let list = kept(entries.list);
    let (high, low) = (list.first()?.value, list.last()?.value);
    if high == low {
        return None;
    }
    let height = (GAP * list.len() as f64 + 2.0 * MARGIN).max(LEAST_HEIGHT);
    let scale = Scale { high: number::to_f64(high), low: number::to_f64(low), height };
    let wanted: Vec<f64> = list.iter().map(|entry| scale.y(entry.value)).collect();
    let places = apart(&wanted, MARGIN, height - MARGIN);
    let rungs: Vec<Rung> =
        list.iter().zip(wanted).zip(places).map(|((entry, y), at)| rung(entry, y, at)).collect();
    let zones = zones.into_iter().filter_map(|(low, high)| zone(&scale, low, high)).collect();
    let spoken: Vec<String> = list.iter().map(|entry| format!("{} {}", entry.price, entry.label)).collect();
    let last = figures::price(scope.document().last_price, scope.document().tick);
    let values = [("last", last.as_str()), ("list", &spoken.join("; "))];
    let label = fill(&scope.words.ladder.label, &values);
    Some(Ladder { height: px(height), foot: px(height - 2.0), label, rungs, zones })
}

struct Scale {
    high: f64,
    low: f64,
    height: f64,
}

impl Scale {
    fn y(&self, price: Decimal) -> f64 {
        let part = (self.high - number::to_f64(price)) / (self.high - self.low);
        MARGIN + part.clamp(0.0, 1.0) * (self.height - 2.0 * MARGIN)
    }
}

fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn rung(entry: &Entry, y: f64, at: f64) -> Rung {
    Rung {
        price: entry.price.clone(),
        label: entry.label.clone(),
        short: entry.short.clone(),
        class: entry.class,
        is_last: entry.class == "last",
        y: px(y),
        label_y: px(at),
        text_y: px(at + 4.5),
        box_y: px(at - 11.0),
    }
}

fn zone(scale: &Scale, low: Decimal, high: Decimal) -> Option<Zone> {
    let (top, foot) = (scale.y(high), scale.y(low));
    (foot > top).then(|| Zone { y: px(top), height: px(foot - top) })
}

/// The highest first; what is far from the prices that must be shown is left out, so that those stay apart.
fn kept(mut list: Vec<Entry>) -> Vec<Entry> {
    let must: Vec<Decimal> = list.iter().filter(|entry| entry.rank <= 1).map(|entry| entry.value).collect();
    if let (Some(high), Some(low)) = (must.iter().max(), must.iter().min())
        && high > low
    {
        let room = (*high - *low) / Decimal::TEN;
        list.retain(|entry| entry.value <= *high + room && entry.value >= *low - room);
    }
    list.sort_by_key(|entry| entry.rank);
    list.truncate(MOST);
    list.sort_by_key(|entry| std::cmp::Reverse(entry.value));
    list
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

struct Entries<'a> {
    scope: &'a Scope<'a>,
    list: Vec<Entry>,
}

impl Entries<'_> {
    fn add(
        &mut self,
        value: Option<Decimal>,
        price: Option<String>,
        label: &str,
        class: &'static str,
        rank: u8,
    ) {
        let Some(value) = value.filter(|value| *value > Decimal::ZERO) else { return };
        let price = price.unwrap_or_else(|| figures::price(value, self.scope.document().tick));
        let label = capped(&plain(label), 40);
        if self.list.iter().all(|entry| entry.value != value) {
            self.list.push(Entry { value, price, short: label.clone(), label, class, rank });
        }
    }

    fn text(&mut self, text: &str, label: &str, class: &'static str, rank: u8) {
        self.add(decimal(text), None, label, class, rank);
    }

    fn add_last(&mut self) {
        let words = &self.scope.words.ladder;
        let label = match self.scope.reading.series.forming {
            Some(_) => &words.forming,
            None => &words.last,
        };
        self.add(Some(self.scope.document().last_price), None, label, "last", 0);
    }

    fn add_ends(&mut self) {
        let ends = &self.scope.document().report.invalidation;
        let words = &self.scope.words.ladder;
        for (value, reference, long, short, class) in [
            (ends.above, &ends.above_ref, &words.ends_above, &words.ends_above_short, "up strong"),
            (ends.below, &ends.below_ref, &words.ends_below, &words.ends_below_short, "down strong"),
        ] {
            let label = |word: &str| match edge(self.scope, reference) {
                Some(edge) => format!("{edge}: {word}"),
                None => word.to_owned(),
            };
            let count = self.list.len();
            self.add(value, None, &label(long), class, 0);
            if let Some(added) = self.list.get_mut(count) {
                added.short = label(short);
            }
        }
    }

    fn add_barriers(&mut self) {
        let words = &self.scope.words.ladder;
        if let Some(barriers) = &self.scope.document().barriers {
            for (text, label) in [(&barriers.up, &words.barrier_up), (&barriers.down, &words.barrier_down)] {
                self.add(decimal(text), Some(figures::printed(text)), label, "dashed", 1);
            }
        }
    }

    /// The nearest zone on each side, the one around the price, and those the report names.
    fn add_zones(&mut self) -> Vec<(Decimal, Decimal)> {
        let named: Vec<&str> =
            self.scope.document().report.levels.iter().map(|reference| parts(reference).1).collect();
        let levels: &[Level] = &self.scope.reading.ohlcv.levels;
        let shown = levels.iter().filter(|level| {
            matches!(level.id.as_str(), "S1" | "R1" | "P") || named.contains(&level.id.as_str())
        });
        let mut zones = Vec::new();
        for level in shown {
            let words = &self.scope.words.ladder;
            let id = [("id", level.id.as_str())];
            let (low, high) = (decimal(&level.low), decimal(&level.high));
            if low == high {
                self.add(high, None, &level.id, "", 2);
                continue;
            }
            self.text(&level.high, &fill(&words.top, &id), "", 2);
            self.text(&level.low, &fill(&words.foot, &id), "", 2);
            zones.extend(low.zip(high));
        }
        zones
    }

    fn add_averages(&mut self) {
        let table = &self.scope.reading.ohlcv.indicators;
        let Some(t) = table.last_t() else { return };
        for (name, label, class) in
            [("ema20", "EMA 20", "ema20"), ("ema50", "EMA 50", "ema50"), ("ema200", "EMA 200", "ema200")]
        {
            if let Some(cell) = table.cell(t, name) {
                self.add(decimal(cell), Some(figures::printed(&plain(cell))), label, class, 3);
            }
        }
    }

    /// Swings and the extremes of the forming bar that the report cites.
    fn add_cited(&mut self) {
        let (words, ohlcv) = (&self.scope.words.ladder, self.scope.reading.ohlcv);
        for cite in self.scope.document().report.observations.iter().flat_map(|o| &o.cites) {
            let (name, key, field) = parts(&cite.reference);
            match (name, field, &ohlcv.forming) {
                ("forming", "h", Some(bar)) => self.text(&bar.h, &words.forming_h, "dashed", 4),
                ("forming", "l", Some(bar)) => self.text(&bar.l, &words.forming_l, "dashed", 4),
                ("swings", _, _) => {
                    let Some(swing) = ohlcv.swings.list.iter().find(|swing| swing.id == key) else {
                        continue;
                    };
                    let template = if key.starts_with('H') { &words.high_of } else { &words.low_of };
                    let day = self.scope.timeframe().parse_label(&swing.t);
                    let day = day.map(|open| self.scope.dates.cell(self.scope.timeframe(), open).0);
                    let day = day.unwrap_or_else(|| swing.t.clone());
                    self.text(&swing.p, &fill(template, &[("day", &day)]), "", 4);
                }
                _ => {}
            }
        }
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
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
}

use domain::ohlcv::Level;
use rust_decimal::Decimal;

use crate::figures;
use crate::lang::fill;
use crate::page::dated;
use crate::page::scope::{Scope, edge, parts};
use crate::text::{capped, plain};

/// Why a price is shown: the later, the sooner it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The last price and what ends the report: always shown.
    Must,
    /// A barrier of the odds.
    Barrier,
    /// An edge of the nearest zone on each side, or of one around the price.
    Nearest,
    /// A moving average.
    Average,
    /// An extreme of the bar in progress.
    Forming,
    /// A swing that the report cites.
    Cited,
    /// An edge of another zone that the report names.
    Named,
}

/// A price with its words.
pub(super) struct Entry {
    pub(super) value: Decimal,
    pub(super) price: String,
    pub(super) label: String,
    pub(super) short: String,
    pub(super) class: &'static str,
    pub(super) rank: Rank,
}

impl Entry {
    pub(super) fn is_last(&self) -> bool {
        self.class == "last"
    }
}

/// All prices that could be shown, and the zones, low and high, that some of them are edges of.
pub(super) fn prices(scope: &Scope<'_>) -> (Vec<Entry>, Vec<(Decimal, Decimal)>) {
    let mut entries = Entries { scope, list: Vec::new() };
    entries.add_last();
    entries.add_ends();
    entries.add_barriers();
    let zones = entries.add_zones();
    entries.add_averages();
    entries.add_forming();
    entries.add_cited();
    (entries.list, zones)
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
        rank: Rank,
    ) {
        let Some(value) = value.filter(|value| *value > Decimal::ZERO) else { return };
        let price = price.unwrap_or_else(|| figures::price(value, self.scope.document().tick));
        let label = capped(&plain(label), 40);
        if self.list.iter().all(|entry| entry.value != value) {
            self.list.push(Entry { value, price, short: label.clone(), label, class, rank });
        }
    }

    fn text(&mut self, text: &str, label: &str, class: &'static str, rank: Rank) {
        self.add(decimal(text), None, label, class, rank);
    }

    fn add_last(&mut self) {
        let words = &self.scope.words.ladder;
        let label = match self.scope.reading.series.forming {
            Some(_) => &words.forming,
            None => &words.last,
        };
        self.add(Some(self.scope.document().last_price), None, label, "last", Rank::Must);
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
            self.add(value, None, &label(long), class, Rank::Must);
            if let Some(added) = self.list.get_mut(count) {
                added.short = label(short);
            }
        }
    }

    fn add_barriers(&mut self) {
        let words = &self.scope.words.ladder;
        if let Some(barriers) = &self.scope.document().barriers {
            for (text, label) in [(&barriers.up, &words.barrier_up), (&barriers.down, &words.barrier_down)] {
                self.add(decimal(text), Some(figures::printed(text)), label, "dashed", Rank::Barrier);
            }
        }
    }

    /// The nearest zone on each side, the one around the price, and those the report names.
    fn add_zones(&mut self) -> Vec<(Decimal, Decimal)> {
        let named: Vec<&str> =
            self.scope.document().report.levels.iter().map(|reference| parts(reference).1).collect();
        let levels: &[Level] = &self.scope.reading.ohlcv.levels;
        let mut zones = Vec::new();
        for level in levels {
            let rank = match level.id.as_str() {
                "S1" | "R1" | "P" => Rank::Nearest,
                id if named.contains(&id) => Rank::Named,
                _ => continue,
            };
            let words = &self.scope.words.ladder;
            let id = [("id", level.id.as_str())];
            let (low, high) = (decimal(&level.low), decimal(&level.high));
            if low == high {
                self.add(high, None, &level.id, "", rank);
                continue;
            }
            self.text(&level.high, &fill(&words.top, &id), "", rank);
            self.text(&level.low, &fill(&words.foot, &id), "", rank);
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
                self.add(decimal(cell), Some(figures::printed(&plain(cell))), label, class, Rank::Average);
            }
        }
    }

    fn add_forming(&mut self) {
        let words = &self.scope.words.ladder;
        if let Some(bar) = &self.scope.reading.ohlcv.forming {
            self.text(&bar.h, &words.forming_h, "dashed", Rank::Forming);
            self.text(&bar.l, &words.forming_l, "dashed", Rank::Forming);
        }
    }

    /// Swings that the report cites.
    fn add_cited(&mut self) {
        let (words, ohlcv) = (&self.scope.words.ladder, self.scope.reading.ohlcv);
        for cite in self.scope.document().report.observations.iter().flat_map(|o| &o.cites) {
            let ("swings", key, _) = parts(&cite.reference) else { continue };
            let Some(swing) = ohlcv.swings.list.iter().find(|swing| swing.id == key) else { continue };
            let template = if key.starts_with('H') { &words.high_of } else { &words.low_of };
            let day = self.scope.timeframe().parse_label(&swing.t);
            let day = day.map(|open| dated::cell(self.scope, open).0);
            let day = day.unwrap_or_else(|| swing.t.clone());
            self.text(&swing.p, &fill(template, &[("day", &day)]), "", Rank::Cited);
        }
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Words;
    use crate::sample::{self, Case};

    #[test]
    fn a_swing_of_another_year_names_it() {
        // the report of 30 April 2026 cites the lows of 2 February 2026 and of 1 September 2025
        let mut own = Case::of(sample::weekly());
        own.ohlcv.levels.clear();
        let scope = Scope::new(own.reading(), Words::of("en").unwrap(), "n");
        let (entries, _) = prices(&scope);
        let cited = entries.iter().filter(|entry| entry.rank == Rank::Cited);
        let labels: Vec<_> = cited.map(|entry| (entry.price.as_str(), entry.label.as_str())).collect();
        assert_eq!(labels, [("60,000.00", "Low of 2 Feb"), ("107,255.00", "Low of 1 Sep 2025")]);
    }
}

//! The seeded path: one hour after the other, in integers throughout.
//!
//! Returns are normal with a variance that clusters (GARCH(1,1), Bollerslev 1986, weights .05 and .93), jump
//! now and then, and drift by regime. A regime is drawn anew every one to eight weeks, the likelier against the way
//! price has gone from its first value, so that levels stay plausible for years.

use super::bar::{Bar, ONE};
use super::listing::Listing;
use super::random::Random;

const HOUR: i64 = 3_600_000;
/// One in the units of a return.
const BILLION: i64 = 1_000_000_000;
/// Digits that the level keeps below a hundred-millionth.
const FINE: i128 = 1_000_000;
/// Turnover by hour of the UTC day, thousandths: thin before Asia opens, full when Europe meets America.
const DAY: [i64; 24] = [
    1050, 980, 930, 880, 830, 800, 820, 880, 960, 1000, 980, 960, 1050, 1250, 1420, 1450, 1350, 1200, 1080,
    1000, 950, 900, 850, 900,
];

/// Drift of an hour in billionths, deviation in thousandths, shortest and longest stay in hours.
const REGIMES: [(i64, i64, i64, i64); 5] = [
    (0, 800, 150, 900),            // range
    (190_000, 950, 250, 1_300),    // advance
    (-150_000, 1_050, 250, 1_200), // decline
    (700_000, 1_350, 60, 260),     // surge
    (-1_300_000, 1_900, 40, 170),  // slump
];

#[derive(Debug)]
pub(crate) struct Path {
    listing: Listing,
    random: Random,
    next_ms: i64,
    /// Price in `FINE` parts of a hundred-millionth.
    level: i128,
    close: i64,
    /// Variance in thousandths of its mean.
    variance: i64,
    regime: usize,
    regime_left: i64,
}

impl Path {
    pub(crate) fn new(seed: u64, listing: &Listing) -> Self {
        Self {
            random: Random::new(seed, &listing.symbol),
            next_ms: listing.listed_ms,
            level: i128::from(listing.price) * FINE,
            close: listing.price,
            variance: 1_000,
            regime: 0,
            regime_left: 200,
            listing: listing.clone(),
        }
    }

    /// The hours that have closed by `until` and are not in `hours` yet.
    pub(crate) fn extend(&mut self, hours: &mut Vec<Bar>, until: i64) {
        let end = self.listing.halted_ms.map_or(until, |halted| halted.min(until));
        while self.next_ms + HOUR <= end {
            hours.push(self.hour());
        }
    }

    fn hour(&mut self) -> Bar {
        let open_ms = self.next_ms;
        self.next_ms += HOUR;
        let (drift, stretch) = self.regime();
        let quiet = self.random.below(10_000) < self.listing.quiet;
        let shock = self.random.normal();
        // an hour's deviation in billionths: millionths x sqrt(thousandths x 1000) x thousandths / 1000
        let sigma = self.listing.sigma * (self.variance * 1_000).isqrt() * stretch / 1_000;
        self.variance =
            (20_000 + 930 * self.variance + 50 * self.variance * shock * shock / 1_000_000) / 1_000;
        self.variance = self.variance.clamp(150, 9_000);
        let jump = if self.random.below(900) == 0 { self.random.normal() * 4 } else { 0 };
        let step = (drift + sigma * (shock + jump) / 1_000).clamp(-BILLION / 8, BILLION / 8);
        let wicks = [self.random.normal().abs(), self.random.normal().abs()];
        let (gap, lot) = (self.random.below(8) - 1, self.random.below(900));
        if quiet {
            return self.flat(open_ms);
        }
        self.level = self.level * i128::from(BILLION + step) / i128::from(BILLION);
        let open = self.on_tick(self.close + if gap.abs() == 1 { gap * self.listing.tick } else { 0 });
        let close = self.on_tick(i64::try_from(self.level / FINE).unwrap_or(i64::MAX / 4));
        let reach = |wick: i64| {
            let part = i128::from(close) * i128::from(sigma * wick / 1_800) / i128::from(BILLION);
            i64::try_from(part).unwrap_or(0)
        };
        let high = self.on_tick(open.max(close) + reach(wicks[0]));
        let low = self.on_tick(open.min(close) - reach(wicks[1]));
        self.close = close;
        let activity = 500 + shock.abs() * 500 / 1_000 + jump.abs() / 4;
        self.traded(Bar { open_ms, open, high, low, close, ..self.flat(open_ms) }, activity, lot)
    }

    /// The bar with its amounts: `activity` in thousandths, `lot` a number below 900.
    fn traded(&self, bar: Bar, activity: i64, lot: i64) -> Bar {
        let of_day = DAY.get(usize::try_from(bar.open_ms / HOUR % 24).unwrap_or(0)).copied().unwrap_or(1_000);
        let mean =
            (i128::from(bar.open) + i128::from(bar.high) + i128::from(bar.low) + i128::from(bar.close)) / 4;
        let turnover = i128::from(self.listing.turnover)
            * i128::from((self.variance * 1_000).isqrt() * activity / 1_000)
            * i128::from(of_day * (550 + lot) / 1_000)
            / 1_000_000;
        let step = i128::from(self.listing.step);
        let volume = (turnover * ONE * ONE / mean / step).max(1) * step;
        let quote = volume * mean / ONE;
        let taker_base = volume * i128::from(440 + lot / 8) / 1_000 / step * step;
        Bar {
            volume,
            quote,
            trades: u64::try_from(quote / ONE / i128::from(500 + lot)).unwrap_or(0) + 1,
            taker_base,
            taker_quote: taker_base * mean / ONE,
            ..bar
        }
    }

    fn flat(&self, open_ms: i64) -> Bar {
        let price = self.close;
        Bar {
            open_ms,
            close_ms: open_ms + HOUR - 1,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: 0,
            quote: 0,
            trades: 0,
            taker_base: 0,
            taker_quote: 0,
        }
    }

    fn on_tick(&self, price: i64) -> i64 {
        let tick = self.listing.tick;
        ((price + tick / 2) / tick).max(1) * tick
    }

    /// Drift and deviation of this hour, after a change of regime where one is due.
    fn regime(&mut self) -> (i64, i64) {
        self.regime_left -= 1;
        if self.regime_left <= 0 {
            self.regime = self.next_regime();
            let (_, _, shortest, longest) = REGIMES[self.regime];
            let spread = u32::try_from(longest - shortest).unwrap_or(1);
            self.regime_left = shortest + self.random.below(spread);
        }
        let (drift, stretch, ..) = REGIMES[self.regime];
        (drift, stretch)
    }

    fn next_regime(&mut self) -> usize {
        // chances in a hundred by where price stands against its first value, cumulated in the order of REGIMES
        let percent = self.close / (self.listing.price / 100).max(1);
        let chances = match percent {
            ..=45 => [25, 65, 68, 98, 100],
            46..=90 => [30, 60, 75, 90, 100],
            91..=160 => [30, 52, 78, 88, 100],
            161..=250 => [28, 40, 78, 84, 100],
            _ => [20, 25, 75, 77, 100],
        };
        let drawn = self.random.below(100);
        let next = chances.iter().position(|chance| drawn < *chance).unwrap_or(0);
        // a regime that is drawn twice gives way to a range
        if next == self.regime { 0 } else { next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::listing::seeded;

    #[test]
    fn levels_stay_plausible_and_candles_sane_for_years() {
        for listing in seeded() {
            let mut hours = Vec::new();
            // 2026-11-22T00:00Z
            Path::new(7, &listing).extend(&mut hours, 1_795_305_600_000);
            let mut close = listing.price;
            for bar in &hours {
                assert!(bar.low <= bar.open.min(bar.close) && bar.high >= bar.open.max(bar.close), "{bar:?}");
                assert!(
                    bar.low > 0
                        && [bar.open, bar.high, bar.low, bar.close].iter().all(|p| p % listing.tick == 0)
                );
                assert!((bar.open - close).abs() <= listing.tick, "{bar:?}");
                assert!(bar.volume % i128::from(listing.step) == 0 && bar.taker_base <= bar.volume);
                assert_eq!(bar.trades == 0, bar.volume == 0);
                close = bar.close;
            }
            let ratio = |price: i64| price * 100 / listing.price;
            let lowest = hours.iter().map(|b| ratio(b.low)).min().unwrap();
            let highest = hours.iter().map(|b| ratio(b.high)).max().unwrap();
            assert!(lowest >= 4 && highest <= 1_500, "{}: {lowest} % to {highest} %", listing.symbol);
        }
    }
}

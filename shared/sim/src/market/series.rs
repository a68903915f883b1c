//! One symbol's bars: the hours, and the longer bars made of them or recorded beside them.

use super::Page;
use super::aggregate;
use super::bar::Bar;
use super::interval::Interval;
use super::listing::Listing;
use super::path::Path;
use super::recorded::{File, RecordedError};

#[derive(Debug)]
pub(crate) struct Series {
    origin: Origin,
    hours: Vec<Bar>,
    /// Closed bars, in the order of [`Interval::LONGER`].
    longer: [Vec<Bar>; 4],
    /// Bars that are not served, by the opens of the first and the last.
    withheld: Vec<(Interval, i64, i64)>,
}

#[derive(Debug)]
enum Origin {
    Seeded(Box<Path>),
    /// Files not read yet: a symbol that nobody asks for costs nothing.
    Files(Vec<File>),
    Read,
}

impl Series {
    pub(crate) fn seeded(seed: u64, listing: &Listing) -> Self {
        Self::of(Origin::Seeded(Box::new(Path::new(seed, listing))))
    }

    pub(crate) fn recorded(files: Vec<File>) -> Self {
        Self::of(Origin::Files(files))
    }

    fn of(origin: Origin) -> Self {
        Self { origin, hours: Vec::new(), longer: Default::default(), withheld: Vec::new() }
    }

    pub(crate) fn page(
        &mut self,
        interval: Interval,
        now: i64,
        page: Page,
    ) -> Result<Vec<Bar>, RecordedError> {
        self.reach(now)?;
        let stored = match Interval::LONGER.iter().position(|longer| *longer == interval) {
            Some(index) => self.longer.get(index).map(Vec::as_slice).unwrap_or_default(),
            None => &self.hours,
        };
        let closed = stored.get(..stored.partition_point(|bar| bar.close_ms < now)).unwrap_or_default();
        let forming = aggregate::forming(interval, &self.hours, now).filter(|bar| {
            interval != Interval::Hour && closed.last().is_none_or(|last| last.open_ms < bar.open_ms)
        });
        if self.withheld.iter().all(|(of, _, _)| *of != interval) {
            return Ok(pick(closed, forming, page));
        }
        let is_served = |bar: &Bar| {
            let hides = |(of, from, to): &(Interval, i64, i64)| {
                *of == interval && (*from..=*to).contains(&bar.open_ms)
            };
            !self.withheld.iter().any(hides)
        };
        let served: Vec<Bar> = closed.iter().copied().filter(is_served).collect();
        Ok(pick(&served, forming, page))
    }

    pub(crate) fn withhold(&mut self, interval: Interval, from: i64, to: i64) {
        self.withheld.push((interval, from, to));
    }

    pub(crate) fn release(&mut self) {
        self.withheld.clear();
    }

    /// Reads what was recorded.
    pub(crate) fn load(&mut self) -> Result<(), RecordedError> {
        if matches!(self.origin, Origin::Files(_)) { self.reach(0) } else { Ok(()) }
    }

    fn reach(&mut self, now: i64) -> Result<(), RecordedError> {
        match &mut self.origin {
            Origin::Seeded(path) => {
                let before = self.hours.len();
                path.extend(&mut self.hours, now.min(LAST));
                if self.hours.len() > before {
                    self.lengthen();
                }
            }
            Origin::Files(files) => {
                let read = files.iter().map(|file| Ok((file.interval, file.bars()?)));
                let read: Vec<_> = read.collect::<Result<_, RecordedError>>()?;
                for (interval, bars) in read {
                    match Interval::LONGER.iter().position(|longer| *longer == interval) {
                        Some(index) => self.longer[index] = bars,
                        None => self.hours = bars,
                    }
                }
                self.origin = Origin::Read;
                // a timeframe that was not recorded is made of the hours
                self.lengthen();
            }
            Origin::Read => {}
        }
        Ok(())
    }

    fn lengthen(&mut self) {
        let until = self.hours.last().map_or(0, |bar| bar.close_ms + 1);
        let recorded = matches!(self.origin, Origin::Read);
        for (bars, interval) in self.longer.iter_mut().zip(Interval::LONGER) {
            if !recorded || bars.is_empty() {
                aggregate::extend(bars, interval, &self.hours, until);
            }
        }
    }

    pub(crate) fn correct(&mut self, open_ms: i64, close: i64) -> Result<bool, RecordedError> {
        self.reach(open_ms + 3_600_000)?;
        let Ok(index) = self.hours.binary_search_by_key(&open_ms, |bar| bar.open_ms) else {
            return Ok(false);
        };
        let hour = &mut self.hours[index];
        *hour = Bar { close, high: hour.high.max(close), low: hour.low.min(close), ..*hour };
        for (bars, interval) in self.longer.iter_mut().zip(Interval::LONGER) {
            let (open, end) = (interval.open_of(open_ms), interval.next_open(open_ms));
            let from = self.hours.partition_point(|bar| bar.open_ms < open);
            let to = self.hours.partition_point(|bar| bar.open_ms < end);
            let merged = self.hours.get(from..to).and_then(|group| aggregate::merge(interval, group));
            if let (Some(merged), Some(bar)) = (merged, bars.iter_mut().find(|bar| bar.open_ms == open)) {
                *bar = merged;
            }
        }
        Ok(true)
    }
}

/// 2040-01-01T00:00Z: a clock beyond it finds no further candles.
const LAST: i64 = 2_208_988_800_000;

fn pick(closed: &[Bar], forming: Option<Bar>, page: Page) -> Vec<Bar> {
    let from = page.start.map_or(0, |start| closed.partition_point(|bar| bar.open_ms < start));
    let to = page.end.map_or(closed.len(), |end| closed.partition_point(|bar| bar.open_ms <= end));
    let within = closed.get(from..to).unwrap_or_default();
    let forming = forming.filter(|bar| {
        page.start.is_none_or(|start| bar.open_ms >= start) && page.end.is_none_or(|end| bar.open_ms <= end)
    });
    let all = within.iter().copied().chain(forming);
    let count = within.len() + usize::from(forming.is_some());
    let skip = if page.start.is_some() { 0 } else { count.saturating_sub(page.limit) };
    all.skip(skip).take(page.limit).collect()
}

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use domain::Timeframe;
use jiff::Timestamp;
use serde::Deserialize;

/// How many bars of each timeframe the first backfill reads; where none is named, all that the venue has. What is
/// kept grows on from there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Depth(BTreeMap<Timeframe, NonZeroU32>);

impl Depth {
    /// The fewest hours that a backfill may be cut to: the month in progress, and one that closed but was not
    /// collected yet, are made of hours, and a 1M series rests for a third of its bar. 31 days and 10 are 984 hours.
    pub const LEAST_HOURS: u32 = 1000;

    /// The hours asked for, if they are too few.
    pub(crate) fn too_shallow(&self) -> Option<u32> {
        let hours = self.0.get(&Timeframe::Hour)?.get();
        (hours < Self::LEAST_HOURS).then_some(hours)
    }

    /// Open of the oldest bar to read at `now`; 1970 where there is no limit.
    pub(crate) fn start(&self, timeframe: Timeframe, now: Timestamp) -> Timestamp {
        match self.0.get(&timeframe) {
            None => Timestamp::UNIX_EPOCH,
            // the bar in progress is none of them
            Some(bars) => back(timeframe, timeframe.open_of(now), bars.get()),
        }
    }
}

/// The open that lies so many bars before the one at `open`, 1970 at the earliest.
pub(crate) fn back(timeframe: Timeframe, mut open: Timestamp, bars: u32) -> Timestamp {
    for _ in 0..bars {
        if open <= Timestamp::UNIX_EPOCH {
            break;
        }
        open = timeframe.previous_open(open);
    }
    open.max(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depth_is_counted_in_closed_bars() {
        let depth: Depth = toml::from_str("1M = 3\n1h = 24\n1w = 4294967295").unwrap();
        let now: Timestamp = "2026-04-30T04:20:00Z".parse().unwrap();
        let start = |timeframe: Timeframe| depth.start(timeframe, now).to_string();
        assert_eq!(start(Timeframe::Month), "2026-01-01T00:00:00Z");
        assert_eq!(start(Timeframe::Hour), "2026-04-29T04:00:00Z");
        assert_eq!(start(Timeframe::Week), "1970-01-01T00:00:00Z");
        assert_eq!(start(Timeframe::Day), "1970-01-01T00:00:00Z");
        assert!(toml::from_str::<Depth>("1m = 3").is_err(), "there is no minute");
        assert!(toml::from_str::<Depth>("1d = 0").is_err());
    }
}

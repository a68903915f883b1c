use domain::Timeframe;
use jiff::Timestamp;
use runtime::Bars;

/// How many bars of each timeframe are read; where none is named, all that the venue has. What is kept grows on from
/// there, and back if a later depth is greater.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Depth(Bars);

impl From<Bars> for Depth {
    fn from(bars: Bars) -> Self {
        Self(bars)
    }
}

impl Depth {
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
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn a_depth_is_counted_in_closed_bars() {
        let bars = [(Timeframe::Month, 3), (Timeframe::Hour, 24), (Timeframe::Week, u32::MAX)];
        let bars = bars.map(|(timeframe, count)| (timeframe, NonZeroU32::new(count).unwrap()));
        let depth = Depth::from(Bars::from(bars));
        let now: Timestamp = "2026-04-30T04:20:00Z".parse().unwrap();
        let start = |timeframe: Timeframe| depth.start(timeframe, now).to_string();
        assert_eq!(start(Timeframe::Month), "2026-01-01T00:00:00Z");
        assert_eq!(start(Timeframe::Hour), "2026-04-29T04:00:00Z");
        assert_eq!(start(Timeframe::Week), "1970-01-01T00:00:00Z");
        assert_eq!(start(Timeframe::Day), "1970-01-01T00:00:00Z");
    }
}

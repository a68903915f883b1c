use domain::Timeframe;
use jiff::Timestamp;

/// Opens of a stretch of bars that one page can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The first open.
    pub(super) from: Timestamp,
    /// The last open.
    pub(super) to: Timestamp,
}

impl Span {
    /// The stretch of `bars` opens from the first one at `start` or after it, which ends no later than `end`.
    pub(super) fn of(timeframe: Timeframe, start: Timestamp, end: Option<Timestamp>, bars: u16) -> Self {
        let from = first_open(timeframe, start);
        let last = (1..bars).fold(from, |open, _| timeframe.next_open(open));
        Self { from, to: end.map_or(last, |end| last.min(end)) }
    }

    /// The open after it.
    pub(super) fn next(self, timeframe: Timeframe) -> Timestamp {
        timeframe.next_open(timeframe.open_of(self.to))
    }
}

/// The first open at `at` or after it.
pub(super) fn first_open(timeframe: Timeframe, at: Timestamp) -> Timestamp {
    let open = timeframe.open_of(at);
    if open < at { timeframe.next_open(open) } else { open }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_page_of_hours_begins_at_an_open() {
        let span = Span::of(Timeframe::Hour, at("2026-04-30T00:30:00Z"), None, 4);
        assert_eq!(span, Span { from: at("2026-04-30T01:00:00Z"), to: at("2026-04-30T04:00:00Z") });
        assert_eq!(span.next(Timeframe::Hour), at("2026-04-30T05:00:00Z"));
        let cut = Span::of(Timeframe::Hour, span.from, Some(at("2026-04-30T02:59:00Z")), 1000);
        assert_eq!(cut.to, at("2026-04-30T02:59:00Z"));
        assert_eq!(cut.next(Timeframe::Hour), at("2026-04-30T03:00:00Z"));
    }

    #[test]
    fn months_and_weeks_follow_the_calendar() {
        let months = Span::of(Timeframe::Month, Timestamp::UNIX_EPOCH, None, 1000);
        assert_eq!((months.from, months.to), (Timestamp::UNIX_EPOCH, at("2053-04-01T00:00:00Z")));
        // 1970 began on a Thursday
        assert_eq!(first_open(Timeframe::Week, Timestamp::UNIX_EPOCH), at("1970-01-05T00:00:00Z"));
    }
}

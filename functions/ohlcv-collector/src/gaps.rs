//! Bars that the venue leaves out between others: which there are, and when to ask for them again.

use domain::{Candle, Timeframe};
use jiff::{SignedDuration, Timestamp};
use storage::Gap;

/// An answer without the bars is final once they were due so long ago.
const FINAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Most gaps asked for in one refresh of a series.
const MOST: usize = 8;

/// The gaps of one series, the oldest first.
pub(crate) struct Gaps {
    timeframe: Timeframe,
    known: Vec<Gap>,
}

impl Gaps {
    pub(crate) fn new(timeframe: Timeframe, known: Vec<Gap>) -> Self {
        Self { timeframe, known }
    }

    pub(crate) fn known(&self) -> &[Gap] {
        &self.known
    }

    /// Takes in an answer for the bars that open from `from` to `to`. What it leaves out is a gap, and one that was
    /// known before has been asked for; what it holds is none any more. Whether anything changed.
    pub(crate) fn answered(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        bars: &[Candle],
        at: Timestamp,
    ) -> bool {
        let mut after: Vec<Gap> = self.known.iter().flat_map(|gap| self.outside(*gap, from, to)).collect();
        for (first, last) in self.missing(from, to, bars) {
            let was_known = self.known.iter().any(|gap| gap.from <= last && gap.to >= first);
            after.push(Gap { from: first, to: last, asked_at: was_known.then_some(at) });
        }
        after.sort_by_key(|gap| gap.from);
        let changed = after != self.known;
        self.known = after;
        changed
    }

    /// The gaps to ask for at `now`: each once soon after it was seen, then whenever its age has doubled, and no more
    /// once it was old when the venue had none. Only those that end before `before`, of many the oldest.
    pub(crate) fn due(&self, now: Timestamp, before: Timestamp) -> Vec<Gap> {
        let due = |gap: &&Gap| match gap.asked_at {
            None => true,
            Some(asked_at) => {
                let age = asked_at.duration_since(gap.to);
                age < FINAL && now.duration_since(gap.to) >= age * 2
            }
        };
        self.known.iter().filter(|gap| gap.to < before).filter(due).take(MOST).copied().collect()
    }

    /// What of a gap an answer for `from` to `to` says nothing about.
    fn outside(&self, gap: Gap, from: Timestamp, to: Timestamp) -> Vec<Gap> {
        if gap.to < from || gap.from > to {
            return vec![gap];
        }
        let before = (gap.from < from).then(|| Gap { to: self.timeframe.previous_open(from), ..gap });
        let after = (gap.to > to).then(|| Gap { from: self.timeframe.next_open(to), ..gap });
        before.into_iter().chain(after).collect()
    }

    /// Runs of opens from `from` to `to` that no bar has, by the calendar.
    fn missing(&self, from: Timestamp, to: Timestamp, bars: &[Candle]) -> Vec<(Timestamp, Timestamp)> {
        let mut runs = Vec::new();
        let mut next = from;
        for bar in bars {
            // a restart of the venue may open a bar late within its interval
            let open = self.timeframe.open_of(bar.open_time);
            if open > next {
                runs.push((next, self.timeframe.previous_open(open)));
            }
            next = next.max(self.timeframe.next_open(open));
        }
        if next <= to {
            runs.push((next, to));
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hour(open: &str) -> Candle {
        let open_time = at(open);
        let price = "1".parse().unwrap();
        Candle {
            open_time,
            close_time: Timeframe::Hour.close_of(open_time),
            open: price,
            high: price,
            low: price,
            close: price,
            volume: price,
            quote_volume: price,
            trades: Some(1),
            taker_base: Some(price),
            taker_quote: Some(price),
        }
    }

    fn gap(from: &str, to: &str, asked_at: Option<&str>) -> Gap {
        Gap { from: at(from), to: at(to), asked_at: asked_at.map(at) }
    }

    /// The exchange's halt of 2023-03-24: no bar opens at 13:00.
    fn halted() -> [Candle; 3] {
        ["2023-03-24T11:00:00Z", "2023-03-24T12:00:00Z", "2023-03-24T14:00:00Z"].map(hour)
    }

    fn answer(gaps: &mut Gaps, bars: &[Candle], seen: &str) -> bool {
        let (first, last) = (bars.first().unwrap().open_time, bars.last().unwrap().open_time);
        gaps.answered(first, last, bars, at(seen))
    }

    #[test]
    fn a_gap_is_seen_then_asked_for_then_filled() {
        let mut gaps = Gaps::new(Timeframe::Hour, Vec::new());
        let missing = "2023-03-24T13:00:00Z";
        assert!(answer(&mut gaps, &halted(), "2023-03-24T15:00:00Z"));
        assert_eq!(gaps.known(), [gap(missing, missing, None)]);
        assert!(gaps.answered(at(missing), at(missing), &[], at("2023-03-24T15:20:00Z")));
        assert_eq!(gaps.known(), [gap(missing, missing, Some("2023-03-24T15:20:00Z"))]);
        assert!(gaps.answered(at(missing), at(missing), &[hour(missing)], at("2023-03-24T18:00:00Z")));
        assert!(gaps.known().is_empty());
    }

    #[test]
    fn a_gap_filled_in_part_leaves_its_ends() {
        let whole = gap("2018-02-08T01:00:00Z", "2018-02-09T09:00:00Z", None);
        let mut gaps = Gaps::new(Timeframe::Hour, vec![whole]);
        let bars = [hour("2018-02-08T05:00:00Z"), hour("2018-02-08T06:00:00Z")];
        gaps.answered(whole.from, whole.to, &bars, at("2018-02-10T00:00:00Z"));
        let asked = Some("2018-02-10T00:00:00Z");
        assert_eq!(
            gaps.known(),
            [
                gap("2018-02-08T01:00:00Z", "2018-02-08T04:00:00Z", asked),
                gap("2018-02-08T07:00:00Z", "2018-02-09T09:00:00Z", asked),
            ]
        );
        // an answer that begins within one says nothing of what lies before
        let bars = [hour("2018-02-08T09:00:00Z"), hour("2018-02-08T10:00:00Z")];
        answer(&mut gaps, &bars, "2018-02-10T01:00:00Z");
        assert_eq!(
            gaps.known()[1..],
            [
                gap("2018-02-08T07:00:00Z", "2018-02-08T08:00:00Z", asked),
                gap("2018-02-08T11:00:00Z", "2018-02-09T09:00:00Z", asked),
            ]
        );
    }

    #[test]
    fn a_gap_is_asked_for_when_its_age_has_doubled_until_an_answer_is_final() {
        let missing = "2023-03-24T13:00:00Z";
        let due = |asked_at: Option<&str>, now: &str| {
            !Gaps::new(Timeframe::Hour, vec![gap(missing, missing, asked_at)])
                .due(at(now), at(now))
                .is_empty()
        };
        assert!(due(None, "2026-04-30T04:00:00Z"));
        // asked three hours after its open: again after six
        assert!(!due(Some("2023-03-24T16:00:00Z"), "2023-03-24T18:59:00Z"));
        assert!(due(Some("2023-03-24T16:00:00Z"), "2023-03-24T19:00:00Z"));
        // asked when it was 29 days old: once more; when it was 30: never
        assert!(due(Some("2023-04-22T13:00:00Z"), "2023-05-21T13:00:00Z"));
        assert!(!due(Some("2023-04-23T13:00:00Z"), "2036-01-01T00:00:00Z"));
    }

    #[test]
    fn months_that_are_missing_are_counted_by_the_calendar() {
        let month = |open: &str| Candle { close_time: Timeframe::Month.close_of(at(open)), ..hour(open) };
        let bars = [month("2023-12-01T00:00:00Z"), month("2024-03-01T00:00:00Z")];
        let mut gaps = Gaps::new(Timeframe::Month, Vec::new());
        answer(&mut gaps, &bars, "2024-03-02T00:00:00Z");
        assert_eq!(gaps.known(), [gap("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", None)]);
    }

    #[test]
    fn a_refresh_asks_for_eight_at_most_and_for_none_it_read_anyway() {
        let hours = (0..20).map(|n| at("2020-01-01T00:00:00Z") + SignedDuration::from_hours(2 * n));
        let known = hours.map(|open| Gap { from: open, to: open, asked_at: None }).collect();
        let gaps = Gaps::new(Timeframe::Hour, known);
        let now = at("2026-04-30T04:00:00Z");
        let due = gaps.due(now, now);
        assert_eq!((due.len(), due[0].from), (8, at("2020-01-01T00:00:00Z")));
        assert_eq!(gaps.due(now, at("2020-01-01T02:00:00Z")).len(), 1);
    }
}

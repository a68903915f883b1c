//! The calendar of bars, by day counts alone and so apart from the calendar it serves to test.

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// Length of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interval {
    Hour,
    Hour4,
    Day,
    Week,
    Month,
}

impl Interval {
    /// All but the hour, which the others are made of.
    pub(crate) const LONGER: [Self; 4] = [Self::Hour4, Self::Day, Self::Week, Self::Month];

    /// The exchange's name for it, case-sensitive.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Hour, Self::Hour4, Self::Day, Self::Week, Self::Month].into_iter().find(|i| i.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Hour4 => "4h",
            Self::Day => "1d",
            Self::Week => "1w",
            Self::Month => "1M",
        }
    }

    /// Open of the bar that holds `ms`.
    pub(crate) fn open_of(self, ms: i64) -> i64 {
        let day = ms.div_euclid(DAY);
        match self {
            Self::Hour => ms.div_euclid(HOUR) * HOUR,
            Self::Hour4 => ms.div_euclid(4 * HOUR) * 4 * HOUR,
            Self::Day => day * DAY,
            // 1970-01-01 was a Thursday, three days after a Monday
            Self::Week => (day - (day + 3).rem_euclid(7)) * DAY,
            Self::Month => {
                let (year, month) = year_and_month(day);
                first_of(year, month) * DAY
            }
        }
    }

    /// Open of the bar after the one that holds `ms`.
    pub(crate) fn next_open(self, ms: i64) -> i64 {
        let open = self.open_of(ms);
        match self {
            Self::Hour => open + HOUR,
            Self::Hour4 => open + 4 * HOUR,
            Self::Day => open + DAY,
            Self::Week => open + 7 * DAY,
            // no month is longer than 31 days, none shorter than 28
            Self::Month => self.open_of(open + 31 * DAY),
        }
    }
}

/// Days from 1970-01-01 to the first of a month, after Hinnant, "chrono-compatible low-level date algorithms".
fn first_of(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year and month of a day counted from 1970-01-01, after the same.
fn year_and_month(day: i64) -> (i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let day_of_era = day.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn every_day_of_thirty_years_agrees_with_the_calendar_of_the_project() {
        let start: Timestamp = "2000-01-01T05:30:00Z".parse().unwrap();
        for day in 0..11_000 {
            let ms = start.as_millisecond() + day * DAY;
            let at = Timestamp::from_millisecond(ms).unwrap();
            for frame in domain::Timeframe::ALL {
                let ours = Interval::named(frame.as_str()).unwrap();
                let open = frame.open_of(at);
                assert_eq!(ours.open_of(ms), open.as_millisecond(), "{frame} {at}");
                assert_eq!(ours.next_open(ms), frame.next_open(open).as_millisecond(), "{frame} {at}");
            }
        }
    }

    #[test]
    fn a_month_is_no_minute() {
        assert_eq!(Interval::named("1M"), Some(Interval::Month));
        assert_eq!(Interval::named("1m"), None);
    }
}

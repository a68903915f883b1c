use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Length of a bar. Months and weeks follow the calendar in UTC: a month is no sum of weeks, and never 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timeframe {
    /// A calendar month, from the 1st 00:00 UTC.
    #[serde(rename = "1M")]
    Month,
    /// A week, from Monday 00:00 UTC.
    #[serde(rename = "1w")]
    Week,
    /// A day, from 00:00 UTC.
    #[serde(rename = "1d")]
    Day,
    /// Four hours, from 00:00 UTC on.
    #[serde(rename = "4h")]
    Hour4,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
}

/// Why a text names no timeframe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no timeframe: 1M, 1w, 1d, 4h or 1h (1M is a month, and there is no minute)")]
pub struct TimeframeError(String);

const HOUR_MS: i64 = 3_600_000;

impl Timeframe {
    /// All timeframes, the longest first.
    pub const ALL: [Self; 5] = [Self::Month, Self::Week, Self::Day, Self::Hour4, Self::Hour];

    /// The name the exchange uses, which tells `1M` (month) from a minute by its case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "1M",
            Self::Week => "1w",
            Self::Day => "1d",
            Self::Hour4 => "4h",
            Self::Hour => "1h",
        }
    }

    /// Open of the bar that holds `at`.
    pub fn open_of(self, at: Timestamp) -> Timestamp {
        match self {
            Self::Hour => floor_hours(at, 1),
            Self::Hour4 => floor_hours(at, 4),
            Self::Day => floor_hours(at, 24),
            Self::Week => {
                let date = utc_date(at);
                let back = i64::from(date.weekday().since(Weekday::Monday));
                floor_hours(at, 24) - SignedDuration::from_hours(24 * back)
            }
            Self::Month => {
                let date = utc_date(at);
                let back = i64::from(date.day()) - 1;
                floor_hours(at, 24) - SignedDuration::from_hours(24 * back)
            }
        }
    }

    /// Open of the bar after the one that opens at `open`.
    pub fn next_open(self, open: Timestamp) -> Timestamp {
        let hours = match self {
            Self::Hour => 1,
            Self::Hour4 => 4,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => i64::from(utc_date(open).days_in_month()) * 24,
        };
        open + SignedDuration::from_hours(hours)
    }

    /// Open of the bar before the one that opens at `open`.
    pub fn previous_open(self, open: Timestamp) -> Timestamp {
        self.open_of(open - SignedDuration::from_millis(1))
    }

    /// Last millisecond of the bar that opens at `open`.
    pub fn close_of(self, open: Timestamp) -> Timestamp {
        self.next_open(open) - SignedDuration::from_millis(1)
    }

    /// How long a series may rest before it is refreshed: a third of its bar.
    pub fn third(self) -> SignedDuration {
        match self {
            Self::Hour => SignedDuration::from_mins(20),
            Self::Hour4 => SignedDuration::from_mins(80),
            Self::Day => SignedDuration::from_hours(8),
            Self::Week => SignedDuration::from_hours(56),
            Self::Month => SignedDuration::from_hours(240),
        }
    }

    /// The open time as the artifact prints it: `2026-04`, `2026-04-20` or `2026-04-29T20:00`, UTC.
    pub fn label(self, open: Timestamp) -> String {
        match self {
            Self::Month => open.strftime("%Y-%m").to_string(),
            Self::Week | Self::Day => open.strftime("%Y-%m-%d").to_string(),
            Self::Hour4 | Self::Hour => open.strftime("%Y-%m-%dT%H:%M").to_string(),
        }
    }

    /// The open time behind a label, if it is one.
    pub fn parse_label(self, label: &str) -> Option<Timestamp> {
        let full = match self {
            Self::Month => format!("{label}-01T00:00:00Z"),
            Self::Week | Self::Day => format!("{label}T00:00:00Z"),
            Self::Hour4 | Self::Hour => format!("{label}:00Z"),
        };
        let open: Timestamp = full.parse().ok()?;
        (self.label(open) == label).then_some(open)
    }
}

fn floor_hours(at: Timestamp, hours: i64) -> Timestamp {
    let step = hours * HOUR_MS;
    let ms = at.as_millisecond().div_euclid(step) * step;
    // a floor towards the past stays within the range of Timestamp but for its very first bar
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MIN)
}

fn utc_date(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Timeframe {
    type Err = TimeframeError;

    fn from_str(text: &str) -> Result<Self, TimeframeError> {
        let unknown = || TimeframeError(text.chars().filter(|c| !c.is_control()).take(20).collect());
        Self::ALL.into_iter().find(|t| t.as_str() == text).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_opens_on_monday() {
        // the exchange's own sample row: 1499040000000 is Monday 2017-07-03
        let open = Timestamp::from_millisecond(1_499_040_000_000).unwrap();
        assert_eq!(Timeframe::Week.open_of(at("2017-07-09T23:59:59.999Z")), open);
        assert_eq!(Timeframe::Week.close_of(open).as_millisecond(), 1_499_644_799_999);
    }

    #[test]
    fn a_month_has_its_own_length() {
        assert_eq!(Timeframe::Month.next_open(at("2024-02-01T00:00:00Z")), at("2024-03-01T00:00:00Z"));
        assert_eq!(Timeframe::Month.next_open(at("2025-12-01T00:00:00Z")), at("2026-01-01T00:00:00Z"));
        assert_eq!(Timeframe::Month.previous_open(at("2024-03-01T00:00:00Z")), at("2024-02-01T00:00:00Z"));
    }

    #[test]
    fn case_tells_a_month_from_a_minute() {
        assert_eq!("1M".parse(), Ok(Timeframe::Month));
        assert!("1m".parse::<Timeframe>().is_err());
        assert!("1W".parse::<Timeframe>().is_err());
    }

    #[test]
    fn labels_lead_back_to_their_bar() {
        let open = at("2026-04-29T20:00:00Z");
        assert_eq!(Timeframe::Hour4.label(open), "2026-04-29T20:00");
        assert_eq!(Timeframe::Hour4.parse_label("2026-04-29T20:00"), Some(open));
        assert_eq!(Timeframe::Month.parse_label("2026-13"), None);
    }
}

//! Dates of a page: with their year where it is not the year of the report.

use domain::Timeframe;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::scope::Scope;
use crate::lang::fill;

fn is_of_the_year(scope: &Scope<'_>, at: Timestamp) -> bool {
    let year = |at| TimeZone::UTC.to_datetime(at).year();
    year(at) == year(scope.document().as_of)
}

/// `30 Apr`, `13 May 2022`.
fn day(scope: &Scope<'_>, at: Timestamp) -> String {
    if is_of_the_year(scope, at) { scope.dates.day(at) } else { scope.dates.date(at) }
}

/// `30 Apr, 04:00 UTC`, `13 May 2022, 03:00 UTC`.
pub(super) fn short(scope: &Scope<'_>, at: Timestamp) -> String {
    if is_of_the_year(scope, at) {
        return scope.dates.short(at);
    }
    format!("{}, {} UTC", scope.dates.date(at), at.strftime("%H:%M"))
}

/// What a closed bar spans: `20 Apr to 26 Apr`, `29 Dec 2025 to 4 Jan`, `March 2026`.
pub(super) fn span(scope: &Scope<'_>, open: Timestamp) -> String {
    let timeframe = scope.timeframe();
    match timeframe {
        Timeframe::Week => {
            let (from, to) = (day(scope, open), day(scope, timeframe.close_of(open)));
            fill(&scope.words.facts.range, &[("from", &from), ("to", &to)])
        }
        Timeframe::Hour4 | Timeframe::Hour => short(scope, open),
        Timeframe::Month | Timeframe::Day => scope.dates.span(timeframe, open),
    }
}

/// A bar in a column: its short name, and the rest of it that a narrow page drops, which is never a year that
/// is not the report's.
pub(super) fn cell(scope: &Scope<'_>, open: Timestamp) -> (String, String) {
    let timeframe = scope.timeframe();
    let is_hourly = matches!(timeframe, Timeframe::Hour4 | Timeframe::Hour);
    if timeframe == Timeframe::Month || is_of_the_year(scope, open) {
        scope.dates.cell(timeframe, open)
    } else if is_hourly {
        (format!("{}, {}", scope.dates.date(open), open.strftime("%H:%M")), String::new())
    } else {
        (scope.dates.date(open), String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Words;
    use crate::sample::{self, Case};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_is_named_where_it_is_not_the_reports() {
        let mut own = Case::of(sample::weekly());
        let words = Words::of("en").unwrap();
        // the report is of 30 April 2026
        let weekly = Scope::new(own.reading(), words, "n");
        assert_eq!(span(&weekly, at("2026-04-20T00:00:00Z")), "20 Apr to 26 Apr");
        assert_eq!(span(&weekly, at("2025-12-29T00:00:00Z")), "29 Dec 2025 to 4 Jan");
        assert_eq!(span(&weekly, at("2022-05-09T00:00:00Z")), "9 May 2022 to 15 May 2022");
        assert_eq!(cell(&weekly, at("2026-04-20T00:00:00Z")), ("20 Apr".into(), " 2026".into()));
        assert_eq!(cell(&weekly, at("2024-08-05T00:00:00Z")), ("5 Aug 2024".into(), String::new()));
        own.document.timeframe = Timeframe::Hour4;
        let hourly = Scope::new(own.reading(), words, "n");
        assert_eq!(span(&hourly, at("2026-04-29T20:00:00Z")), "29 Apr, 20:00 UTC");
        assert_eq!(span(&hourly, at("2022-05-13T00:00:00Z")), "13 May 2022, 00:00 UTC");
        assert_eq!(cell(&hourly, at("2025-12-31T20:00:00Z")), ("31 Dec 2025, 20:00".into(), String::new()));
        own.document.timeframe = Timeframe::Month;
        let monthly = Scope::new(own.reading(), words, "n");
        assert_eq!(span(&monthly, at("2022-05-01T00:00:00Z")), "May 2022");
        assert_eq!(cell(&monthly, at("2022-05-01T00:00:00Z")), ("May 2022".into(), String::new()));
    }
}

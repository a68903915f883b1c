use domain::Timeframe;
use jiff::{SignedDuration, Timestamp};

/// The last time Flow 1 was due: Monday 00:30 UTC.
pub(crate) fn last_monday(now: Timestamp) -> Timestamp {
    let after = SignedDuration::from_mins(30);
    Timeframe::Week.open_of(now - after) + after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flow_1_is_due_on_mondays_at_half_past_midnight() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // 27 April 2026 is a Monday
        assert_eq!(last_monday(at("2026-04-30T04:00:00Z")), at("2026-04-27T00:30:00Z"));
        assert_eq!(last_monday(at("2026-04-27T00:30:00Z")), at("2026-04-27T00:30:00Z"));
        assert_eq!(last_monday(at("2026-04-27T00:29:59Z")), at("2026-04-20T00:30:00Z"));
    }
}

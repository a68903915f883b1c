use domain::{Candle, CandleRevision};
use jiff::{SignedDuration, Timestamp};

/// What to keep of a bar seen at `observed_at` on the venue's clock, where the newest version kept of it is `kept`;
/// `None` if it says nothing new. What was asked for before that version was is old, however late it arrives.
pub fn revise(
    kept: Option<&CandleRevision>,
    candle: &Candle,
    observed_at: Timestamp,
) -> Option<CandleRevision> {
    if kept.is_some_and(|kept| observed_at < kept.observed_at) {
        return None;
    }
    let closed_before = kept.filter(|kept| kept.is_closed());
    let revision = match closed_before {
        // a venue that calls a bar longer than before cannot open it again
        Some(_) if !candle.closed_at(observed_at) => return None,
        Some(kept) if kept.candle == *candle => return None,
        Some(kept) => kept.revision + 1,
        None => u32::from(candle.closed_at(observed_at)),
    };
    // the newest version must sort last even if the venue's clock stood still between two fetches
    let after = closed_before.map(|kept| kept.observed_at + SignedDuration::from_millis(1));
    let observed_at = after.map_or(observed_at, |after| after.max(observed_at));
    Some(CandleRevision { candle: candle.clone(), revision, observed_at })
}

impl crate::Appended {
    /// Counts a version that is kept.
    pub fn count(&mut self, revision: u32) {
        match revision {
            0 => {}
            1 => self.new += 1,
            _ => self.corrected += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hour(close: &str) -> Candle {
        let price = "1".parse().unwrap();
        Candle {
            open_time: at("2026-04-30T02:00:00Z"),
            close_time: at("2026-04-30T02:59:59.999Z"),
            open: price,
            high: price,
            low: price,
            close: close.parse().unwrap(),
            volume: price,
            quote_volume: price,
            trades: Some(1),
            taker_base: Some(price),
            taker_quote: Some(price),
        }
    }

    #[test]
    fn a_bar_forms_closes_and_is_corrected() {
        let forming = revise(None, &hour("1"), at("2026-04-30T02:30:00Z")).unwrap();
        assert_eq!(forming.revision, 0);
        let closed = revise(Some(&forming), &hour("1"), at("2026-04-30T03:10:00Z")).unwrap();
        assert_eq!(closed.revision, 1, "closed for the first time, even with the same prices");
        assert_eq!(revise(Some(&closed), &hour("1"), at("2026-04-30T04:10:00Z")), None);
        let corrected = revise(Some(&closed), &hour("2"), at("2026-04-30T04:10:00Z")).unwrap();
        assert_eq!(corrected.revision, 2);
    }

    #[test]
    fn the_newest_version_sorts_last_whatever_the_clock_says() {
        let seen = at("2026-04-30T03:10:00Z");
        let closed = revise(None, &hour("1"), seen).unwrap();
        let corrected = revise(Some(&closed), &hour("2"), seen).unwrap();
        assert_eq!(corrected.observed_at, at("2026-04-30T03:10:00.001Z"));
        assert_eq!(
            revise(Some(&corrected), &hour("3"), at("2026-04-30T02:50:00Z")),
            None,
            "a clock set back"
        );
    }

    #[test]
    fn what_was_asked_for_earlier_is_never_newer() {
        let closed = revise(None, &hour("1"), at("2026-04-30T03:10:00Z")).unwrap();
        let corrected = revise(Some(&closed), &hour("2"), at("2026-04-30T04:10:00Z")).unwrap();
        for earlier in ["2026-04-30T03:10:00Z", "2026-04-30T03:30:00Z", "2026-04-30T04:09:59.999Z"] {
            assert_eq!(revise(Some(&corrected), &hour("1"), at(earlier)), None, "{earlier}");
        }
        assert!(revise(Some(&corrected), &hour("1"), at("2026-04-30T04:10:00Z")).is_some());
        // a bar in progress too: of two looks the later one stands
        let forming = revise(None, &hour("5"), at("2026-04-30T02:40:00Z")).unwrap();
        assert_eq!(revise(Some(&forming), &hour("4"), at("2026-04-30T02:20:00Z")), None);
    }
}

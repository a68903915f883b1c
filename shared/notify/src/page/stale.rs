//! How old the newest data is, where it is stale.

use domain::Timeframe;
use domain::ohlcv::FlagKind;
use jiff::Timestamp;

use super::scope::Scope;
use crate::lang::fill;

/// The newest candle, by the flag that calls the data stale.
pub(super) struct Newest {
    timeframe: Timeframe,
    open: Timestamp,
}

impl Newest {
    /// `None` where the data is not stale, or the flag names no candle.
    pub(super) fn of(scope: &Scope<'_>) -> Option<Self> {
        let flags = &scope.reading.ohlcv.data_quality.flags;
        let flag = flags.iter().find(|flag| flag.kind == FlagKind::Stale)?;
        // without any hour the flag names a bar of the report
        let named = [Timeframe::Hour, scope.timeframe()].into_iter();
        let mut found = named.filter_map(|timeframe| Some((timeframe, timeframe.parse_label(&flag.t)?)));
        found.next().map(|(timeframe, open)| Self { timeframe, open })
    }

    /// When the candle ended.
    pub(super) fn end(&self) -> Timestamp {
        self.timeframe.next_open(self.open)
    }

    /// `Bar of 13 May 2022, 02:00 closed 1448 d 1 h ago.`
    pub(super) fn sentence(&self, scope: &Scope<'_>) -> String {
        let bar = format!("{} {}", scope.words.chain.bar_of, scope.dates.bar(self.timeframe, self.open));
        let age = scope.dates.length(scope.document().as_of.duration_since(self.end()));
        let said = fill(&scope.words.behind.closed, &[("bar", &bar), ("age", &age)]);
        let mut letters = said.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).chain(['.']).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::ohlcv::Flag;

    use super::super::head::{facts, notices};
    use super::super::{PageInput, Parent, RunFacts};
    use super::*;
    use crate::lang::Words;
    use crate::sample::{self, Case};

    /// A week's report of 30 April 2026, 04:00 UTC with a flag of this hour.
    fn flagged(t: &str, kind: FlagKind) -> Case {
        let mut own = Case::of(sample::weekly());
        own.ohlcv.data_quality.flags = vec![Flag { t: t.into(), kind }];
        own
    }

    /// The time of the last price for a machine and a reader, and the notice of stale candles.
    fn said(own: &Case, language: &str) -> (String, String, Option<String>) {
        let words = Words::of(language).unwrap();
        let scope = Scope::new(own.reading(), words, "n");
        let input = PageInput {
            reading: own.reading(),
            parent: Parent::None,
            chart_css: "",
            pictures: &[],
            inputs: &[],
            prompt_version: None,
            run: RunFacts { wall_ms: 0, calls: 0, cost_usd: rust_decimal::Decimal::ZERO },
            no_recommendation: None,
        };
        let price = facts(&scope).remove(0);
        let notice = notices(&scope, &input).into_iter().find(|n| n.lead == words.notices.stale_lead);
        (price.machine, price.note, notice.map(|notice| notice.text))
    }

    #[test]
    fn a_stale_price_has_its_own_time() {
        // from 13 May 2022, 03:00 to 30 April 2026, 04:00: 3 x 365 + 366 - 13 = 1448 days and an hour
        let own = flagged("2022-05-13T02:00", FlagKind::Stale);
        let (machine, note, notice) = said(&own, "en");
        assert_eq!((machine.as_str(), note.as_str()), ("2022-05-13T03:00:00Z", "13 May 2022, 03:00 UTC"));
        let english = "Bar of 13 May 2022, 02:00 closed 1448\u{a0}d 1\u{a0}h ago.";
        assert_eq!(notice.as_deref(), Some(english));
        let (_, note, notice) = said(&own, "ru");
        assert_eq!(note, "13 мая 2022, 03:00 UTC");
        let russian = "Свеча 13 мая 2022, 02:00 закрыта 1448\u{a0}д 1\u{a0}ч назад.";
        assert_eq!(notice.as_deref(), Some(russian));

        let (machine, note, notice) = said(&flagged("2026-04-30T00:00", FlagKind::Stale), "en");
        assert_eq!((machine.as_str(), note.as_str()), ("2026-04-30T01:00:00Z", "30 Apr, 01:00 UTC"));
        assert_eq!(notice.as_deref(), Some("Bar of 30 April 2026, 00:00 closed 3\u{a0}h ago."));
    }

    #[test]
    fn without_an_hour_the_bar_of_the_report_counts() {
        let (machine, note, notice) = said(&flagged("2026-04-20", FlagKind::Stale), "en");
        assert_eq!((machine.as_str(), note.as_str()), ("2026-04-27T00:00:00Z", "27 Apr, 00:00 UTC"));
        assert_eq!(notice.as_deref(), Some("Bar of 20 April 2026 closed 3\u{a0}d 4\u{a0}h ago."));
    }

    #[test]
    fn a_fresh_price_has_the_time_of_the_report() {
        let (machine, note, notice) = said(&flagged("2022-05-13T02:00", FlagKind::Spike), "en");
        assert_eq!((machine.as_str(), note.as_str()), ("2026-04-30T04:00:00Z", "30 Apr, 04:00 UTC"));
        assert_eq!(notice, None);
    }
}

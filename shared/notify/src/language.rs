use domain::recommendation::{BrokenRule, Direction, RecommendationState as State};
use domain::report::Bias;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::dates::Dates;
use crate::figures;
use crate::lang::{LanguageError, ServerWords, Words};
use crate::page::recommendation::{direction_word, rule_word};
use crate::page::scope::bias_word;
use crate::text::{first_sentence, plain};

/// A language that pages are written in: its words, and how it writes times, lengths and figures.
#[derive(Debug, Clone, Copy)]
pub struct Language(&'static Words);

impl Language {
    /// The languages there are, by their codes.
    pub const CODES: [&'static str; 2] = ["en", "ru"];

    /// The language of that code; English for a code there is none of.
    ///
    /// # Errors
    ///
    /// [`LanguageError`] on a broken build.
    pub fn of(code: &str) -> Result<Self, LanguageError> {
        Words::of(code).map(Self)
    }

    /// `en` or `ru`.
    pub fn code(self) -> &'static str {
        &self.0.code
    }

    /// The words of a server's pages.
    pub fn words(self) -> &'static ServerWords {
        &self.0.server
    }

    /// That this program trades nothing.
    pub fn never(self) -> &'static str {
        &self.0.footer.never
    }

    /// `Thu 30 Apr 2026, 04:00 UTC`.
    pub fn full(self, at: Timestamp) -> String {
        Dates(self.0).full(at)
    }

    /// `30 Apr, 04:00`.
    pub fn short(self, at: Timestamp) -> String {
        Dates(self.0).short(at).trim_end_matches(" UTC").to_owned()
    }

    /// `30 Apr 2026`.
    pub fn date(self, at: Timestamp) -> String {
        Dates(self.0).date(at)
    }

    /// `04:00 UTC`.
    pub fn clock(self, at: Timestamp) -> String {
        Dates(self.0).until(at, at)
    }

    /// A length of time in its two largest units: `3 d 4 h`, `2 min`.
    pub fn length(self, length: SignedDuration) -> String {
        Dates(self.0).length(length)
    }

    /// How long something took: `0.3 s`, `34 s`, `1 min 12 s`.
    pub fn took(self, ms: i64) -> String {
        let (ms, minute, second) = (ms.max(0), &self.0.minute, &self.0.second);
        match ms {
            0..10_000 => format!("{}.{}\u{a0}{second}", ms / 1000, ms % 1000 / 100),
            10_000..60_000 => format!("{}\u{a0}{second}", ms / 1000),
            3_600_000.. => self.length(SignedDuration::from_millis(ms)),
            _ => format!("{}\u{a0}{minute} {}\u{a0}{second}", ms / 60_000, ms / 1000 % 60),
        }
    }

    /// A result in R with its sign, U+2212 for minus: `+1.18`.
    pub fn r(self, r: Decimal) -> String {
        figures::signed(&format!("{:.2}", figures::rounded(r, 2)))
    }

    /// The word for a bias.
    pub fn bias(self, bias: Bias) -> &'static str {
        bias_word(self.0, bias)
    }

    /// The word for a verdict.
    pub fn direction(self, direction: Direction) -> &'static str {
        direction_word(self.0, direction).0
    }

    /// The rule that a plan breaks, in a sentence.
    pub fn rule(self, rule: BrokenRule) -> &'static str {
        rule_word(self.0, rule)
    }

    /// The word for what became of a recommendation.
    pub fn state(self, state: State) -> &'static str {
        state_word(self.0, state)
    }

    /// The first sentence of a text, as plain text.
    pub fn first_sentence(self, text: &str) -> String {
        let text = plain(text);
        text.get(..first_sentence(&text)).unwrap_or(&text).to_owned()
    }
}

/// The word for what became of a recommendation.
pub(crate) fn state_word(words: &Words, state: State) -> &str {
    let words = &words.server.course;
    match state {
        State::Waiting => &words.waiting,
        State::Filled => &words.filled,
        State::Target => &words.target,
        State::Stopped => &words.stopped,
        State::Invalidated => &words.invalidated,
        State::Expired => &words.expired,
        State::Unfilled => &words.unfilled,
        State::Missed => &words.missed,
        State::Invalid => &words.invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units_at_most() {
        let en = Language::of("en").unwrap();
        let took = [300, 34_600, 72_000, 3_900_000].map(|ms| en.took(ms).replace('\u{a0}', " "));
        assert_eq!(took, ["0.3 s", "34 s", "1 min 12 s", "1 h 5 min"]);
        let ru = Language::of("ru").unwrap();
        assert_eq!(ru.took(72_000).replace('\u{a0}', " "), "1 мин 12 с");
    }

    #[test]
    fn times_are_utc() {
        let at: Timestamp = "2026-04-30T04:02:24.5Z".parse().unwrap();
        let (en, ru) = (Language::of("en").unwrap(), Language::of("ru").unwrap());
        assert_eq!(en.full(at), "Thu 30 Apr 2026, 04:02 UTC");
        assert_eq!((en.short(at).as_str(), ru.short(at).as_str()), ("30 Apr, 04:02", "30 апр, 04:02"));
        assert_eq!((en.clock(at).as_str(), ru.date(at).as_str()), ("04:02 UTC", "30 апр 2026"));
    }

    #[test]
    fn a_result_has_its_sign() {
        let en = Language::of("en").unwrap();
        let of = |text: &str| en.r(text.parse().unwrap());
        assert_eq!([of("-0.1549"), of("1.7914"), of("0")], ["\u{2212}0.15", "+1.79", "0.00"]);
    }
}

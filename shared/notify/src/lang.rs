//! The words of pages and notices, one TOML file a language, chosen by the report's `language`.

pub mod server;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::Timeframe;
use serde::Deserialize;
pub use server::ServerWords;

/// The words of a language could not be read: the build is broken, and no retry helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the words of language `{language}` are unreadable: {why}; rebuild from a clean checkout")]
pub struct LanguageError {
    language: &'static str,
    why: String,
}

/// All words of a language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) code: String,
    pub(crate) months_short: [String; 12],
    pub(crate) months: [String; 12],
    pub(crate) weekdays: [String; 7],
    pub(crate) day: String,
    pub(crate) hour: String,
    pub(crate) minute: String,
    pub(crate) second: String,
    pub(crate) head: Head,
    pub(crate) facts: Facts,
    pub(crate) notices: Notices,
    pub(crate) abstained: Abstained,
    pub(crate) chain: Chain,
    pub(crate) trend: Trend,
    pub(crate) bias: Bias,
    pub(crate) chart: Chart,
    pub(crate) reading: Reading,
    pub(crate) mark: Mark,
    pub(crate) ladder: Ladder,
    pub(crate) behind: Behind,
    pub(crate) candles: Candles,
    pub(crate) evidence: Evidence,
    pub(crate) place: Place,
    pub(crate) made: Made,
    pub(crate) footer: Footer,
    pub(crate) message: Message,
    pub(crate) advice: Advice,
    pub(crate) broken: Broken,
    pub(crate) conflict: Conflict,
    pub(crate) plan: Plan,
    pub(crate) why: Why,
    pub(crate) sources: Sources,
    pub(crate) address: Address,
    pub(crate) advised: Advised,
    pub(crate) signal: Signal,
    pub(crate) trouble: Trouble,
    pub(crate) server: ServerWords,
    pub(crate) timeframes: Timeframes,
}

/// Words that depend on the length of the bars.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Timeframes {
    month: Frame,
    week: Frame,
    day: Frame,
    hour4: Frame,
    hour: Frame,
}

/// A table of a language's file. It is read as a map, by one piece of code for all: a reader of its own for each of some
/// hundreds of words is a megabyte of every program that links them.
#[derive(Deserialize)]
#[serde(transparent)]
struct Table(BTreeMap<String, String>);

impl Table {
    fn take(&mut self, name: &str) -> Result<String, String> {
        self.0.remove(name).ok_or_else(|| format!("missing field `{name}`"))
    }

    fn end(self) -> Result<(), String> {
        self.0.keys().next().map_or(Ok(()), |name| Err(format!("unknown field `{name}`")))
    }
}

macro_rules! words {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(
            #[derive(Debug, Deserialize)]
            #[serde(try_from = "Table")]
            pub(crate) struct $name {
                $(pub(crate) $field: String),+
            }

            impl TryFrom<Table> for $name {
                type Error = String;

                fn try_from(mut table: Table) -> Result<Self, String> {
                    let words = Self { $($field: table.take(stringify!($field))?),+ };
                    table.end()?;
                    Ok(words)
                }
            }
        )+
    };
}

words! {
    Head { skip, as_of, with_parent, without_parent, spot, perp, simulated, recorded, host }
    Facts { last_price, of, range, numbers, count, all, repaired, unverified, no_numbers, no_forming, no_data }
    Notices { rules_lead, rules, unverified_one, unverified_many, unverified, low_lead, low, no_recommendation_lead, no_recommendation, stale_lead, stale, parent_lead, parent }
    Abstained { insufficient_history, bad_data, conflicting_data, missing_input, text }
    Chain { title, parent, bar_of, up, neither, down, odds, text, stands, note_rules, note_model, hatched, confidence, base, no_odds, missing, confirms, contradicts, neutral, no_parent, over, or_under, under }
    Trend { up, down, sideways, transition, unclear }
    Bias { bullish, bearish, neutral, none }
    Chart { title, label, caption, caption_closed, given, given_n }
    Reading { title, wrong, ends, issues, if_up, if_down, leans_up, leans_down, structure, trend, momentum, volatility, volume, level, pattern, context }
    Mark { verified, repaired, repaired_plain, unverified, data, no_data }
    Ladder { title, label, last, forming, forming_h, forming_l, barrier_up, barrier_down, top, foot, ends_above, ends_above_short, ends_below, ends_below_short, high_of, low_of }
    Behind { report, closed, open, forming, numbers }
    Candles { title, caption, last, gaps, flags, clean, open, high, low, close, change, volume, forming, forming_short, older }
    Evidence { title, caption, caption_rest, caption_parent, counts, text, place, source, value, check, more, joined, parent, derived, first, verified, repaired, unverified, none }
    Place { summary, parent_reason, levels, scenarios, scenario_up, scenario_down, above, below, reason, issues, cited, other }
    Made { title, caption, run, calls_one, calls_many, rules_call, candles, candles_text, charts, built_in, drawn_by, prompt, version, analyst, rules, model, parent, tool, tool_ok, tool_unavailable, tool_refused, input, description, id }
    Footer { never, units, report }
    Message { ends, ends_over, ends_under, odds_doubted, rules, model, numbers, numbers_doubted, low, report, opens }
    Advice { kind, crumb, skip, long, short, stand_aside, invalid, strength, of, weak, moderate, strong, label, uncalibrated_lead, uncalibrated, aside, no_strength, broken, low }
    Broken { one, many, text, missing_price, zone, stop_side, target_side, target_count, fractions, zone_width, zone_distance, stop_distance, reward_to_risk, first_target, expected_value, not_shortable, liquidation, unfounded, out_of_range }
    Conflict { already_long, already_long_text, already_short, already_short_text, opposite_long, opposite_long_text, opposite_short, opposite_short_text, missing_stop, missing_stop_text, order_in_zone, order_in_zone_text, exposure_limit, exposure_limit_text }
    Plan { title, title_invalid, title_none, enter, hold, none, label, label_none, caption, caption_none, forming, table, part, value, note, entry, stop, target, target_n, half, all, percent, zone, away, r, size, risks, risks_amount, bounded, margin, liquidation, beyond, isolated, of_held, at_no_price, unknown, no_account, no_filters, no_contract, no_leverage, no_funds, too_small, first, odds, by_model, by_rules, holds, judged, counted, funding, funding_rate, funding_none, funding_unknown, figures, account, account_read, account_empty, account_none, account_why }
    Why { title, account, disagree, sides, case_long, case_short, silent, change, ends }
    Sources { title, caption, about, timeframe, bias, odds, says, bar, age, timing, missing, low, open, report, report_text }
    Address { zone, swing, close, open, high, low, end, own_entry, own_stop, own_order, own_liquidation }
    Advised { takeaway, conflicts, case_long, case_short, cited, account, entry, stop, ends, change, reasoning, probability }
    Signal { uncalibrated, invalid, entry, stop, target, targets, target_r, enter_by, void_above, void_below, plan }
    Trouble { not_read, again, left, kept }
    Frame { report, forming, closed, column, behind, bars, a_close, ends_with, unit }
}

impl Words {
    /// The words of `language`; English for a language there are none of.
    pub(crate) fn of(language: &str) -> Result<&'static Self, LanguageError> {
        static EN: OnceLock<Result<Words, LanguageError>> = OnceLock::new();
        static RU: OnceLock<Result<Words, LanguageError>> = OnceLock::new();
        let words = match language {
            "ru" => RU.get_or_init(|| parse("ru", include_str!("../lang/ru.toml"))),
            _ => EN.get_or_init(|| parse("en", include_str!("../lang/en.toml"))),
        };
        words.as_ref().map_err(Clone::clone)
    }

    /// The words for bars of `timeframe`.
    pub(crate) fn frame(&self, timeframe: Timeframe) -> &Frame {
        match timeframe {
            Timeframe::Month => &self.timeframes.month,
            Timeframe::Week => &self.timeframes.week,
            Timeframe::Day => &self.timeframes.day,
            Timeframe::Hour4 => &self.timeframes.hour4,
            Timeframe::Hour => &self.timeframes.hour,
        }
    }
}

fn parse(language: &'static str, text: &str) -> Result<Words, LanguageError> {
    toml::from_str(text).map_err(|error| LanguageError { language, why: error.to_string() })
}

/// `template` with every `{name}` replaced by its value, in one pass: a value is never searched again.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}').map(|length| start + length) else { break };
        out.push_str(&rest[..start]);
        let name = &rest[start + 1..end];
        match values.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[start..=end]),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_every_word() {
        assert_eq!(Words::of("en").unwrap().code, "en");
        assert_eq!(Words::of("ru").unwrap().code, "ru");
        assert_eq!(Words::of("xx").unwrap().code, "en");
    }

    #[test]
    fn a_word_too_few_or_too_many_is_named() {
        let text = include_str!("../lang/en.toml");
        let why = |text: &str| parse("en", text).err().map(|error| error.to_string()).unwrap_or_default();
        let missing = why(&text.replacen("\nsideways = ", "\nsidelong = ", 1));
        assert!(missing.contains("missing field `sideways`"), "{missing}");
        let unknown = why(&text.replacen("\nsideways = ", "\nsidelong = \"a\"\nsideways = ", 1));
        assert!(unknown.contains("unknown field `sidelong`"), "{unknown}");
    }

    #[test]
    fn both_languages_name_the_same_values() {
        let names = |text: &'static str| -> Vec<Vec<&'static str>> {
            let lines = text.lines().filter(|line| line.contains(" = "));
            lines
                .map(|line| {
                    let mut names: Vec<_> =
                        line.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
                    names.sort_unstable();
                    names
                })
                .collect()
        };
        assert_eq!(names(include_str!("../lang/en.toml")), names(include_str!("../lang/ru.toml")));
    }

    #[test]
    fn a_value_that_looks_like_a_name_stays_as_it_is() {
        assert_eq!(fill("{a} is {b}, {c}", &[("a", "{b}"), ("b", "2")]), "{b} is 2, {c}");
    }
}

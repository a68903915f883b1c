use domain::recommendation::{CloseSide, Direction, PlanDocument, RecommendationDocument};
use rust_decimal::Decimal;

use super::Markup;
use super::report::checked;
use crate::dates::Dates;
use crate::figures;
use crate::lang::{LanguageError, Words, fill};
use crate::page::recommendation::{base_of, conflict_words, direction_word, rule_word};
use crate::prose::{self, Piece, Prose, State};
use crate::text::{first_sentence, plain};

/// The message of a recommendation, short enough for the caption of a document. Its first line answers by itself. It
/// names no size and no balance.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn recommendation_message(
    document: &RecommendationDocument,
    markup: Markup,
) -> Result<String, LanguageError> {
    let words = Words::of(&document.language)?;
    let told = Told { words, document, markup };
    let mut lines = vec![told.verdict()];
    let plan = document.plan.as_ref().filter(|_| document.is_valid_plan());
    match plan {
        Some(plan) => lines.extend(told.prices(plan)),
        None => lines.push(told.why_none()),
    }
    lines.push(told.conflicts());
    let (checks, trust) = (&document.checks, document.trust);
    lines.push(checked(words, markup, document.analyst, &document.llm_model, checks, trust));
    lines.extend(plan.map(|plan| told.ends(plan)));
    lines.retain(|line| !line.is_empty());
    Ok(lines.join("\n").replace('\u{2212}', "-"))
}

#[derive(Clone, Copy)]
struct Told<'a> {
    words: &'static Words,
    document: &'a RecommendationDocument,
    markup: Markup,
}

impl Told<'_> {
    /// Pieces of prose in at most `longest` characters, with numbers that may be wrong struck.
    fn told(self, pieces: &[Piece], longest: usize) -> String {
        let markup = self.markup;
        let strike = |number: &str| markup.struck(&markup.escape(number));
        prose::told(self.words, pieces, longest, |text| markup.escape(text), strike)
    }

    /// `SOLUSDT ▼ Short 74 · uncalibrated`.
    fn verdict(self) -> String {
        let (word, mark, _) = direction_word(self.words, self.document.recommendation.direction);
        let symbol = self.markup.escape(self.document.symbol.as_str());
        let verdict = if mark.is_empty() { word.to_owned() } else { format!("{mark} {word}") };
        let signal = &self.words.signal;
        match self.document.recommendation.direction {
            Direction::StandAside => self.markup.bold(&format!("{symbol} {verdict}")),
            _ if !self.document.is_valid_plan() => {
                self.markup.bold(&format!("{symbol} {word}: {}", signal.invalid))
            }
            _ => {
                let strength = self.document.strength.value;
                let verdict = self.markup.bold(&format!("{symbol} {verdict} {strength}"));
                format!("{verdict} · {}", signal.uncalibrated)
            }
        }
    }

    /// A price, marked if the data does not confirm it.
    fn price(self, path: &str, value: Decimal) -> String {
        let shown = figures::price(value, self.document.tick);
        let piece = prose::at_path(path, shown, &self.document.checks.items);
        match piece.state {
            State::Unverified => self.told(&[piece], 200),
            _ => self.markup.code(&piece.text),
        }
    }

    fn prices(self, plan: &PlanDocument) -> [String; 2] {
        let signal = &self.words.signal;
        let (low, high) =
            (self.price("plan.entry_low", plan.entry_low), self.price("plan.entry_high", plan.entry_high));
        let entry = fill(&signal.entry, &[("low", &low), ("high", &high)]);
        let stop = fill(&signal.stop, &[("price", &self.price("plan.stop", plan.stop))]);
        let targets: Vec<String> = plan
            .targets
            .iter()
            .enumerate()
            .map(|(index, target)| {
                let price = self.price(&format!("plan.targets[{index}].price"), target.price);
                let r = format!("{:.2}", figures::rounded(target.r, 2));
                fill(&signal.target_r, &[("price", &price), ("r", &r)])
            })
            .collect();
        let words = if targets.len() == 1 { &signal.target } else { &signal.targets };
        [format!("{entry} · {stop}"), fill(words, &[("list", &targets.join(", "))])]
    }

    /// The broken rules, or the headline of one who stands aside.
    fn why_none(self) -> String {
        let answer = &self.document.recommendation;
        if answer.direction != Direction::StandAside {
            let rules = self.document.broken.iter().map(|rule| rule_word(self.words, *rule));
            // the page has them all
            return rules.take(3).map(|rule| self.markup.escape(rule)).collect::<Vec<_>>().join(" ");
        }
        let prose = Prose::of_recommendation(self.words, self.document);
        let pieces = prose.pieces(&answer.summary, 0..first_sentence(&answer.summary), "summary");
        self.told(&pieces, 300)
    }

    fn conflicts(self) -> String {
        let base = self.markup.escape(&plain(base_of(self.document)));
        let direction = self.document.recommendation.direction;
        let sentences = self.document.conflicts.iter().map(|conflict| {
            let (lead, _) = conflict_words(self.words, *conflict, direction);
            fill(lead, &[("base", &base)])
        });
        sentences.collect::<Vec<_>>().join(" ")
    }

    /// By when to enter, and what ends the plan.
    fn ends(self, plan: &PlanDocument) -> String {
        let (signal, dates) = (&self.words.signal, Dates(self.words));
        let mut ends = vec![fill(&signal.enter_by, &[("day", &dates.short(plan.enter_by))])];
        let end = &self.document.recommendation.invalidation;
        let template = match end.close {
            CloseSide::Above => Some(&signal.void_above),
            CloseSide::Below => Some(&signal.void_below),
            CloseSide::None => None,
        };
        if let (Some(template), Some(price)) = (template, end.price) {
            ends.push(fill(template, &[("price", &self.price("invalidation.price", price))]));
        }
        ends.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use domain::report::CheckStatus;

    use super::*;
    use crate::sample_plan::{aside, invalid, long, recount, short};
    use crate::telegram::{CAPTION_LIMIT, without_markup};

    #[test]
    fn a_plan_reads_as_the_style_guide_prints_it() {
        let mut document = short();
        assert_eq!(
            recommendation_message(&document, Markup::HTML).unwrap(),
            "<b>BTCUSDT ▼ Short 74</b> · uncalibrated\n\
             Entry <code>74,050.00</code> to <code>75,000.00</code> · stop <code>78,100.00</code>\n\
             Targets <code>69,514.34</code> (1.28 R), <code>65,177.24</code> (2.59 R)\n\
             You are long BTC. A position of yours has no stop order on the exchange.\n\
             <i>Model “gpt-5.2”. 3 of 3 numbers verified.</i>\n\
             enter by 3 May, 04:00 UTC, void above <code>77,600.00</code>"
        );
        // a size would tell of the account
        assert!(!recommendation_message(&document, Markup::HTML).unwrap().contains("0.03011"));
        document.language = "ru".into();
        let russian = recommendation_message(&document, Markup::HTML).unwrap();
        assert!(russian.starts_with("<b>BTCUSDT ▼ Шорт 74</b> · не откалибровано\n"), "{russian}");
        assert!(russian.ends_with("вход до 3 мая, 04:00 UTC, снят выше <code>77,600.00</code>"), "{russian}");
    }

    #[test]
    fn a_wrong_price_is_marked() {
        let mut document = long();
        let stop = document.checks.items.iter_mut().find(|item| item.path == "plan.stop").unwrap();
        (stop.status, stop.expected) = (CheckStatus::Unverified, "70079.99".into());
        recount(&mut document);
        let message = recommendation_message(&document, Markup::HTML).unwrap();
        assert!(message.contains("stop <s>71,900.00</s>\u{a0}? (in the data 70,079.99)\n"), "{message}");
        assert!(message.contains("11 of 12 numbers verified, 1 not confirmed."), "{message}");
    }

    #[test]
    fn no_plan_is_said_in_the_first_line() {
        assert_eq!(
            recommendation_message(&aside(), Markup::HTML).unwrap(),
            "<b>BTCUSDT Stand aside</b>\nStand aside: month, week and day disagree.\n\
             <i>Rule-based analyst. 3 of 3 numbers verified.</i>"
        );
        assert_eq!(
            recommendation_message(&invalid(), Markup::HTML).unwrap(),
            "<b>BTCUSDT Long: invalid plan</b>\n\
             Reward to risk must be at least 1.5 after costs. The expected value at the stated odds must be above zero.\n\
             <i>Rule-based analyst. 12 of 12 numbers verified.</i>"
        );
    }

    #[test]
    fn a_caption_has_room_for_it() {
        let mut document = short();
        document.recommendation.summary = "long ".repeat(400);
        document.llm_model = "<b>".repeat(300);
        document.conflicts = [domain::recommendation::Conflict::ExposureLimit; 6].to_vec();
        let message = recommendation_message(&document, Markup::HTML).unwrap();
        assert!(without_markup(&message).encode_utf16().count() <= CAPTION_LIMIT, "{message}");
    }
}

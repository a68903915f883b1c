use domain::number;
use domain::recommendation::{
    AccountState, CloseSide, Contract, Direction, PlanDocument, RecommendationDocument,
};
use domain::report::Trust;
use rust_decimal::Decimal;

use super::{analyst, ascii_minus, numbers, row};
use crate::figures;
use crate::lang::{LanguageError, Words, fill};
use crate::page::recommendation::{band_word, base_of, conflict_words, direction_word, part_word, rule_word};
use crate::prose::{self, Piece, Prose};
use crate::text::{first_sentence, plain};

/// The lines of a recommendation: its verdict, its headline, an empty line, and rows of facts. The headline keeps its
/// language, all else is English. `alert_line` is the strength from which on a plan is strong.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn recommendation_lines(
    document: &RecommendationDocument,
    alert_line: u8,
) -> Result<Vec<String>, LanguageError> {
    let told = Told { words: Words::of("en")?, document };
    let mut lines = vec![told.verdict(alert_line)];
    let summary = &document.recommendation.summary;
    let prose = Prose::of_recommendation(told.words, document);
    let headline = told.plain(&prose.pieces(summary, 0..first_sentence(summary), "summary"));
    if !headline.is_empty() {
        lines.push(ascii_minus(&headline));
    }
    lines.push(String::new());
    lines.extend(document.broken.iter().map(|rule| row("broken", rule_word(told.words, *rule))));
    if let Some(plan) = &document.plan {
        lines.extend(told.plan(plan));
    }
    lines.extend(document.conflicts.iter().map(|conflict| {
        let (lead, _) = conflict_words(told.words, *conflict, document.recommendation.direction);
        row("account", &fill(lead, &[("base", base_of(document))]))
    }));
    lines.push(row("account", &told.account()));
    lines.push(row("numbers", &numbers(&document.checks)));
    lines.push(row("analyst", &analyst(document.analyst, &document.llm_model, &document.llm_model_id)));
    if document.trust == Trust::Low {
        lines.push(row("trust", "low: over a tenth of the numbers, or a price of the plan, is wrong"));
    }
    Ok(lines)
}

#[derive(Clone, Copy)]
struct Told<'a> {
    words: &'static Words,
    document: &'a RecommendationDocument,
}

impl Told<'_> {
    fn verdict(self, alert_line: u8) -> String {
        let (document, strength) = (self.document, self.document.strength.value);
        let (word, _, _) = direction_word(self.words, document.recommendation.direction);
        let verdict = match document.recommendation.direction {
            Direction::StandAside => word.to_owned(),
            _ if !document.is_valid_plan() => format!("{word}; the plan is invalid, nothing to trade by"),
            _ => {
                let band = band_word(self.words, strength, alert_line);
                format!("{word} {strength} of 100; {band}, uncalibrated")
            }
        };
        format!("{}  {verdict}", document.symbol)
    }

    /// A wrong number says what the data has.
    fn plain(self, pieces: &[Piece]) -> String {
        prose::told(self.words, pieces, usize::MAX, str::to_owned, str::to_owned)
    }

    fn price(self, path: &str, value: Decimal) -> String {
        let shown = figures::price(value, self.document.tick);
        self.plain(&[prose::at_path(path, shown, &self.document.checks.items)])
    }

    fn plan(self, plan: &PlanDocument) -> Vec<String> {
        let at = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let geometry = self.document.geometry.as_ref();
        let (low, high) =
            (self.price("plan.entry_low", plan.entry_low), self.price("plan.entry_high", plan.entry_high));
        let mut lines = vec![row("entry", &format!("{low} to {high}, by {}", at(plan.enter_by)))];
        let away = geometry.map(|geometry| format!(", {} ATR away", figures::rounded(geometry.stop_atr, 1)));
        let stop = self.price("plan.stop", plan.stop);
        lines.push(row("stop", &format!("{stop}{}", away.unwrap_or_default())));
        for (index, target) in plan.targets.iter().enumerate() {
            let price = self.price(&format!("plan.targets[{index}].price"), target.price);
            let part = part_word(self.words, target.fraction_pct);
            let r = geometry.map(|_| format!(", {:.2} R", figures::rounded(target.r, 2)));
            lines.push(row("target", &format!("{price}, {part}{}", r.unwrap_or_default())));
        }
        lines.push(row("held", &format!("to {}", at(plan.hold_until))));
        if let Some(contract) = &self.document.contract {
            lines.extend(self.contract(contract));
        }
        let end = &self.document.recommendation.invalidation;
        let side = match end.close {
            CloseSide::Above => "above",
            CloseSide::Below => "below",
            CloseSide::None => return lines,
        };
        if let Some(price) = end.price {
            let price = self.price("invalidation.price", price);
            lines.push(row("void", &format!("a {} close {side} {price}", end.timeframe)));
        }
        lines
    }

    /// What a contract adds: where it would be liquidated, and its funding.
    fn contract(self, contract: &Contract) -> [String; 2] {
        let (document, funding) = (self.document, self.document.costs.funding);
        let leverage = contract.leverage.map(number::trimmed);
        let at = contract.liquidation.map(|price| figures::price(price, document.tick));
        let margin = match (at, leverage) {
            (Some(at), _) if contract.is_held => format!("liquidated at {at}, says the exchange"),
            (Some(at), Some(leverage)) => format!("{leverage}x isolated, liquidated at {at}"),
            (None, Some(leverage)) if contract.maintenance_margin.is_some() => {
                format!("{leverage}x isolated, liquidated at no price")
            }
            _ => "liquidation price unknown".to_owned(),
        };
        let funding = match contract.mean_funding {
            None => "not known, counted as none".to_owned(),
            Some(_) if funding.is_zero() => "costs nothing".to_owned(),
            Some(_) => format!("{} {} a unit", number::trimmed(funding), document.price_unit),
        };
        [row("margin", &margin), row("funding", &funding)]
    }

    fn account(self) -> String {
        let document = self.document;
        if let Some(size) = &document.size {
            let base = base_of(document);
            let (quantity, risk) = (number::trimmed(size.quantity), figures::rounded(size.at_risk, 2));
            return format!("size {quantity} {base}, risks {risk:.2} {}", document.price_unit);
        }
        let reason = document.account_reason.as_deref().map(plain);
        match (document.account, reason) {
            (AccountState::NotProvided, Some(reason)) => format!("not provided: {reason}"),
            (AccountState::NotProvided, None) => "not provided; size and exposure are unknown".to_owned(),
            (AccountState::KnownEmpty, _) => "empty".to_owned(),
            (AccountState::Provided, _) => document
                .size_reason
                .map_or_else(|| "read".to_owned(), |why| format!("read; {}", why.sentence())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_plan::{aside, invalid, long, short};

    #[test]
    fn a_plan_is_told_in_rows() {
        assert_eq!(
            recommendation_lines(&long(), 70).unwrap().join("\n"),
            "BTCUSDT  Long 52 of 100; moderate, uncalibrated\n\
             Long, only from the zone below.\n\
             \n\
             \u{20} entry    74,050.00 to 75,000.00, by 2026-05-03 04:00 UTC\n\
             \u{20} stop     71,900.00, 1.6 ATR away\n\
             \u{20} target   79,485.66, half, 1.28 R\n\
             \u{20} target   83,822.76, half, 2.59 R\n\
             \u{20} held     to 2026-05-10 04:00 UTC\n\
             \u{20} void     a 1d close below 72,500.00\n\
             \u{20} account  not provided; size and exposure are unknown\n\
             \u{20} numbers  12 checked, 12 verified, 1 of them repaired\n\
             \u{20} analyst  rule-based; no language model took part"
        );
    }

    #[test]
    fn what_speaks_against_a_plan_is_told() {
        let lines = recommendation_lines(&short(), 70).unwrap().join("\n");
        assert!(lines.starts_with("BTCUSDT  Short 74 of 100; strong, uncalibrated\n"), "{lines}");
        assert!(lines.contains("\n  account  You are long BTC.\n"), "{lines}");
        assert!(lines.contains("\n  account  size 0.03011 BTC, risks 99.98 USDT\n"), "{lines}");
        let contract = "\n  margin   10x isolated, liquidated at 82,171.31\n  funding  2.25 USDT a unit\n";
        assert!(lines.contains(contract), "{lines}");
        let lines = recommendation_lines(&invalid(), 70).unwrap().join("\n");
        assert!(lines.starts_with("BTCUSDT  Long; the plan is invalid, nothing to trade by\n"), "{lines}");
        assert!(lines.contains("\n  broken   Reward to risk must be at least 1.5 after costs.\n"), "{lines}");
        let lines = recommendation_lines(&aside(), 70).unwrap();
        assert_eq!(lines[0], "BTCUSDT  Stand aside");
        assert!(!lines.iter().any(|line| line.starts_with("  entry")), "{lines:?}");
    }
}

use domain::report::{Analyst, Bias, Checks, Outcome, ReportDocument, Trust};

use super::Markup;
use crate::figures;
use crate::lang::{LanguageError, Words, fill};
use crate::page::scope::{abstained_word, bias_word};
use crate::prose::{self, State};
use crate::text::model_name;

/// The message of a report, short enough for the caption of a document. Its first line answers by itself.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn report_message(document: &ReportDocument, markup: Markup) -> Result<String, LanguageError> {
    let words = Words::of(&document.language)?;
    let mut lines = vec![
        first_line(words, document, markup),
        second_line(words, document, markup),
        third_line(words, document, markup),
    ];
    lines.retain(|line| !line.is_empty());
    Ok(lines.join("\n").replace('\u{2212}', "-"))
}

fn first_line(words: &Words, document: &ReportDocument, markup: Markup) -> String {
    let (symbol, tf) = (markup.escape(document.symbol.as_str()), document.timeframe);
    if let Some(sentence) = abstained_word(words, document.report.outcome) {
        let none = &words.bias.none;
        let reason = sentence.strip_prefix(none.as_str()).unwrap_or(sentence);
        return format!("{}{reason}", markup.bold(&format!("{symbol} {tf} {none}")));
    }
    let bias = bias_word(words, document.report.bias);
    let bias = match document.report.bias {
        Bias::Bullish => format!("△ {bias}"),
        Bias::Bearish => format!("▼ {bias}"),
        Bias::Neutral | Bias::None => bias.to_owned(),
    };
    let odds = &document.report.scenarios;
    let (up, down) = (&words.chain.up, &words.chain.down);
    let doubt = match prose::doubts_odds(&document.checks.items) {
        true => format!("\u{a0}? ({})", words.message.odds_doubted),
        false => String::new(),
    };
    let verdict = markup.bold(&format!("{symbol} {tf} {bias}"));
    format!("{verdict}, {up} {}, {down} {}{doubt}", odds.p_up, odds.p_down)
}

fn second_line(words: &Words, document: &ReportDocument, markup: Markup) -> String {
    let mut parts = Vec::new();
    let spell = |text: &str| markup.escape(text);
    let strike = |number: &str| markup.struck(&markup.escape(number));
    let sentence = prose::told(words, &prose::first_sentence_of(words, document), 300, spell, strike);
    if !sentence.is_empty() {
        parts.push(sentence);
    }
    if document.report.outcome == Outcome::Report {
        let ends = &document.report.invalidation;
        let price = |path, value| {
            let shown = figures::price(value, document.tick);
            let piece = prose::at_path(path, shown, &document.checks.items);
            match piece.state {
                State::Unverified => prose::told(words, &[piece], 200, spell, strike),
                _ => markup.code(&piece.text),
            }
        };
        let above = ends.above.map(|value| price("invalidation.above", value));
        let below = ends.below.map(|value| price("invalidation.below", value));
        let over = above.map(|price| fill(&words.message.ends_over, &[("above", &price)]));
        let under = below.map(|price| fill(&words.message.ends_under, &[("below", &price)]));
        let sides: Vec<String> = over.into_iter().chain(under).collect();
        if !sides.is_empty() {
            parts.push(format!("{} {}.", words.message.ends, sides.join(", ")));
        }
    }
    parts.join(" ")
}

fn third_line(words: &Words, document: &ReportDocument, markup: Markup) -> String {
    checked(words, markup, document.analyst, &document.llm_model, &document.checks, document.trust)
}

/// Who wrote it, and how many of its numbers hold.
pub(super) fn checked(
    words: &Words,
    markup: Markup,
    analyst: Analyst,
    model: &str,
    checks: &Checks,
    trust: Trust,
) -> String {
    let mut parts = vec![match analyst {
        Analyst::Rules => words.message.rules.clone(),
        Analyst::Model => fill(&words.message.model, &[("name", &markup.escape(&model_name(model)))]),
    }];
    if checks.checked > 0 {
        let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
        let values = [("verified", verified.as_str()), ("checked", checked.as_str())];
        parts.push(match checks.unverified {
            0 => fill(&words.message.numbers, &values),
            n => fill(&words.message.numbers_doubted, &[values[0], values[1], ("n", &n.to_string())]),
        });
    }
    if trust == Trust::Low {
        parts.push(words.message.low.clone());
    }
    markup.italic(&parts.join(" "))
}

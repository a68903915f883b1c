use domain::report::{Analyst, Bias, Checks, Outcome, ReportDocument, Trust};
use jiff::Timestamp;

use super::escape;
use crate::dates::Dates;
use crate::figures;
use crate::lang::{LanguageError, Words, fill};
use crate::page::scope::{abstained_word, bias_word};
use crate::prose::{self, State};
use crate::text::{model_name, plain};

/// A link to a page, and when it stops opening.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Its address, `http` or `https`; any other is left out.
    pub url: &'a str,
    /// When its signature ends.
    pub opens_until: Timestamp,
}

impl Link<'_> {
    pub(super) fn is_web(&self) -> bool {
        self.url.starts_with("https://") || self.url.starts_with("http://")
    }
}

/// The message of a report in HTML parse mode, short enough for a document's caption. Its first line answers by
/// itself. Without a link the page is expected to be attached.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn report_message(document: &ReportDocument, link: Option<&Link<'_>>) -> Result<String, LanguageError> {
    let words = Words::of(&document.language)?;
    let mut lines =
        vec![first_line(words, document), second_line(words, document), third_line(words, document)];
    lines.retain(|line| !line.is_empty());
    if let Some(link) = link.filter(|link| link.is_web()) {
        let until = Dates(words).until(link.opens_until, document.as_of);
        let opens = fill(&words.message.opens, &[("time", &until)]);
        let (url, report) = (escape(&plain(link.url)), &words.message.report);
        lines.push(format!("<a href=\"{url}\">{report}</a> · {opens}"));
    }
    Ok(lines.join("\n").replace('\u{2212}', "-"))
}

fn first_line(words: &Words, document: &ReportDocument) -> String {
    let (symbol, tf) = (escape(document.symbol.as_str()), document.timeframe);
    if let Some(sentence) = abstained_word(words, document.report.outcome) {
        let none = &words.bias.none;
        let reason = sentence.strip_prefix(none.as_str()).unwrap_or(sentence);
        return format!("<b>{symbol} {tf} {none}</b>{reason}");
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
    format!("<b>{symbol} {tf} {bias}</b>, {up} {}, {down} {}{doubt}", odds.p_up, odds.p_down)
}

fn second_line(words: &Words, document: &ReportDocument) -> String {
    let mut parts = Vec::new();
    let strike = |number: &str| format!("<s>{}</s>", escape(number));
    let sentence = prose::told(words, &prose::first_sentence_of(words, document), 300, escape, strike);
    if !sentence.is_empty() {
        parts.push(sentence);
    }
    if document.report.outcome == Outcome::Report {
        let ends = &document.report.invalidation;
        let price = |path, value| {
            let shown = figures::price(value, document.tick);
            let piece = prose::at_path(path, shown, &document.checks.items);
            match piece.state {
                State::Unverified => prose::told(words, &[piece], 200, escape, strike),
                _ => format!("<code>{}</code>", piece.text),
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

fn third_line(words: &Words, document: &ReportDocument) -> String {
    checked(words, document.analyst, &document.llm_model, &document.checks, document.trust)
}

/// Who wrote it, and how many of its numbers hold.
pub(super) fn checked(words: &Words, analyst: Analyst, model: &str, checks: &Checks, trust: Trust) -> String {
    let mut parts = vec![match analyst {
        Analyst::Rules => words.message.rules.clone(),
        Analyst::Model => fill(&words.message.model, &[("name", &escape(&model_name(model)))]),
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
    format!("<i>{}</i>", parts.join(" "))
}

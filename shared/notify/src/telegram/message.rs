use domain::report::{Analyst, Bias, Outcome, ReportDocument, Trust};
use jiff::Timestamp;

use super::escape;
use crate::dates::Dates;
use crate::figures;
use crate::lang::{LanguageError, Words, fill};
use crate::page::scope::{abstained_word, bias_word};
use crate::prose;
use crate::text::{capped, plain};

/// A link to a page, and when it stops opening.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Its address, `http` or `https`; any other is left out.
    pub url: &'a str,
    /// When its signature ends.
    pub opens_until: Timestamp,
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
    let web = |link: &&Link<'_>| link.url.starts_with("https://") || link.url.starts_with("http://");
    if let Some(link) = link.filter(web) {
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
    format!("<b>{symbol} {tf} {bias}</b>, {up} {}, {down} {}", odds.p_up, odds.p_down)
}

fn second_line(words: &Words, document: &ReportDocument) -> String {
    let mut parts = Vec::new();
    let sentence = prose::first_sentence_flat(words, document);
    if !sentence.is_empty() {
        parts.push(escape(&capped(&sentence, 300)));
    }
    if document.report.outcome == Outcome::Report {
        let ends = &document.report.invalidation;
        let price = |value| format!("<code>{}</code>", figures::price(value, document.tick));
        let over = ends.above.map(|value| fill(&words.message.ends_over, &[("above", &price(value))]));
        let under = ends.below.map(|value| fill(&words.message.ends_under, &[("below", &price(value))]));
        let sides: Vec<String> = over.into_iter().chain(under).collect();
        if !sides.is_empty() {
            parts.push(format!("{} {}.", words.message.ends, sides.join(", ")));
        }
    }
    parts.join(" ")
}

fn third_line(words: &Words, document: &ReportDocument) -> String {
    let checks = &document.checks;
    let mut parts = vec![match document.analyst {
        Analyst::Rules => words.message.rules.clone(),
        Analyst::Model => {
            let name = escape(&capped(plain(&document.llm_model).trim(), 60));
            fill(&words.message.model, &[("name", &name)])
        }
    }];
    if checks.checked > 0 {
        let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
        parts.push(fill(&words.message.numbers, &[("verified", &verified), ("checked", &checked)]));
    }
    if document.trust == Trust::Low {
        parts.push(words.message.low.clone());
    }
    format!("<i>{}</i>", parts.join(" "))
}

//! A report or a recommendation in a terminal: plain text lines, nothing in them a terminal would obey.

mod lifecycle;
mod recommendation;

use domain::ContentId;
use domain::report::{Analyst, Bias, Checks, Outcome, ReportDocument, Trust};

pub use lifecycle::lifecycle_line;
pub use recommendation::recommendation_lines;

use crate::lang::{LanguageError, Words};
use crate::prose;
use crate::text::{model_name, plain, visible};

/// The lines of a report: its verdict, its first sentence, an empty line, and rows of facts. The summary keeps
/// its language, all else is English.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn report_lines(document: &ReportDocument) -> Result<Vec<String>, LanguageError> {
    let words = Words::of("en")?;
    let mut lines = vec![verdict(document)];
    let pieces = prose::first_sentence_of(words, document);
    let sentence = prose::told(words, &pieces, usize::MAX, str::to_owned, str::to_owned);
    if !sentence.is_empty() {
        lines.push(ascii_minus(&sentence));
    }
    lines.push(String::new());
    lines.push(row("numbers", &numbers(&document.checks)));
    lines.push(row("analyst", &analyst(document.analyst, &document.llm_model, &document.llm_model_id)));
    if document.trust == Trust::Low {
        lines.push(row(
            "trust",
            "low: over a tenth of the numbers, or a price that ends the report, is wrong",
        ));
    }
    Ok(lines)
}

/// One line of foreign text: what a terminal would obey is taken out, columns stay.
pub fn plain_line(text: &str) -> String {
    ascii_minus(visible(&text.replace(['\n', '\r', '\t'], " ")).trim_end())
}

/// A fact under a report: two spaces, its name, its value.
pub fn row(name: &str, value: &str) -> String {
    format!("  {:<7}  {}", plain(name), ascii_minus(plain(value).trim()))
}

fn verdict(document: &ReportDocument) -> String {
    let (symbol, timeframe, report) = (&document.symbol, document.timeframe, &document.report);
    let verdict = match report.outcome {
        Outcome::Report => {
            let bias = match report.bias {
                Bias::Bullish => "Up",
                Bias::Bearish => "Down",
                Bias::Neutral => "Neutral",
                Bias::None => "No view",
            };
            let odds = &report.scenarios;
            let doubt =
                if prose::doubts_odds(&document.checks.items) { " ? (they do not add up)" } else { "" };
            let (up, neither, down) = (odds.p_up, odds.p_neither, odds.p_down);
            format!("{bias}; up {up}, neither {neither}, down {down} of 100{doubt}")
        }
        Outcome::InsufficientHistory => "No view: too little history".to_owned(),
        Outcome::BadData => "No view: the data cannot be trusted".to_owned(),
        Outcome::ConflictingData => "No view: the data contradicts itself".to_owned(),
        Outcome::MissingInput => "No view: an input was missing".to_owned(),
    };
    format!("{symbol} {timeframe}  {verdict}")
}

fn numbers(checks: &Checks) -> String {
    let mut text = format!("{} checked, {} verified", checks.checked, checks.verified);
    if checks.repaired > 0 {
        text.push_str(&format!(", {} of them repaired", checks.repaired));
    }
    if checks.unverified > 0 {
        text.push_str(&format!(", {} not confirmed", checks.unverified));
    }
    text
}

fn analyst(analyst: Analyst, model: &str, profile: &ContentId) -> String {
    match analyst {
        Analyst::Rules => "rule-based; no language model took part".to_owned(),
        Analyst::Model => {
            format!("model \"{}\", profile {profile}", model_name(model))
        }
    }
}

fn ascii_minus(text: &str) -> String {
    text.replace('\u{2212}', "-").replace('\u{a0}', " ")
}

#[cfg(test)]
mod tests {
    use domain::report::CheckStatus;

    use super::*;
    use crate::sample;

    #[test]
    fn the_block_reads_as_the_style_guide_prints_it() {
        let mut document = sample::weekly();
        document.report.summary = "A rebound inside a decline. More follows.".into();
        document.checks.items.clear();
        assert_eq!(
            report_lines(&document).unwrap().join("\n"),
            "BTCUSDT 1w  Neutral; up 42, neither 26, down 32 of 100\n\
             A rebound inside a decline.\n\
             \n\
             \u{20} numbers  26 checked, 26 verified\n\
             \u{20} analyst  rule-based; no language model took part"
        );
        assert_eq!(row("cost", "$0.0000, 2 calls, 2.6 s"), "  cost     $0.0000, 2 calls, 2.6 s");
    }

    #[test]
    fn a_terminal_is_told_nothing() {
        let mut document = sample::weekly();
        document.checks.items.clear();
        document.analyst = Analyst::Model;
        document.report.summary = "\u{1b}]0;owned\u{7}Fell \u{202e}-3.47 %\r\nto 5. Next.".into();
        document.llm_model = "gpt\u{1b}[2J\nforged line".into();
        document.report.outcome = Outcome::BadData;
        document.trust = Trust::Low;
        let lines = report_lines(&document).unwrap();
        assert_eq!(lines[0], "BTCUSDT 1w  No view: the data cannot be trusted");
        assert_eq!(lines[1], "]0;ownedFell -3.47 %");
        assert_eq!(lines[4], "  analyst  model \"gpt[2J forged line\", profile analyst@3f9a12cc");
        let all = lines.join("");
        assert!(!all.chars().any(|c| c.is_control() || c == '\u{202e}'), "{all:?}");
    }

    #[test]
    fn no_name_is_taken_for_the_rules() {
        let mut document = sample::weekly();
        document.analyst = Analyst::Model;
        document.llm_model = "rule-based\"; no language model took part".into();
        let lines = report_lines(&document).unwrap();
        let name = "rule-based; no language model took part";
        assert_eq!(lines[4], format!("  analyst  model \"{name}\", profile analyst@3f9a12cc"));
    }

    #[test]
    fn odds_that_do_not_add_up_say_so() {
        let mut document = sample::weekly();
        document.report.scenarios.p_up = 52;
        document.checks.items.iter_mut().find(|item| item.path == "scenarios").unwrap().status =
            CheckStatus::Unverified;
        let lines = report_lines(&document).unwrap();
        assert_eq!(lines[0], "BTCUSDT 1w  Neutral; up 52, neither 26, down 32 of 100 ? (they do not add up)");
    }

    #[test]
    fn a_wrong_number_says_what_the_data_has() {
        let document = sample::doubted();
        let lines = report_lines(&document).unwrap();
        assert_eq!(lines[1], "EMA200 stands at 2,649.7 ? (in the data 2,549.7).");
        assert_eq!(lines[3], "  numbers  3 checked, 2 verified, 1 of them repaired, 1 not confirmed");
    }
}

use domain::recommendation::{Direction, MODERATE};

use super::view::{View, direction_word};
use crate::lang::{Words, fill};
use crate::page::head::Moment;
use crate::page::scope::venue;
use crate::prose::Piece;
use crate::text::first_sentence;

/// The first screen: the verdict, and what the analyst says of it.
pub(super) struct Head {
    pub(super) kind: &'static str,
    pub(super) as_of: Moment,
    pub(super) symbol: String,
    pub(super) crumbs: String,
    /// Words before the verdict, where the plan is not to be traded.
    pub(super) warning: &'static str,
    pub(super) mark: &'static str,
    pub(super) class: &'static str,
    pub(super) direction: &'static str,
    pub(super) headline: Vec<Piece>,
    pub(super) lede: Vec<Piece>,
    pub(super) title: String,
}

pub(super) fn head(view: &View<'_>) -> Head {
    let (document, words) = (view.document(), view.words);
    let (direction, mark, class) = direction_word(words, view.direction());
    let is_invalid = view.is_invalid();
    let (headline, lede) = headline(view, direction);
    let spoken: String = headline.iter().map(|piece| piece.text.as_str()).collect();
    let warning = if is_invalid { words.advice.invalid.as_str() } else { "" };
    let parts = [warning, direction].into_iter().filter(|part| !part.is_empty());
    let verdict = parts.collect::<Vec<_>>().join(": ");
    let venue = venue(words, &document.venue, &document.market, &document.source);
    Head {
        kind: &words.advice.kind,
        as_of: Moment { machine: document.as_of.to_string(), text: view.dates.full(document.as_of) },
        symbol: document.symbol.to_string(),
        crumbs: format!("{venue} · {}", words.advice.crumb),
        warning,
        mark: if is_invalid { "" } else { mark },
        class: if is_invalid { "" } else { class },
        direction,
        title: format!("{}: {verdict}{}", document.symbol, spoken.trim_end()),
        headline,
        lede,
    }
}

/// The rest of the first sentence after the verdict's own word, which this program says, and the rest of the
/// summary. A sentence that does not begin with that word follows after a colon.
fn headline(view: &View<'_>, direction: &str) -> (Vec<Piece>, Vec<Piece>) {
    let summary = view.document().recommendation.summary.as_str();
    let split = first_sentence(summary);
    let stop = summary[..split].trim_end().trim_end_matches('.').len();
    let lede = view.part(summary, split..summary.len(), "summary");
    let said = after_word(&summary[..stop], direction);
    let start = stop - said.unwrap_or(&summary[..stop]).len();
    let mut headline = view.part(summary, start..stop, "summary");
    if said.is_none() && !headline.is_empty() {
        headline.insert(0, Piece::words(": "));
    }
    (headline, crate::prose::trimmed(lede))
}

/// What follows `word` at the start of `text`, if it starts with it as a whole word.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in word.chars().flat_map(char::to_lowercase) {
        let mut found = rest.next()?.to_lowercase();
        if found.next() != Some(wanted) || found.next().is_some() {
            return None;
        }
    }
    let rest = rest.as_str();
    (!rest.starts_with(char::is_alphanumeric)).then_some(rest)
}

/// The strength: its number, its bar, what it is not.
pub(super) struct Strength {
    pub(super) value: u8,
    pub(super) band: &'static str,
    pub(super) note: String,
    pub(super) bar: Option<Bar>,
}

/// The bar of a strength, in percents of its width.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) width: String,
    pub(super) line: String,
    pub(super) label: String,
}

/// `None` where the plan is invalid: it has none.
pub(super) fn strength(view: &View<'_>) -> Option<Strength> {
    let (words, value) = (&view.words.advice, view.document().strength.value.min(100));
    let line = view.input.alert_line.min(100);
    if view.is_invalid() {
        return None;
    }
    let (_, _, class) = direction_word(view.words, view.direction());
    if view.direction() == Direction::StandAside {
        return Some(Strength { value: 0, band: "", note: words.aside.clone(), bar: None });
    }
    let band = band_word(view.words, value, line);
    let (shown, at) = (value.to_string(), line.to_string());
    let label = fill(&words.label, &[("n", &shown), ("band", band), ("line", &at)]);
    let bar = Bar { class, width: format!("{value}%"), line: format!("{line}%"), label };
    let note = fill(&words.uncalibrated, &[("line", &at)]);
    Some(Strength { value, band, note, bar: Some(bar) })
}

/// Weak, moderate, or strong from the alert line on.
pub(crate) fn band_word(words: &Words, value: u8, alert_line: u8) -> &str {
    match value {
        value if value >= alert_line => &words.advice.strong,
        MODERATE.. => &words.advice.moderate,
        _ => &words.advice.weak,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_said_once() {
        assert_eq!(after_word("Short, only on a bounce", "Short"), Some(", only on a bounce"));
        assert_eq!(after_word("stand aside: no plan", "Stand aside"), Some(": no plan"));
        assert_eq!(after_word("ЛОНГ от 74", "Лонг"), Some(" от 74"));
        assert_eq!(after_word("Shorts are late", "Short"), None);
        assert_eq!(after_word("Sho", "Short"), None);
    }

    #[test]
    fn bands_are_those_of_the_style_guide() {
        let words = Words::of("en").unwrap();
        let bands = [0, 39, 40, 69, 70, 100].map(|value| band_word(words, value, 70));
        assert_eq!(bands, ["weak", "weak", "moderate", "moderate", "strong", "strong"]);
    }
}

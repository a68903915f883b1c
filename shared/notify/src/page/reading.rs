use domain::report::{Aspect, Leans, Outcome};

use super::chain::{ends, relation_word};
use super::scope::Scope;
use crate::lang::fill;
use crate::names::aspect_word;
use crate::prose::Piece;

/// Paragraphs under a heading.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) paragraphs: Vec<Paragraph>,
}

/// A paragraph, and the direction it speaks for.
pub(super) struct Paragraph {
    pub(super) pieces: Vec<Piece>,
    pub(super) lean: Option<Lean>,
}

/// A direction in a word, a mark and a hue.
#[derive(Clone, Copy)]
pub(super) struct Lean {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
}

fn lean(scope: &Scope<'_>, leans: Leans) -> Option<Lean> {
    let words = &scope.words.reading;
    match leans {
        Leans::Bullish => Some(Lean { class: "up", mark: "△", word: &words.leans_up }),
        Leans::Bearish => Some(Lean { class: "down", mark: "▼", word: &words.leans_down }),
        Leans::Neutral => None,
    }
}

/// Observations by aspect in the order they first appear, how they stand to the parent, the ways on, what ends the
/// report, what is thin.
pub(super) fn sections(scope: &Scope<'_>) -> Vec<Section> {
    let mut out = observations(scope);
    let (words, report) = (&scope.words.reading, &scope.document().report);
    if !report.parent_reason.is_empty() {
        let title = relation_word(scope.words, report.parent_relation).to_owned();
        let paragraphs = vec![paragraph(scope, &report.parent_reason, "parent_reason")];
        out.push(Section { title, paragraphs });
    }
    if report.outcome == Outcome::Report {
        for (title, odds, text, path) in [
            (&words.if_up, report.scenarios.p_up, &report.scenarios.up, "scenarios.up"),
            (&words.if_down, report.scenarios.p_down, &report.scenarios.down, "scenarios.down"),
        ] {
            if !text.is_empty() {
                let title = fill(title, &[("n", &odds.to_string())]);
                out.push(Section { title, paragraphs: vec![paragraph(scope, text, path)] });
            }
        }
        out.extend(wrong(scope));
    }
    let issues: Vec<Paragraph> = report
        .issues
        .iter()
        .enumerate()
        .map(|(index, issue)| paragraph(scope, issue, &format!("issues[{index}]")))
        .collect();
    if !issues.is_empty() {
        out.push(Section { title: words.issues.clone(), paragraphs: issues });
    }
    out
}

fn paragraph(scope: &Scope<'_>, text: &str, path: &str) -> Paragraph {
    Paragraph { pieces: scope.prose(text, path), lean: None }
}

/// The claims of a report by aspect.
fn observations(scope: &Scope<'_>) -> Vec<Section> {
    let mut groups: Vec<(Aspect, Section)> = Vec::new();
    for (index, observation) in scope.document().report.observations.iter().enumerate() {
        let path = format!("observations[{index}].says");
        let paragraph =
            Paragraph { pieces: scope.prose(&observation.says, &path), lean: lean(scope, observation.leans) };
        match groups.iter_mut().find(|(aspect, _)| *aspect == observation.aspect) {
            Some((_, section)) => section.paragraphs.push(paragraph),
            None => {
                let title = aspect_word(scope.words, observation.aspect).to_owned();
                groups.push((observation.aspect, Section { title, paragraphs: vec![paragraph] }));
            }
        }
    }
    groups.into_iter().map(|(_, section)| section).collect()
}

fn wrong(scope: &Scope<'_>) -> Option<Section> {
    let invalidation = &scope.document().report.invalidation;
    let lead = &scope.words.frame(invalidation.timeframe).a_close;
    let mut pieces = ends(scope, lead, true);
    let mut paragraphs = Vec::new();
    if !pieces.is_empty() {
        pieces.push(Piece::words(format!(" {}", scope.words.reading.ends)));
        paragraphs.push(Paragraph { pieces, lean: None });
    }
    if !invalidation.reason.is_empty() {
        paragraphs.push(paragraph(scope, &invalidation.reason, "invalidation.reason"));
    }
    let title = scope.words.reading.wrong.clone();
    (!paragraphs.is_empty()).then_some(Section { title, paragraphs })
}

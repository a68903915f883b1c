use std::ops::Range;

use domain::recommendation::{Direction, RecommendationDocument, SourceReport};
use domain::{ReportId, Timeframe};
use rust_decimal::Decimal;

use super::RecommendationInput;
use crate::dates::Dates;
use crate::figures;
use crate::lang::Words;
use crate::page::behind::is_file_name;
use crate::prose::{self, Piece, Prose};

/// A recommendation as the sections of its page see it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) input: &'a RecommendationInput<'a>,
    pub(super) words: &'static Words,
    pub(super) dates: Dates<'static>,
    /// Whether it is a file that may be sent on.
    pub(super) travels: bool,
}

impl<'a> View<'a> {
    pub(super) fn document(&self) -> &'a RecommendationDocument {
        self.input.document
    }

    pub(super) fn direction(&self) -> Direction {
        self.document().recommendation.direction
    }

    /// Whether it names a plan that breaks a rule.
    pub(super) fn is_invalid(&self) -> bool {
        self.direction() != Direction::StandAside && !self.document().is_valid_plan()
    }

    /// The text at `path` with its numbers marked.
    pub(super) fn prose(&self, text: &str, path: &str) -> Vec<Piece> {
        self.part(text, 0..text.len(), path)
    }

    /// The part `range` of the text at `path` with its numbers marked.
    pub(super) fn part(&self, text: &str, range: Range<usize>, path: &str) -> Vec<Piece> {
        Prose::of_recommendation(self.words, self.document()).pieces(text, range, path)
    }

    /// A price at the symbol's tick.
    pub(super) fn price(&self, value: Decimal) -> String {
        figures::price(value, self.document().tick)
    }

    /// The same with the mark of the item at `path`.
    pub(super) fn price_at(&self, path: &str, value: Decimal) -> Piece {
        prose::at_path(path, self.price(value), &self.document().checks.items)
    }

    /// All reports it names, those it was given first.
    pub(super) fn reports(&self) -> impl Iterator<Item = &'a SourceReport> + use<'a> {
        let document = self.document();
        document.source_reports.iter().chain(&document.beside)
    }

    /// The page of a report.
    pub(super) fn page(&self, report: &ReportId) -> Option<String> {
        let page = self.input.pages.iter().find(|page| page.report_id == report)?.page;
        is_file_name(page).then(|| format!("{}{page}", self.input.folder))
    }

    /// `bar of 29 April 2026`, and how long ago it closed.
    pub(super) fn bar(&self, timeframe: Timeframe, last_bar: &str) -> Option<(String, String)> {
        let open = timeframe.parse_label(last_bar)?;
        let age = self.document().as_of.duration_since(timeframe.next_open(open));
        let bar = format!("{} {}", self.words.chain.bar_of, self.dates.bar(timeframe, open));
        Some((bar, self.dates.length(age)))
    }

    /// The base currency, as far as the symbol says it.
    pub(super) fn base(&self) -> &'a str {
        base_of(self.document())
    }
}

/// The base currency, as far as the symbol says it.
pub(crate) fn base_of(document: &RecommendationDocument) -> &str {
    let symbol = document.symbol.as_str();
    symbol.strip_suffix(document.price_unit.as_str()).filter(|base| !base.is_empty()).unwrap_or(symbol)
}

/// The word, the mark and the class of a direction.
pub(crate) fn direction_word(words: &Words, direction: Direction) -> (&str, &'static str, &'static str) {
    match direction {
        Direction::Long => (&words.advice.long, "△", "up"),
        Direction::Short => (&words.advice.short, "▼", "down"),
        Direction::StandAside => (&words.advice.stand_aside, "", ""),
    }
}

use std::ops::Range;

use domain::report::{Bias, Outcome, ReportDocument, Trend};
use domain::{Source, Timeframe};
use jiff::Timestamp;

use super::Reading;
use crate::dates::Dates;
use crate::figures;
use crate::lang::{Words, fill};
use crate::prose::{self, Piece, Prose};
use crate::text::{capped, plain};

/// A report as the sections of the page see it.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) reading: Reading<'a>,
    pub(super) words: &'static Words,
    pub(super) dates: Dates<'static>,
    /// Start of the ids of this report's evidence rows.
    pub(super) rows: &'static str,
}

impl<'a> Scope<'a> {
    pub(super) fn new(reading: Reading<'a>, words: &'static Words, rows: &'static str) -> Self {
        Self { reading, words, dates: Dates(words), rows }
    }

    pub(super) fn document(&self) -> &'a ReportDocument {
        self.reading.document
    }

    pub(super) fn timeframe(&self) -> Timeframe {
        self.reading.document.timeframe
    }

    /// The text at `path` with its numbers marked.
    pub(super) fn prose(&self, text: &str, path: &str) -> Vec<Piece> {
        self.part(text, 0..text.len(), path)
    }

    /// The part `range` of the text at `path` with its numbers marked.
    pub(super) fn part(&self, text: &str, range: Range<usize>, path: &str) -> Vec<Piece> {
        Prose::of_report(self.words, self.document()).pieces(text, range, path)
    }

    /// A price at the symbol's tick, with the mark of the item at `path`.
    pub(super) fn price_at(&self, path: &str, value: rust_decimal::Decimal) -> Piece {
        let shown = figures::price(value, self.document().tick);
        prose::at_path(path, shown, &self.document().checks.items)
    }

    /// Open of the last closed bar.
    pub(super) fn last_open(&self) -> Option<Timestamp> {
        let named = self.timeframe().parse_label(&self.document().last_bar);
        named.or_else(|| self.reading.series.bars.last().map(|bar| bar.t))
    }

    /// `bar of March 2026`.
    pub(super) fn bar_phrase(&self) -> String {
        match self.last_open() {
            Some(open) => format!("{} {}", self.words.chain.bar_of, self.dates.bar(self.timeframe(), open)),
            None => self.words.facts.no_data.clone(),
        }
    }

    /// `Binance spot`, in the report's language, and where the candles came from if that is not the exchange.
    pub(super) fn venue(&self) -> String {
        let document = self.document();
        venue(self.words, &document.venue, &document.market, &document.source)
    }

    pub(super) fn trend(&self) -> &'static str {
        match self.document().report.trend {
            Trend::Up => &self.words.trend.up,
            Trend::Down => &self.words.trend.down,
            Trend::Sideways => &self.words.trend.sideways,
            Trend::Transition => &self.words.trend.transition,
            Trend::Unclear => &self.words.trend.unclear,
        }
    }
}

/// `Binance spot`, and where the candles came from if that is not the exchange.
pub(super) fn venue(words: &Words, venue: &str, market: &str, source: &Source) -> String {
    let venue = plain(venue);
    let mut letters = venue.chars();
    let name = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    let market = match market {
        "spot" => words.head.spot.clone(),
        "perp" => words.head.perp.clone(),
        other => plain(other),
    };
    let source = match source {
        Source::Binance | Source::Bybit => return format!("{name} {market}"),
        Source::Host(host) | Source::BybitHost(host) => fill(&words.head.host, &[("host", host)]),
        Source::Sim(seed) | Source::BybitSim(seed) => {
            fill(&words.head.simulated, &[("seed", &seed.to_string())])
        }
        Source::File(hash) | Source::BybitFile(hash) => fill(&words.head.recorded, &[("hash", hash)]),
    };
    format!("{name} {market} · {source}")
}

/// The word for a bias.
pub(crate) fn bias_word(words: &Words, bias: Bias) -> &str {
    match bias {
        Bias::Bullish => &words.bias.bullish,
        Bias::Bearish => &words.bias.bearish,
        Bias::Neutral => &words.bias.neutral,
        Bias::None => &words.bias.none,
    }
}

/// The sentence of a report that takes no view.
pub(crate) fn abstained_word(words: &Words, outcome: Outcome) -> Option<&str> {
    match outcome {
        Outcome::Report => None,
        Outcome::InsufficientHistory => Some(&words.abstained.insufficient_history),
        Outcome::BadData => Some(&words.abstained.bad_data),
        Outcome::ConflictingData => Some(&words.abstained.conflicting_data),
        Outcome::MissingInput => Some(&words.abstained.missing_input),
    }
}

/// A ref of the artifact in its parts: `bars[2026-04-20].c` is `bars`, `2026-04-20`, `c`.
pub(crate) fn parts(reference: &str) -> (&str, &str, &str) {
    let (head, field) = match reference.split_once(']') {
        Some((head, rest)) => (head, rest.trim_start_matches('.')),
        None => {
            return reference.split_once('.').map_or((reference, "", ""), |(name, field)| (name, "", field));
        }
    };
    head.split_once('[').map_or((head, "", field), |(name, key)| (name, key, field))
}

/// `R1, top` for the ref of a zone's edge.
pub(super) fn edge(scope: &Scope<'_>, reference: &str) -> Option<String> {
    let (name, id, field) = parts(reference);
    let template = match (name, field) {
        ("levels", "high") => &scope.words.ladder.top,
        ("levels", "low") => &scope.words.ladder.foot,
        _ => return None,
    };
    Some(fill(template, &[("id", &capped(&plain(id), 12))]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_have_three_parts() {
        assert_eq!(parts("bars[2026-04-20].c"), ("bars", "2026-04-20", "c"));
        assert_eq!(parts("stats.extremes.hi_all.p"), ("stats", "", "extremes.hi_all.p"));
        assert_eq!(parts("levels[S1]"), ("levels", "S1", ""));
        assert_eq!(parts(""), ("", "", ""));
    }
}

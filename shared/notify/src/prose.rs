//! Prose with its checked numbers marked: the text is cut at the spans of the check items.

use std::ops::Range;

use domain::recommendation::RecommendationDocument;
use domain::report::{CheckItem, CheckStatus, Observation, ReportDocument};
use rust_decimal::Decimal;

use crate::figures;
use crate::lang::{Words, fill};
use crate::names::Names;
use crate::page::scope::parts;
use crate::text::{capped, first_sentence, plain};

/// What a piece of prose is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Words, and numbers nobody checks.
    Words,
    /// Right: equal, rounded, derived or quoted.
    Verified,
    /// Wrong at first.
    Repaired,
    /// Wrong.
    Unverified,
}

impl State {
    /// The mark a status is shown with.
    pub(crate) fn of(status: CheckStatus) -> Self {
        match status {
            CheckStatus::Verified | CheckStatus::Derived | CheckStatus::Quoted => Self::Verified,
            CheckStatus::Repaired => Self::Repaired,
            CheckStatus::Unverified => Self::Unverified,
        }
    }
}

/// Words, or a checked number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which of them.
    pub(crate) state: State,
    /// As shown, hidden characters dropped, not yet escaped.
    pub(crate) text: String,
    /// Position of the check item.
    pub(crate) item: usize,
    /// What had been written before a repair; empty if not known.
    pub(crate) was: String,
    /// The data's value for an unverified number; empty if there is none.
    pub(crate) data: String,
}

impl Piece {
    /// Words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { state: State::Words, text, item: 0, was: String::new(), data: String::new() }
    }

    /// A number shown as `text`, with the mark of the item at `position`.
    pub(crate) fn number(text: String, position: usize, item: &CheckItem) -> Self {
        let state = State::of(item.status);
        let shown = |value: &str| figures::written(plain(value).trim());
        Self {
            state,
            text,
            item: position,
            was: item.was.as_deref().map(shown).unwrap_or_default(),
            data: if state == State::Unverified { shown(&item.expected) } else { String::new() },
        }
    }

    pub(crate) fn is_words(&self) -> bool {
        self.state == State::Words
    }

    pub(crate) fn is_verified(&self) -> bool {
        self.state == State::Verified
    }

    pub(crate) fn is_repaired(&self) -> bool {
        self.state == State::Repaired
    }
}

/// The texts of a report or of a recommendation.
#[derive(Clone, Copy)]
pub(crate) struct Prose<'a> {
    words: &'a Words,
    items: &'a [CheckItem],
    tick: Decimal,
    observations: &'a [Observation],
}

impl<'a> Prose<'a> {
    pub(crate) fn of_report(words: &'a Words, document: &'a ReportDocument) -> Self {
        let observations = &document.report.observations;
        Self { words, items: &document.checks.items, tick: document.tick, observations }
    }

    pub(crate) fn of_recommendation(words: &'a Words, document: &'a RecommendationDocument) -> Self {
        Self { words, items: &document.checks.items, tick: document.tick, observations: &[] }
    }

    /// The part `range` of the text at `path`, cut at the numbers that were checked in it. Spans that do not fit
    /// the text or each other are left out: their items still stand in the evidence.
    pub(crate) fn pieces(self, text: &str, range: Range<usize>, path: &str) -> Vec<Piece> {
        let items = self.items;
        let mut spans: Vec<(usize, usize, usize)> = Vec::new();
        for (position, item) in items.iter().enumerate().filter(|(_, item)| item.path == path) {
            let Some((offset, length)) = item.span else { continue };
            let (start, length) = (offset as usize, length as usize);
            let Some(end) = start.checked_add(length).filter(|_| length > 0) else { continue };
            let fits = start >= range.start && end <= range.end && text.get(start..end).is_some();
            if fits {
                spans.push((start, end, position));
            }
        }
        spans.sort_unstable();
        let mut out = Vec::new();
        let mut at = range.start;
        for (start, end, position) in spans {
            if start < at {
                continue;
            }
            self.push_words(&mut out, text, at..start);
            if let (Some(number), Some(item)) = (text.get(start..end), items.get(position)) {
                out.push(Piece::number(self.shown(plain(number).trim(), item), position, item));
            }
            at = end;
        }
        self.push_words(&mut out, text, at..range.end);
        out
    }

    /// A number as the page prints it: a price that is right with the zeros of its tick, any other as written.
    fn shown(self, number: &str, item: &CheckItem) -> String {
        let written = figures::written(number);
        let price = is_price(&item.reference) && State::of(item.status) != State::Unverified;
        let value = Decimal::from_str_exact(&number.replace(',', "")).ok().filter(|_| price);
        match (value, Decimal::from_str_exact(&item.expected)) {
            (Some(value), Ok(expected)) if value == expected => {
                let at_tick = figures::price(value, self.tick);
                if at_tick.len() > written.len() { at_tick } else { written }
            }
            _ => written,
        }
    }

    fn push_words(self, out: &mut Vec<Piece>, text: &str, range: Range<usize>) {
        let before = text.get(..range.start).and_then(|before| before.chars().next_back());
        let names = Names { words: self.words, observations: self.observations, text };
        let text = names.spelled(before, &plain(text.get(range).unwrap_or_default()));
        if !text.is_empty() {
            out.push(Piece::words(text.replace(" %", "\u{a0}%")));
        }
    }
}

/// Whether a price in quote currency, on the symbol's tick, stands at a ref of the artifact, whatever timeframe is
/// named before it, or in a plan.
fn is_price(reference: &str) -> bool {
    if let Some(path) = reference.strip_prefix("plan.") {
        return matches!(path, "entry_low" | "entry_high" | "stop") || path.ends_with("].price");
    }
    if reference == "invalidation.price" {
        return true;
    }
    match parts(timeframed(reference).1) {
        ("bars" | "forming", _, field) => matches!(field, "o" | "h" | "l" | "c"),
        ("swings", _, field) => matches!(field, "p" | "pending.p"),
        ("levels", _, field) => matches!(field, "low" | "high"),
        ("stats", _, field) => {
            matches!(field, "last_price" | "close") || field.starts_with("extremes.") && field.ends_with(".p")
        }
        ("barriers", _, field) => field == "origin",
        _ => false,
    }
}

/// A ref in the timeframe before it, if it names one, and the rest: `1d:levels[S1].low`.
pub(crate) fn timeframed(reference: &str) -> (&str, &str) {
    match reference.split_once(':') {
        Some((timeframe, rest)) if matches!(timeframe, "1M" | "1w" | "1d" | "4h" | "1h") => (timeframe, rest),
        _ => ("", reference),
    }
}

/// Without white space at the start; nothing if there is nothing else.
pub(crate) fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some(first) = pieces.first_mut().filter(|first| first.is_words()) {
        first.text = first.text.trim_start().to_owned();
        if first.text.is_empty() {
            pieces.remove(0);
        }
    }
    pieces
}

/// The marked number for an item that stands at a path of its own, such as `invalidation.above`.
pub(crate) fn at_path(path: &str, shown: String, items: &[CheckItem]) -> Piece {
    match items.iter().enumerate().find(|(_, item)| item.path == path && item.span.is_none()) {
        Some((position, item)) => Piece::number(shown, position, item),
        None => Piece::words(shown),
    }
}

/// The first sentence of a report's summary.
pub(crate) fn first_sentence_of(words: &Words, document: &ReportDocument) -> Vec<Piece> {
    let summary = &document.report.summary;
    Prose::of_report(words, document).pieces(summary, 0..first_sentence(summary), "summary")
}

/// Pieces as one text of at most `longest` characters: words as `spell` writes them, an unverified number as
/// `strike` does, with the data's value behind it. No number is cut.
pub(crate) fn told(
    words: &Words,
    pieces: &[Piece],
    longest: usize,
    spell: impl Fn(&str) -> String,
    strike: impl Fn(&str) -> String,
) -> String {
    let mut out = String::new();
    let mut room = longest;
    for piece in pieces {
        let doubt = if piece.state == State::Unverified { doubt(words, piece) } else { String::new() };
        let length = piece.text.chars().count() + doubt.chars().count();
        if length > room {
            let start = if piece.is_words() { capped(&piece.text, room) } else { "…".to_owned() };
            out.push_str(&spell(&start));
            break;
        }
        room -= length;
        out.push_str(&match piece.state {
            State::Unverified => format!("{}{}", strike(&piece.text), spell(&doubt)),
            _ => spell(&piece.text),
        });
    }
    out.trim().to_owned()
}

/// What stands behind an unverified number: a mark, and what the data has.
fn doubt(words: &Words, piece: &Piece) -> String {
    let data = match piece.data.as_str() {
        "" => words.mark.no_data.clone(),
        value => fill(&words.mark.data, &[("value", value)]),
    };
    format!("\u{a0}? ({data})")
}

/// Whether the odds do not add up.
pub(crate) fn doubts_odds(items: &[CheckItem]) -> bool {
    items.iter().any(|item| item.path == "scenarios" && State::of(item.status) == State::Unverified)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(path: &str, status: CheckStatus, span: Option<(u32, u32)>) -> CheckItem {
        CheckItem {
            path: path.into(),
            status,
            got: "38.0".into(),
            expected: "38".into(),
            reference: "indicators[2026-04-06].rsi14".into(),
            span,
            was: None,
            why: None,
        }
    }

    fn pieces(text: &str, items: &[CheckItem]) -> Vec<Piece> {
        let mut document = crate::sample::weekly();
        document.checks.items = items.to_vec();
        let prose = Prose::of_report(Words::of("en").unwrap(), &document);
        prose.pieces(text, 0..text.len(), "summary")
    }

    fn shown(pieces: &[Piece]) -> Vec<(State, &str)> {
        pieces.iter().map(|piece| (piece.state, piece.text.as_str())).collect()
    }

    #[test]
    fn text_is_cut_at_its_numbers() {
        let text = "RSI14 rose from 38.0 to -47.3 %.";
        let items = [
            item("summary", CheckStatus::Verified, Some((24, 5))),
            item("summary", CheckStatus::Unverified, Some((16, 4))),
            item("observations[0].says", CheckStatus::Verified, Some((0, 4))),
        ];
        assert_eq!(
            shown(&pieces(text, &items)),
            [
                (State::Words, "RSI14 rose from "),
                (State::Unverified, "38.0"),
                (State::Words, " to "),
                (State::Verified, "\u{2212}47.3"),
                (State::Words, "\u{a0}%."),
            ]
        );
    }

    #[test]
    fn spans_that_do_not_fit_are_left_out() {
        let text = "до 38.0";
        let items = [
            // within a character, past the end, overflowing, empty, overlapping the next
            item("summary", CheckStatus::Verified, Some((1, 2))),
            item("summary", CheckStatus::Verified, Some((5, 99))),
            item("summary", CheckStatus::Verified, Some((u32::MAX, u32::MAX))),
            item("summary", CheckStatus::Verified, Some((5, 0))),
            item("summary", CheckStatus::Verified, Some((5, 4))),
            item("summary", CheckStatus::Unverified, Some((6, 2))),
        ];
        assert_eq!(shown(&pieces(text, &items)), [(State::Words, "до "), (State::Verified, "38.0")]);
    }

    #[test]
    fn marks_stay_where_observations_are_named() {
        // the sample's first and third observation are of structure and momentum
        let text = "o1 and o3 offset at 38.0, o1 leads.";
        let items = [item("summary", CheckStatus::Verified, Some((20, 4)))];
        assert_eq!(
            shown(&pieces(text, &items)),
            [
                (State::Words, "Structure and momentum offset at "),
                (State::Verified, "38.0"),
                (State::Words, ", structure leads."),
            ]
        );
    }

    #[test]
    fn right_prices_keep_the_zeros_of_their_tick() {
        // the sample's tick is 0.01
        let shown = |number: &str, expected: &str, reference: &str, status| {
            let length = u32::try_from(number.len()).unwrap();
            let item = CheckItem {
                expected: expected.into(),
                reference: reference.into(),
                ..item("summary", status, Some((0, length)))
            };
            pieces(number, &[item]).remove(0).text
        };
        let verified = CheckStatus::Verified;
        assert_eq!(shown("75,928.1", "75928.1", "forming.c", verified), "75,928.10");
        assert_eq!(shown("60000", "60000", "swings[L1].p", CheckStatus::Repaired), "60,000.00");
        assert_eq!(shown("124,474", "124474", "stats.extremes.hi_all.p", verified), "124,474.00");
        // rounded, wrong, an indicator, a barrier, a volume, of no source
        assert_eq!(shown("75,930", "75928.1", "forming.c", verified), "75,930");
        assert_eq!(shown("75,928.1", "75928.1", "forming.c", CheckStatus::Unverified), "75,928.1");
        for reference in ["indicators[2026-04-20].ema20", "barriers.up", "bars[2026-04-20].v", ""] {
            assert_eq!(shown("77,929", "77929", reference, verified), "77,929");
        }
    }
}

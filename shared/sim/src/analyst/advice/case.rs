//! Both sides, argued from the observations of the reports.

use domain::recommendation::{Argument, Direction};
use domain::report::{Cite, Leans};

use super::words::Words;
use crate::analyst::asked;
use crate::analyst::brief::{Brief, Source};
use crate::analyst::figures::{Figure, Figures};

/// Arguments of a side.
const MOST: usize = 3;

/// What the perpetual contract says to a side: funding above zero is paid by longs, who crowd there, and is an argument
/// against them; how many contracts are open stands beside it.
pub(super) fn of_contract(side: Direction, brief: &Brief, words: Words) -> Option<Argument> {
    let funding = asked::funding(brief)?;
    let against = if funding.value.is_sign_negative() { Direction::Long } else { Direction::Short };
    if side != against || funding.value.is_zero() {
        return None;
    }
    let interest = asked::open_interest(brief);
    let says = words.contract(&funding, interest.as_ref());
    let cites = std::iter::once(&funding).chain(&interest).map(Figure::cite).collect();
    Some(Argument { says, cites })
}

/// The case of a side: observations that lean its way and whose numbers are at hand, of the day first; without any,
/// where its nearest level lies.
pub(super) fn of(side: Direction, sources: &[Source], words: Words) -> Vec<Argument> {
    let leans = if side == Direction::Long { Leans::Bullish } else { Leans::Bearish };
    let mut case: Vec<Argument> =
        sources.iter().rev().flat_map(|source| observed(source, leans)).take(MOST).collect();
    if case.is_empty() {
        case.extend(sources.last().and_then(|day| nearest(side, day, words)));
    }
    case
}

fn observed(source: &Source, leans: Leans) -> impl Iterator<Item = Argument> {
    let numbered = source.report.observations.iter().enumerate();
    numbered
        .filter(move |(i, observation)| {
            let path = format!("observations[{i}]");
            observation.leans == leans
                && observation.cites.iter().all(|cite| is_given(source, &cite.reference))
                && !source.unverified.iter().any(|wrong| wrong.starts_with(&path))
        })
        .map(|(_, observation)| Argument {
            says: observation.says.clone(),
            cites: observation.cites.iter().map(|cite| prefixed(source, cite)).collect(),
        })
}

fn prefixed(source: &Source, cite: &Cite) -> Cite {
    Cite { reference: format!("{}:{}", source.timeframe, cite.reference), value: cite.value }
}

/// Whether an address is one of the rows that were given; parents and tools were not.
fn is_given(source: &Source, reference: &str) -> bool {
    if reference.contains(':') {
        return false;
    }
    let row = |name: &str| reference.strip_prefix(name)?.split_once(']').map(|(t, _)| t);
    let tables = [("bars[", &source.ohlcv.bars), ("indicators[", &source.ohlcv.indicators)];
    tables.iter().all(|(name, table)| {
        row(name).is_none_or(|t| table.rows.iter().any(|r| r.split(',').next() == Some(t)))
    })
}

fn nearest(side: Direction, day: &Source, words: Words) -> Option<Argument> {
    let figures = Figures(&day.ohlcv);
    let kind = if side == Direction::Long { "S" } else { "R" };
    let figure = match figures.zones(kind).next() {
        Some(zone) if side == Direction::Long => zone.high,
        Some(zone) => zone.low,
        None => figures.bar("c", 0)?,
    };
    let says = words.nearest(side, &figure, figures.zones(kind).next().is_some());
    let cite = figure.cite();
    Some(Argument { says, cites: vec![prefixed(day, &cite)] })
}

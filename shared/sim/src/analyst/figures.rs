//! Printed figures of the artifact with their addresses. Prose repeats them as printed.

use domain::number::grouped;
use domain::ohlcv::{Level, Ohlcv, Table};
use domain::report::Cite;
use rust_decimal::Decimal;

/// A figure as the artifact prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) reference: String,
    pub(super) value: Decimal,
    text: String,
}

impl Figure {
    /// `None` for a text that is no number.
    pub(super) fn new(reference: impl Into<String>, text: &str) -> Option<Self> {
        Some(Self { reference: reference.into(), value: decimal(text)?, text: text.to_owned() })
    }

    pub(super) fn cite(&self) -> Cite {
        Cite { reference: self.reference.clone(), value: self.value }
    }

    /// As prose writes it, with thousands commas.
    pub(super) fn shown(&self) -> String {
        grouped(&self.text)
    }
}

/// A printed number.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).ok()
}

/// The artifact, by its newest bars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures<'a>(pub(super) &'a Ohlcv);

impl<'a> Figures<'a> {
    /// A column of the closed bar `back` bars before the last.
    pub(super) fn bar(self, column: &str, back: usize) -> Option<Figure> {
        cell(&self.0.bars, "bars", column, back)
    }

    /// A column of the oldest bar shown.
    pub(super) fn first_bar(self, column: &str) -> Option<Figure> {
        self.bar(column, self.0.bars.rows.len().checked_sub(1)?)
    }

    /// An indicator `back` bars before the last.
    pub(super) fn indicator(self, name: &str, back: usize) -> Option<Figure> {
        cell(&self.0.indicators, "indicators", name, back)
    }

    pub(super) fn forming(self, column: &str) -> Option<Figure> {
        let forming = self.0.forming.as_ref()?;
        let text = match column {
            "o" => &forming.o,
            "h" => &forming.h,
            "l" => &forming.l,
            _ => &forming.c,
        };
        Figure::new(format!("forming.{column}"), text)
    }

    /// Confirmed swings of a kind, `H` or `L`, the newest first.
    pub(super) fn swings(self, kind: &str) -> impl Iterator<Item = Figure> {
        let numbered = self.0.swings.list.iter().filter_map(|swing| Some((number(&swing.id, kind)?, swing)));
        let mut swings: Vec<_> = numbered.collect();
        swings.sort_by_key(|(number, _)| *number);
        swings.into_iter().filter_map(|(_, swing)| Figure::new(format!("swings[{}].p", swing.id), &swing.p))
    }

    /// The unconfirmed swing of a kind, if it is beyond the newest confirmed one: above a high, below a low.
    pub(super) fn pending_beyond(self, kind: &str) -> Option<Figure> {
        let pending = self.0.swings.pending.as_ref().filter(|pending| pending.kind == kind)?;
        let pending = Figure::new("swings.pending.p", &pending.p)?;
        let confirmed = self.swings(kind).next()?.value;
        let beyond = if kind == "H" { pending.value > confirmed } else { pending.value < confirmed };
        beyond.then_some(pending)
    }

    /// Zones of a kind, `S`, `R` or `P`, the nearest first.
    pub(super) fn zones(self, kind: &str) -> impl Iterator<Item = Zone<'a>> {
        let numbered = self.0.levels.iter().filter_map(|level| Some((number(&level.id, kind)?, level)));
        let mut zones: Vec<_> = numbered.collect();
        zones.sort_by_key(|(number, _)| *number);
        zones.into_iter().filter_map(|(_, level)| Zone::new(level))
    }

    pub(super) fn barrier_up(self) -> Option<Figure> {
        self.0.barriers.as_ref().and_then(|barriers| Figure::new("barriers.up", &barriers.up))
    }

    pub(super) fn barrier_down(self) -> Option<Figure> {
        self.0.barriers.as_ref().and_then(|barriers| Figure::new("barriers.down", &barriers.down))
    }

    pub(super) fn last_price(self) -> Option<Decimal> {
        decimal(&self.0.stats.last_price)
    }

    /// ATR14 of the last bar; where it is not printed, by the barriers, which stand 1.5 of it away.
    pub(super) fn atr(self) -> Option<Decimal> {
        let printed = self.indicator("atr14", 0).map(|figure| figure.value);
        printed.or_else(|| {
            let barriers = self.0.barriers.as_ref()?;
            Some((decimal(&barriers.up)? - decimal(&barriers.origin)?) * Decimal::TWO / Decimal::from(3))
        })
    }

    /// Whether an indicator's seed still weighs.
    pub(super) fn warming(self, name: &str) -> bool {
        self.0.data_quality.warming_pct.contains_key(name)
    }
}

/// The number in an id of this kind; 0 where it has none, as `P`.
fn number(id: &str, kind: &str) -> Option<u32> {
    let digits = id.strip_prefix(kind)?;
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

fn cell(table: &Table, name: &str, column: &str, back: usize) -> Option<Figure> {
    let row = table.rows.iter().rev().nth(back)?;
    let t = row.split(',').next()?;
    Figure::new(format!("{name}[{t}].{column}"), table.cell(t, column)?)
}

/// A zone of swings.
#[derive(Debug, Clone)]
pub(super) struct Zone<'a> {
    pub(super) id: &'a str,
    pub(super) low: Figure,
    pub(super) high: Figure,
}

impl<'a> Zone<'a> {
    fn new(level: &'a Level) -> Option<Self> {
        let edge = |name: &str, text: &str| Figure::new(format!("levels[{}].{name}", level.id), text);
        Some(Self { id: &level.id, low: edge("low", &level.low)?, high: edge("high", &level.high)? })
    }

    /// The zone's own address.
    pub(super) fn reference(&self) -> String {
        format!("levels[{}]", self.id)
    }
}

use domain::series::Bar;
use jiff::Timestamp;

use super::dated;
use super::evidence::{bar_id, cited_bars};
use super::head::elapsed;
use super::scope::Scope;
use crate::figures;
use crate::lang::fill;
use crate::text::plain;

/// Closed bars shown.
const SHOWN: usize = 8;
/// Older bars shown because a number was read off them.
const OLDER: usize = 12;

/// The bar in progress, the last closed bars, and older ones that a number leads to; the newest first.
pub(super) struct Candles {
    pub(super) column: &'static str,
    pub(super) about: String,
    pub(super) volume_unit: String,
    pub(super) forming: Option<Row>,
    pub(super) closed: Vec<Row>,
    pub(super) older: Vec<Row>,
}

/// A bar.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) machine: String,
    pub(super) day: String,
    pub(super) day_rest: String,
    pub(super) note: String,
    pub(super) open: String,
    pub(super) high: String,
    pub(super) low: String,
    pub(super) close: String,
    pub(super) change: String,
    pub(super) class: &'static str,
    pub(super) volume: String,
    pub(super) rsi: String,
    pub(super) hist: String,
}

impl Candles {
    /// The ids of all rows.
    pub(super) fn ids(&self) -> Vec<String> {
        self.forming.iter().chain(&self.closed).chain(&self.older).map(|row| row.id.clone()).collect()
    }
}

pub(super) fn candles(scope: &Scope<'_>) -> Candles {
    let (words, series) = (scope.words, scope.reading.series);
    let count = series.bars.len();
    let first = count.saturating_sub(SHOWN);
    let forming = series.forming.as_ref().map(|bar| Row {
        note: elapsed(scope, bar.t),
        id: bar_id("forming"),
        ..row(scope, bar, count, series.bars.last())
    });
    let closed = (first..count).rev().filter_map(|index| closed_row(scope, index)).collect();
    let cited: Vec<Timestamp> =
        cited_bars(scope).iter().filter_map(|label| scope.timeframe().parse_label(label)).collect();
    let older =
        (0..first).rev().filter(|index| series.bars.get(*index).is_some_and(|bar| cited.contains(&bar.t)));
    // their year is no longer the reader's: it stays on a narrow page
    let dated =
        |row: Row| Row { day: format!("{}{}", row.day, row.day_rest), day_rest: String::new(), ..row };
    let older = older.take(OLDER).filter_map(|index| closed_row(scope, index)).map(dated).collect();
    Candles {
        column: &words.frame(scope.timeframe()).column,
        about: about(scope, count - first),
        volume_unit: plain(&series.volume_unit),
        forming,
        closed,
        older,
    }
}

fn about(scope: &Scope<'_>, shown: usize) -> String {
    let (words, quality) = (&scope.words.candles, &scope.reading.ohlcv.data_quality);
    let bars = &scope.words.frame(scope.timeframe()).bars;
    let values =
        [("n", shown.to_string()), ("all", quality.history_bars.to_string()), ("bars", bars.clone())];
    let mut parts = vec![fill(&words.last, &values.each_ref().map(|(name, value)| (*name, value.as_str())))];
    if quality.gaps.is_empty() && quality.flags.is_empty() {
        parts.push(words.clean.clone());
    } else {
        parts.push(fill(&words.gaps, &[("n", &quality.gaps.len().to_string())]));
        parts.push(fill(&words.flags, &[("n", &quality.flags.len().to_string())]));
    }
    parts.join(" · ")
}

fn closed_row(scope: &Scope<'_>, index: usize) -> Option<Row> {
    let bars = &scope.reading.series.bars;
    let before = index.checked_sub(1).and_then(|before| bars.get(before));
    bars.get(index).map(|bar| row(scope, bar, index, before))
}

fn row(scope: &Scope<'_>, bar: &Bar, index: usize, before: Option<&Bar>) -> Row {
    let (timeframe, tick) = (scope.timeframe(), scope.reading.series.tick);
    let label = timeframe.label(bar.t);
    let price = |value| figures::price(value, tick);
    let (change, class) = match before.and_then(|before| figures::change(before.c, bar.c)) {
        Some(change) => (change.text(), change.class()),
        None => ("–".into(), ""),
    };
    let (day, day_rest) = dated::cell(scope, bar.t);
    Row {
        id: bar_id(&label),
        machine: bar.t.to_string(),
        day,
        day_rest,
        note: String::new(),
        open: price(bar.o),
        high: price(bar.h),
        low: price(bar.l),
        close: price(bar.c),
        change,
        class,
        volume: figures::volume(bar.v),
        rsi: indicator(scope, &label, index, "rsi14").map_or("–".into(), |text| figures::printed(&text)),
        hist: indicator(scope, &label, index, "macd_hist")
            .map_or("–".into(), |text| figures::signed(&text)),
    }
}

/// As the artifact prints it; where its table has ended, one decimal of the series.
fn indicator(scope: &Scope<'_>, label: &str, index: usize, name: &str) -> Option<String> {
    if let Some(cell) = scope.reading.ohlcv.indicators.cell(label, name) {
        return Some(plain(cell));
    }
    let value = scope.reading.series.indicators.get(name)?.get(index).copied().flatten()?;
    Some(format!("{value:.1}"))
}

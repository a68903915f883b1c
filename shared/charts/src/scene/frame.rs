//! What all panes share: the bars shown, and where they stand from left to right.

use domain::number::to_f64;
use domain::series::{Bar, SeriesDocument};

use super::numbers::{self, Step};
use super::{Canvas, PlanPrices, Weight};
use crate::template::Resolved;

pub(super) struct Frame<'a> {
    pub(super) doc: &'a SeriesDocument,
    pub(super) settings: &'a Resolved,
    pub(super) canvas: &'a Canvas,
    /// A plan to draw into the price pane.
    pub(super) plan: Option<&'a PlanPrices>,
    /// Closed bars shown, oldest first.
    pub(super) bars: &'a [Bar],
    /// How price-like indicators are printed.
    pub(super) step: Step,
    /// Left edge of the plots.
    pub(super) left: f32,
    /// Right edge of the plots; labels stand beyond.
    pub(super) right: f32,
    /// Distance from bar to bar.
    pub(super) slot: f32,
    first: usize,
}

/// Free slots between the newest bar and the right edge.
const AHEAD: f32 = 1.5;

impl<'a> Frame<'a> {
    pub(super) fn new(
        doc: &'a SeriesDocument,
        settings: &'a Resolved,
        canvas: &'a Canvas,
        plan: Option<&'a PlanPrices>,
    ) -> Self {
        let first = doc.bars.len().saturating_sub(canvas.bars);
        let bars = doc.bars.get(first..).unwrap_or_default();
        let newest = doc.forming.as_ref().or(bars.last());
        let prices = bars.iter().chain(&doc.forming).flat_map(|bar| [bar.h, bar.c]);
        let widest = prices.max().map(|high| numbers::price(high, doc.tick)).unwrap_or_default();
        let column = crate::font::width(&widest, canvas.text, Weight::Bold) + 14.0;
        let step = Step::of(newest.and(bars.last()).or(newest).map_or(0.0, |bar| to_f64(bar.c)), doc.tick);
        let mut frame = Self {
            doc,
            settings,
            canvas,
            plan,
            bars,
            step,
            left: 6.0,
            right: canvas.width,
            slot: 1.0,
            first,
        };
        frame.leave(column.max(56.0));
        frame
    }

    /// Leaves at least `column` pixels for labels at the right.
    pub(super) fn leave(&mut self, column: f32) {
        self.right = self.right.min((self.canvas.width - column).floor());
        let slots = (self.bars.len() + usize::from(self.doc.forming.is_some())) as f32 + AHEAD;
        // few bars stay bars: they do not swell to fill the width
        self.slot = ((self.right - self.left) / slots).min(self.canvas.text * 1.8);
    }

    /// Middle of the bar at `index`; the forming bar comes after the last closed one. On half a pixel, so that
    /// thin lines are sharp.
    pub(super) fn x(&self, index: usize) -> f32 {
        let forming = usize::from(self.doc.forming.is_some());
        let from_right = (self.bars.len() + forming - 1).saturating_sub(index) as f32;
        (self.right - (AHEAD + 0.5 + from_right) * self.slot).floor() + 0.5
    }

    /// Width of a candle's body, an odd number of pixels.
    pub(super) fn body(&self) -> f32 {
        let half = (self.slot * 0.36).floor().max(1.0);
        // a pixel stays free between bodies
        let half = if 2.0 * half + 2.0 > self.slot { half - 1.0 } else { half };
        2.0 * half.max(0.0) + 1.0
    }

    /// Boundary between the bar at `index` and the one before.
    pub(super) fn before(&self, index: usize) -> f32 {
        (self.x(index) - self.slot / 2.0).floor() + 0.5
    }

    /// Values of a series at the bars shown, finite ones only.
    pub(super) fn series(&self, name: &str) -> impl Iterator<Item = Option<f64>> + use<'a> {
        let values = self.doc.indicators.get(name).map(Vec::as_slice).unwrap_or_default();
        let first = self.first;
        let at = move |i: usize| values.get(first + i).copied().flatten().filter(|v| v.is_finite());
        (0..self.bars.len()).map(at)
    }

    /// The series' value at the last closed bar.
    pub(super) fn last(&self, name: &str) -> Option<f64> {
        self.series(name).last().flatten()
    }

    pub(super) fn text(&self) -> f32 {
        self.canvas.text
    }

    /// The bar in progress, else the last closed one.
    pub(super) fn newest(&self) -> Option<&'a Bar> {
        self.doc.forming.as_ref().or(self.bars.last())
    }
}

//! The price pane: candles, what lies over them, the price scale and the labels at its right edge.

use domain::number::to_f64;
use domain::series::Bar;
use rust_decimal::Decimal;

use super::axis::Axis;
use super::candles;
use super::frame::Frame;
use super::labels::{self, Label};
use super::lines;
use super::numbers;
use super::plan;
use super::{Anchor, Dash, Role, Scene, Span, Weight};
use crate::template::{Overlay, Scale};

const DASHED: Dash = Some((5.0, 3.0));
/// Distance between ticks, in sizes of the text.
const APART: f32 = 4.0;

/// The averages of a chart, each with a colour of its own.
pub(super) fn averages(overlays: &[Overlay]) -> Vec<(Overlay, Role)> {
    let own = |overlay: &Overlay| match overlay {
        Overlay::Ema(20) => Some(Role::Ema20),
        Overlay::Ema(50) => Some(Role::Ema50),
        Overlay::Ema(200) => Some(Role::Ema200),
        _ => None,
    };
    let mut free = vec![Role::Ema20, Role::Ema50, Role::Ema200, Role::Extra];
    free.retain(|role| !overlays.iter().any(|overlay| own(overlay) == Some(*role)));
    let mut free = free.into_iter();
    let lines = overlays.iter().filter(|overlay| !matches!(overlay, Overlay::Bollinger));
    lines.filter_map(|overlay| Some((*overlay, own(overlay).or_else(|| free.next())?))).collect()
}

fn name(overlay: Overlay) -> String {
    overlay.series().into_iter().next().unwrap_or_default()
}

/// The scale: all candles with room for their marks, the rest as far as it does not press them together.
pub(super) fn axis(frame: &Frame<'_>, (top, bottom): (f32, f32)) -> Axis {
    let bars = || frame.bars.iter().chain(&frame.doc.forming);
    let lo = bars().map(|bar| bar.l).min().map_or(0.0, to_f64);
    let hi = bars().map(|bar| bar.h).max().map_or(1.0, to_f64);
    // a log scale has no place for 0
    let scale = if lo > 0.0 { frame.settings.scale } else { Scale::Linear };
    let over = frame.settings.overlays.iter().flat_map(|overlay| overlay.series());
    let values: Vec<f64> = over.flat_map(|series| frame.series(&series).flatten()).collect();
    let room = (frame.text() * 1.7).min((bottom - top) / 6.0);
    let share = match scale {
        Scale::Linear if frame.bars.len() < 20 => 1.0,
        Scale::Linear => 0.35,
        // on a log scale a band that nears 0 would take all the height
        Scale::Log => 0.15,
    };
    let (lo, hi) = plan::reach(frame.plan, lo, hi);
    Axis::new(lo, hi, scale, top, bottom).padded(room).widened(values.into_iter(), share).not_negative()
}

/// Bands and grid, which lie under everything.
pub(super) fn ground(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    if frame.settings.overlays.contains(&Overlay::Bollinger) {
        lines::band(scene, frame, "bb_up", "bb_low", axis);
    }
    for tick in axis.ticks(frame.text() * APART) {
        let y = axis.y(tick.value).floor() + 0.5;
        scene.line((frame.left, y), (frame.right, y), Role::Line, 1.0, None);
    }
}

/// Candles and lines.
pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    if frame.settings.overlays.contains(&Overlay::Bollinger) {
        for edge in ["bb_up", "bb_low"] {
            lines::draw(scene, frame, edge, axis, Role::Edge, 1.0, None);
        }
    }
    last_line(scene, frame, axis);
    candles::draw(scene, frame, axis);
    for (overlay, role) in averages(&frame.settings.overlays) {
        let dash = if matches!(role, Role::Ema200 | Role::Extra) { DASHED } else { None };
        lines::draw(scene, frame, &name(overlay), axis, role, 1.8, dash);
    }
    let taken = if frame.plan.is_none() { extremes(scene, frame, axis) } else { Vec::new() };
    forming(scene, frame, axis, &taken);
}

fn last_line(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    let Some(bar) = frame.newest() else { return };
    let y = axis.y(to_f64(bar.c)).floor() + 0.5;
    scene.line((frame.left, y), (frame.right, y), direction(bar), 1.0, Some((1.5, 2.5)));
}

fn direction(bar: &Bar) -> Role {
    if candles::rises(bar) { Role::Up } else { Role::Down }
}

/// Marks the highest and the lowest price shown; returns the right end and the baseline of each mark.
fn extremes(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) -> Vec<(f32, f32)> {
    let bars = || frame.bars.iter().chain(&frame.doc.forming).enumerate();
    // the newest of equals, and none twice
    let high = bars().max_by_key(|(_, bar)| bar.h).map(|(i, bar)| (i, bar.h, true));
    let low = bars().min_by(|(i, a), (j, b)| a.l.cmp(&b.l).then(j.cmp(i))).map(|(i, bar)| (i, bar.l, false));
    let size = frame.text() * 0.96;
    let mut mark = |(index, price, above): (usize, Decimal, bool)| {
        let y = axis.y(to_f64(price));
        let baseline = if above { y - size * 0.55 } else { y + size * 1.25 };
        let text = numbers::price(price, frame.doc.tick);
        let span = Span::new(text, Role::Ink, Weight::Regular);
        let half = span.width(size) / 2.0;
        let x = frame.x(index).min(frame.right - half - 2.0).max(frame.left + half + 2.0);
        scene.text(x, baseline, Anchor::Middle, size, vec![span]);
        (x + half, baseline)
    };
    [high, low].into_iter().flatten().map(&mut mark).collect()
}

/// The line between what is settled and what is not.
fn forming(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis, taken: &[(f32, f32)]) {
    if frame.doc.forming.is_none() {
        return;
    }
    let x = frame.before(frame.bars.len());
    scene.line((x, axis.top), (x, axis.bottom), Role::Edge, 1.0, Some((2.5, 2.5)));
    if frame.canvas.wordy {
        let text = format!("{} \u{25b8}", frame.canvas.language.forming());
        let span = Span::new(text, Role::Ink2, Weight::Regular);
        let size = frame.text() * 0.96;
        let left = x - size * 0.8 - span.width(size);
        let free = |y: &f32| taken.iter().all(|(end, at)| *end < left || (at - y).abs() > size * 1.2);
        // at the foot, unless a price is marked there
        let places = [axis.bottom - size * 0.55, axis.top + size, axis.bottom - size * 2.0];
        if let Some(y) = places.into_iter().find(free) {
            scene.text(x - size * 0.4, y, Anchor::End, size, vec![span]);
        }
    }
}

/// Width the scale's numbers need.
pub(super) fn column(frame: &Frame<'_>, axis: &Axis) -> f32 {
    let texts = axis.ticks(frame.text() * APART).into_iter().map(|t| numbers::fixed(t.value, t.decimals));
    let widths = texts.map(|text| crate::font::width(&text, frame.text(), Weight::Regular));
    widths.fold(0.0, f32::max) + 14.0
}

/// The scale's numbers, the lines' values and the last price.
pub(super) fn right_edge(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    let size = frame.text();
    let mut at_edge = Vec::new();
    // beside the prices of a plan they would be too many
    let lines = averages(&frame.settings.overlays).into_iter().filter(|_| frame.plan.is_none());
    for (overlay, role) in lines {
        if let Some(value) = frame.last(&name(overlay)) {
            let y = axis.y(value);
            // a value off the scale stands in the legend only
            if (axis.top..=axis.bottom).contains(&y) {
                at_edge.push(Label { y, text: frame.step.print(value), role, tag: false });
            }
        }
    }
    at_edge.extend(plan::labels(frame, axis));
    if let Some(bar) = frame.newest() {
        let text = numbers::price(bar.c, frame.doc.tick);
        at_edge.push(Label { y: axis.y(to_f64(bar.c)), text, role: direction(bar), tag: true });
    }
    let taken = labels::draw(scene, at_edge, frame.right, size, (axis.top, axis.bottom));
    for tick in axis.ticks(size * APART) {
        let y = axis.y(tick.value);
        let free = taken.iter().all(|middle| (middle - y).abs() > size * 1.45);
        if free && y > axis.top + size * 0.4 && y < axis.bottom + size * 0.2 {
            let text = numbers::fixed(tick.value, tick.decimals);
            let span = Span::new(text, Role::Ink3, Weight::Regular);
            scene.text(scene.width - 6.0, y + size * 0.36, Anchor::End, size, vec![span]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_average_has_a_colour_of_its_own() {
        let overlays = [Overlay::Sma(50), Overlay::Ema(20), Overlay::Bollinger, Overlay::Sma(100)];
        assert_eq!(
            averages(&overlays),
            [
                (Overlay::Sma(50), Role::Ema50),
                (Overlay::Ema(20), Role::Ema20),
                (Overlay::Sma(100), Role::Ema200)
            ]
        );
    }
}

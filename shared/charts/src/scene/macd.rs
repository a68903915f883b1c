//! MACD 12, 26, 9: line, signal and histogram about zero.

use super::axis::Axis;
use super::candles;
use super::frame::Frame;
use super::layout::Slot;
use super::lines;
use super::numbers;
use super::{Anchor, Role, Scene, Span, Weight};
use crate::template::Scale;

const SERIES: [&str; 3] = ["macd", "macd_signal", "macd_hist"];

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let values: Vec<f64> = SERIES.iter().flat_map(|name| frame.series(name).flatten()).collect();
    let hi = values.iter().copied().fold(0.0, f64::max);
    let lo = values.iter().copied().fold(0.0, f64::min);
    let axis = Axis::new(lo, hi, Scale::Linear, slot.top, slot.bottom).padded(2.0);
    let zero = axis.y(0.0).floor() + 0.5;
    for up in [true, false] {
        let side = frame.series("macd_hist").enumerate().filter_map(|(i, v)| Some((i, v?)));
        for (index, value) in side.filter(|(_, value)| (*value >= 0.0) == up) {
            candles::column(scene, frame, index, axis.y(value), zero, up);
        }
    }
    scene.line((frame.left, zero), (frame.right, zero), Role::Edge, 1.0, None);
    lines::draw(scene, frame, "macd_signal", &axis, Role::Ink3, 1.5, Some((3.0, 2.5)));
    lines::draw(scene, frame, "macd", &axis, Role::Ink, 1.6, None);

    let size = frame.text();
    let mut spans = vec![Span::new("MACD 12 26 9", Role::Ink, Weight::Bold)];
    let mut add = |text: String| spans.push(Span::new(text, Role::Ink2, Weight::Regular).after(size));
    if let Some(macd) = frame.last("macd") {
        add(frame.step.print(macd));
    }
    if let Some(signal) = frame.last("macd_signal").filter(|_| frame.canvas.wordy) {
        add(format!("signal {}", frame.step.print(signal)));
    }
    if let Some(hist) = frame.last("macd_hist") {
        add(format!("hist {}", numbers::signed(hist, frame.step)));
    }
    scene.text(frame.left + 3.0, slot.name, Anchor::Start, size, spans);
    let span = Span::new("0", Role::Ink3, Weight::Regular);
    scene.text(scene.width - 6.0, zero + size * 0.36, Anchor::End, size, vec![span]);
}

//! Traded amount, base currency.

use domain::number::to_f64;

use super::axis::Axis;
use super::candles;
use super::frame::Frame;
use super::layout::Slot;
use super::numbers;
use super::{Anchor, Role, Scene, Span, Weight};
use crate::template::Scale;

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let size = frame.text();
    let all = || frame.bars.iter().chain(&frame.doc.forming);
    let most = all().map(|bar| bar.v).max().map_or(0.0, to_f64);
    let axis = Axis::new(0.0, most.max(1e-9), Scale::Linear, slot.top, slot.bottom);
    let base = slot.bottom.floor() + 0.5;
    for up in [true, false] {
        for (index, bar) in frame.bars.iter().enumerate().filter(|(_, bar)| candles::rises(bar) == up) {
            candles::column(scene, frame, index, axis.y(to_f64(bar.v)), base, up);
        }
    }
    if let Some(bar) = &frame.doc.forming {
        candles::forming_column(scene, frame, axis.y(to_f64(bar.v)), base, candles::rises(bar));
    }
    scene.line((frame.left, base), (frame.right, base), Role::Edge, 1.0, None);

    let title = format!("{}, {}", frame.canvas.language.volume(), frame.doc.volume_unit);
    let mut spans = vec![Span::new(title, Role::Ink2, Weight::Bold)];
    if let Some(bar) = frame.bars.last() {
        let value = numbers::short(to_f64(bar.v));
        spans.push(Span::new(value, Role::Ink2, Weight::Regular).after(size));
    }
    scene.text(frame.left + 3.0, slot.name, Anchor::Start, size, spans);
    let most = Span::new(numbers::short(most), Role::Ink3, Weight::Regular);
    scene.text(scene.width - 6.0, slot.top + size * 0.6, Anchor::End, size, vec![most]);
}

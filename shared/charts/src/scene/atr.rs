//! ATR 14, the size of a usual bar, quote currency.

use super::axis::Axis;
use super::frame::Frame;
use super::layout::Slot;
use super::lines;
use super::{Anchor, Role, Scene, Span, Weight};
use crate::template::Scale;

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let size = frame.text();
    let most = frame.series("atr14").flatten().fold(0.0, f64::max);
    let axis = Axis::new(0.0, most.max(1e-12), Scale::Linear, slot.top, slot.bottom);
    let base = slot.bottom.floor() + 0.5;
    scene.line((frame.left, base), (frame.right, base), Role::Edge, 1.0, None);
    lines::draw(scene, frame, "atr14", &axis, Role::Ink, 1.6, None);

    let mut spans = vec![Span::new(format!("ATR 14, {}", frame.doc.price_unit), Role::Ink, Weight::Bold)];
    if let Some(last) = frame.last("atr14") {
        spans.push(Span::new(frame.step.print(last), Role::Ink2, Weight::Regular).after(size));
        let most = Span::new(frame.step.print(most), Role::Ink3, Weight::Regular);
        scene.text(scene.width - 6.0, slot.top + size * 0.6, Anchor::End, size, vec![most]);
    }
    scene.text(frame.left + 3.0, slot.name, Anchor::Start, size, spans);
}

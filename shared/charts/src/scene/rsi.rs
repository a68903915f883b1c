//! RSI 14 with the band from 30 to 70.

use super::axis::Axis;
use super::frame::Frame;
use super::layout::Slot;
use super::lines;
use super::numbers;
use super::{Anchor, Role, Scene, Span, Weight};
use crate::template::Scale;

fn axis(frame: &Frame<'_>, slot: Slot) -> Axis {
    // 20 to 80 unless the line needs more, so that the shape is seen
    let values = frame.series("rsi14").flatten();
    Axis::new(20.0, 80.0, Scale::Linear, slot.top, slot.bottom).widened(values, 1.0)
}

/// The band, which lies under the grid.
pub(super) fn ground(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let axis = axis(frame, slot);
    let (upper, lower) = (axis.y(70.0).floor() + 0.5, axis.y(30.0).floor() + 0.5);
    scene.fill(frame.left, upper, frame.right - frame.left, lower - upper, Role::Band);
}

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let size = frame.text();
    let axis = axis(frame, slot);
    for y in [axis.y(70.0).floor() + 0.5, axis.y(30.0).floor() + 0.5] {
        scene.line((frame.left, y), (frame.right, y), Role::Line, 1.0, None);
    }
    let middle = axis.y(50.0).floor() + 0.5;
    scene.line((frame.left, middle), (frame.right, middle), Role::Line, 1.0, Some((4.0, 4.0)));
    lines::draw(scene, frame, "rsi14", &axis, Role::Ink, 1.6, None);

    let last = frame.last("rsi14");
    let mut spans = vec![Span::new("RSI 14", Role::Ink, Weight::Bold)];
    if let Some(last) = last {
        spans.push(Span::new(numbers::fixed(last, 1), Role::Ink2, Weight::Regular).after(size));
    }
    scene.text(frame.left + 3.0, slot.name, Anchor::Start, size, spans);
    bounded(scene, size, &axis, &[70.0, 30.0], last);
}

/// The last value in bold at the right edge, and those of the bounds that leave it room.
pub(super) fn bounded(scene: &mut Scene, size: f32, axis: &Axis, bounds: &[f64], last: Option<f64>) {
    let (right, middle) = (scene.width - 6.0, |y: f32| y + size * 0.36);
    let at = last.map(|value| axis.y(value));
    for bound in bounds {
        let y = axis.y(*bound);
        if at.is_none_or(|at| (at - y).abs() > size * 1.2) {
            let span = Span::new(numbers::fixed(*bound, 0), Role::Ink3, Weight::Regular);
            scene.text(right, middle(y), Anchor::End, size, vec![span]);
        }
    }
    if let (Some(value), Some(at)) = (last, at) {
        let span = Span::new(numbers::fixed(value, 1), Role::Ink, Weight::Bold);
        scene.text(right, middle(at), Anchor::End, size, vec![span]);
    }
}

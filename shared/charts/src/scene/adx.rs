//! ADX 14, the strength of a trend, with +DI and -DI, its direction.

use super::axis::Axis;
use super::frame::Frame;
use super::layout::Slot;
use super::lines;
use super::numbers;
use super::rsi::bounded;
use super::{Anchor, Role, Scene, Span, Weight};
use crate::template::Scale;

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, slot: Slot) {
    let values: Vec<f64> =
        ["adx14", "pdi14", "mdi14"].iter().flat_map(|name| frame.series(name).flatten()).collect();
    let axis = Axis::new(0.0, 40.0, Scale::Linear, slot.top, slot.bottom).widened(values.into_iter(), 1.5);
    for (bound, dash) in [(0.0, None), (25.0, Some((4.0, 4.0)))] {
        let y = axis.y(bound).floor() + 0.5;
        scene.line((frame.left, y), (frame.right, y), Role::Line, 1.0, dash);
    }
    lines::draw(scene, frame, "pdi14", &axis, Role::Up, 1.3, None);
    // dashed: the two are told apart without their hue
    lines::draw(scene, frame, "mdi14", &axis, Role::Down, 1.3, Some((4.0, 2.5)));
    lines::draw(scene, frame, "adx14", &axis, Role::Ink, 1.8, None);

    let size = frame.text();
    let mut spans = vec![Span::new("ADX 14", Role::Ink, Weight::Bold)];
    let mut add = |name: &str, value: Option<f64>, role: Role, weight: Weight| {
        if let Some(value) = value {
            let text = format!("{name}{}", numbers::fixed(value, 1));
            spans.push(Span::new(text, role, weight).after(size));
        }
    };
    add("", frame.last("adx14"), Role::Ink2, Weight::Regular);
    add("+DI (solid) ", frame.last("pdi14"), Role::Up, Weight::Bold);
    add("\u{2212}DI (dashed) ", frame.last("mdi14"), Role::Down, Weight::Bold);
    scene.text(frame.left + 3.0, slot.name, Anchor::Start, size, spans);
    bounded(scene, size, &axis, &[25.0, 0.0], frame.last("adx14"));
}

//! Candles: a rise is hollow, a fall filled, the bar in progress dashed.

use domain::number::to_f64;
use domain::series::Bar;

use super::axis::Axis;
use super::frame::Frame;
use super::{Dash, Paint, Role, Scene, Shape};

const FORMING: Dash = Some((2.5, 2.0));

/// Whether the bar closed at or over its open.
pub(super) fn rises(bar: &Bar) -> bool {
    bar.c >= bar.o
}

pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    // grouped by colour, so that an SVG holds a path a group
    for up in [true, false] {
        let bars = || frame.bars.iter().enumerate().filter(move |(_, bar)| rises(bar) == up);
        let role = if up { Role::Up } else { Role::Down };
        for (index, bar) in bars() {
            wicks(scene, frame.x(index), bar, axis, role, None);
        }
        for (index, bar) in bars() {
            let (top, height) = body(bar, axis);
            let half = (frame.body() / 2.0).floor();
            if up {
                outline(scene, frame.x(index) - half, top, 2.0 * half, height, role, None);
            } else {
                let (y, h) = ((top - 0.5), height + 1.0);
                scene.fill(frame.x(index) - half - 0.5, y, 2.0 * half + 1.0, h, role);
            }
        }
    }
    if let Some(bar) = &frame.doc.forming {
        let role = if rises(bar) { Role::Up } else { Role::Down };
        let x = frame.x(frame.bars.len());
        let half = (frame.body() / 2.0).floor();
        wicks(scene, x, bar, axis, role, FORMING);
        let (top, height) = body(bar, axis);
        outline(scene, x - half, top, 2.0 * half, height, role, FORMING);
    }
}

/// Upper edge and height of a body, on half pixels.
fn body(bar: &Bar, axis: &Axis) -> (f32, f32) {
    let (open, close) = (axis.y(to_f64(bar.o)), axis.y(to_f64(bar.c)));
    let top = open.min(close).floor() + 0.5;
    (top, (open.max(close).floor() + 0.5 - top).max(0.0))
}

fn wicks(scene: &mut Scene, x: f32, bar: &Bar, axis: &Axis, role: Role, dash: Dash) {
    let (top, height) = body(bar, axis);
    let (high, low) = (axis.y(to_f64(bar.h)), axis.y(to_f64(bar.l)));
    if high < top {
        scene.line((x, high), (x, top), role, 1.0, dash);
    }
    if low > top + height {
        scene.line((x, top + height), (x, low), role, 1.0, dash);
    }
}

/// A hollow box; one without height is a line.
pub(super) fn outline(scene: &mut Scene, x: f32, y: f32, w: f32, h: f32, role: Role, dash: Dash) {
    let paint = Paint::Stroke { width: 1.0, dash };
    if h < 0.5 || w < 0.5 {
        scene.line((x - 0.5, y), (x + w + 0.5, y), role, 1.0, dash);
    } else {
        scene.shape(Shape::Rect { x, y, w, h }, role, paint);
    }
}

/// A column from the base line `base` to `y`, hollow or filled, between the half pixels around `x`.
pub(super) fn column(scene: &mut Scene, frame: &Frame<'_>, index: usize, y: f32, base: f32, up: bool) {
    let half = ((frame.body() - 1.0) / 2.0).floor();
    let (x, top) = (frame.x(index), y.min(base).floor() + 0.5);
    let height = (y.max(base).floor() + 0.5 - top).max(0.0);
    if up {
        outline(scene, x - half, top, 2.0 * half, height, Role::UpSoft, None);
    } else {
        scene.fill(x - half - 0.5, top - 0.5, 2.0 * half + 1.0, height + 1.0, Role::DownSoft);
    }
}

/// The bar in progress of a pane of columns.
pub(super) fn forming_column(scene: &mut Scene, frame: &Frame<'_>, y: f32, base: f32, up: bool) {
    let half = ((frame.body() - 1.0) / 2.0).floor();
    let x = frame.x(frame.bars.len());
    let top = y.floor() + 0.5;
    let role = if up { Role::Up } else { Role::Down };
    outline(scene, x - half, top, 2.0 * half, (base - top).max(0.0), role, FORMING);
}

//! Lines through values, cut at the edges of their plot.

use super::axis::Axis;
use super::frame::Frame;
use super::{Dash, Paint, Point, Role, Scene, Shape};

/// Runs of neighbouring values as points.
pub(super) fn runs(frame: &Frame<'_>, name: &str, axis: &Axis) -> Vec<Vec<Point>> {
    let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
    for (index, value) in frame.series(name).enumerate() {
        match value {
            Some(value) => {
                if let Some(run) = runs.last_mut() {
                    run.push((frame.x(index), axis.y(value)));
                }
            }
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Draws the series `name` within the plot of `axis`.
pub(super) fn draw(
    scene: &mut Scene,
    frame: &Frame<'_>,
    name: &str,
    axis: &Axis,
    role: Role,
    width: f32,
    dash: Dash,
) {
    for run in runs(frame, name, axis) {
        for part in clipped(&run, axis.top, axis.bottom) {
            scene.polyline(part, role, width, dash);
        }
    }
}

/// Draws the area between two series within the plot of `axis`, and its edges.
pub(super) fn band(scene: &mut Scene, frame: &Frame<'_>, upper: &str, lower: &str, axis: &Axis) {
    let uppers = runs(frame, upper, axis);
    let lowers = runs(frame, lower, axis);
    for (up, low) in uppers.iter().zip(&lowers) {
        let clamp = |&(x, y): &Point| (x, y.clamp(axis.top, axis.bottom));
        let points: Vec<Point> = up.iter().map(clamp).chain(low.iter().rev().map(clamp)).collect();
        if points.len() > 2 {
            scene.shape(Shape::Area(points), Role::Band, Paint::Fill);
        }
    }
}

/// The parts of a line between two heights.
pub(super) fn clipped(points: &[Point], top: f32, bottom: f32) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let mut part: Vec<Point> = Vec::new();
    for pair in points.windows(2) {
        let &[from, to] = pair else { continue };
        let Some((a, b)) = segment(from, to, top, bottom) else {
            parts.push(std::mem::take(&mut part));
            continue;
        };
        if part.last() != Some(&a) {
            parts.push(std::mem::replace(&mut part, vec![a]));
        }
        part.push(b);
    }
    parts.push(part);
    parts.retain(|part| part.len() > 1);
    parts
}

fn segment(from: Point, to: Point, top: f32, bottom: f32) -> Option<(Point, Point)> {
    let outside = |y: f32| y < top || y > bottom;
    if (from.1 < top && to.1 < top) || (from.1 > bottom && to.1 > bottom) {
        return None;
    }
    let cut = |p: Point| {
        if !outside(p.1) {
            return p;
        }
        let edge = p.1.clamp(top, bottom);
        (from.0 + (to.0 - from.0) * (edge - from.1) / (to.1 - from.1), edge)
    };
    Some((cut(from), cut(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_it_leaves_the_plot() {
        let line = [(0.0, 5.0), (10.0, 15.0), (20.0, 5.0)];
        assert_eq!(
            clipped(&line, 0.0, 10.0),
            [vec![(0.0, 5.0), (5.0, 10.0)], vec![(15.0, 10.0), (20.0, 5.0)]]
        );
        assert_eq!(clipped(&[(0.0, -5.0), (10.0, 15.0)], 0.0, 10.0), [[(2.5, 0.0), (7.5, 10.0)]]);
        assert!(clipped(&[(0.0, 12.0), (10.0, 15.0)], 0.0, 10.0).is_empty());
    }
}

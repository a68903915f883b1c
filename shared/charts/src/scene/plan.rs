//! A plan in the price pane: its entry zone, its stop and its targets.

use domain::number::to_f64;
use rust_decimal::Decimal;

use super::axis::Axis;
use super::frame::Frame;
use super::labels::Label;
use super::numbers;
use super::{Anchor, Dash, Role, Scene, Span, Weight};

const DASHED: Dash = Some((5.0, 3.0));

/// The prices of a plan, in the quote currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPrices {
    /// Whether it buys first.
    pub is_long: bool,
    /// Lower edge of the entry zone.
    pub entry_low: Decimal,
    /// Upper edge of the entry zone.
    pub entry_high: Decimal,
    /// Where it is given up.
    pub stop: Decimal,
    /// Where it is closed, the nearest first.
    pub targets: Vec<Decimal>,
}

impl PlanPrices {
    fn role(&self) -> Role {
        if self.is_long { Role::Up } else { Role::Down }
    }

    /// Stop and targets: the price, its name, its colour.
    fn lines<'a>(&'a self, frame: &'a Frame<'_>) -> impl Iterator<Item = (Decimal, String, Role)> + 'a {
        let words = frame.canvas.language;
        let stop = (self.stop, words.stop().to_owned(), self.role());
        let target = move |(index, price): (usize, &Decimal)| (*price, words.target(index + 1), Role::Ink);
        std::iter::once(stop).chain(self.targets.iter().enumerate().map(target))
    }
}

/// A price this many times the candles' range away from them is left out: it would press them flat.
const FARTHEST: f64 = 1.5;

/// The range from `lo` to `hi` widened to hold what the plan has near it.
pub(super) fn reach(plan: Option<&PlanPrices>, lo: f64, hi: f64) -> (f64, f64) {
    let Some(plan) = plan else { return (lo, hi) };
    let room = (hi - lo) * FARTHEST;
    let edges = [plan.entry_low, plan.entry_high, plan.stop];
    let prices = edges.iter().chain(&plan.targets).map(|price| to_f64(*price));
    let near = prices.filter(|price| (lo - room..=hi + room).contains(price));
    near.fold((lo, hi), |(lo, hi), price| (lo.min(price), hi.max(price)))
}

/// The entry zone, which lies under everything.
pub(super) fn ground(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    let Some(plan) = frame.plan else { return };
    let height = |price: Decimal| axis.y(to_f64(price)).clamp(axis.top, axis.bottom);
    let (top, foot) = (height(plan.entry_high), height(plan.entry_low));
    if foot > top {
        let role = if plan.is_long { Role::UpZone } else { Role::DownZone };
        scene.fill(frame.left, top, frame.right - frame.left, foot - top, role);
    }
}

/// Stop and targets as lines, named at their left end.
pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>, axis: &Axis) {
    let Some(plan) = frame.plan else { return };
    let size = frame.text() * 0.96;
    let mut taken: Vec<f32> = Vec::new();
    for (price, name, role) in plan.lines(frame) {
        let y = axis.y(to_f64(price)).floor() + 0.5;
        if !(axis.top..=axis.bottom).contains(&y) {
            continue;
        }
        scene.line((frame.left, y), (frame.right, y), role, 1.5, DASHED);
        let is_free = |baseline: &f32| {
            *baseline > axis.top + size * 0.8
                && *baseline < axis.bottom
                && taken.iter().all(|other| (other - baseline).abs() > size * 1.1)
        };
        if let Some(baseline) = [y - size * 0.4, y + size * 1.15].into_iter().find(is_free) {
            let span = Span::new(name, role, Weight::Bold);
            scene.text(frame.left + 3.0, baseline, Anchor::Start, size, vec![span]);
            taken.push(baseline);
        }
    }
}

/// The prices of stop and targets at the right edge.
pub(super) fn labels(frame: &Frame<'_>, axis: &Axis) -> Vec<Label> {
    let Some(plan) = frame.plan else { return Vec::new() };
    let label = |(price, _, role): (Decimal, String, Role)| {
        let y = axis.y(to_f64(price));
        let text = numbers::price(price, frame.doc.tick);
        (axis.top..=axis.bottom).contains(&y).then_some(Label { y, text, role, tag: false })
    };
    plan.lines(frame).filter_map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(stop: i64, targets: &[i64]) -> PlanPrices {
        PlanPrices {
            is_long: true,
            entry_low: Decimal::from(100),
            entry_high: Decimal::from(110),
            stop: Decimal::from(stop),
            targets: targets.iter().copied().map(Decimal::from).collect(),
        }
    }

    #[test]
    fn the_scale_reaches_what_is_near() {
        assert_eq!(reach(None, 90.0, 130.0), (90.0, 130.0));
        // 40 of range: prices from 30 to 190 are near
        assert_eq!(reach(Some(&plan(80, &[150, 190])), 90.0, 130.0), (80.0, 190.0));
        assert_eq!(reach(Some(&plan(20, &[150, 500])), 90.0, 130.0), (90.0, 150.0));
    }
}

//! Labels at the right edge, kept apart.

use super::{Anchor, Role, Scene, Span, Weight};

/// A value at the right edge of a plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// Height of what it names, pixels.
    pub(super) y: f32,
    pub(super) text: String,
    pub(super) role: Role,
    /// Whether it stands on a tag in its colour.
    pub(super) tag: bool,
}

/// The middles nearest to `wanted` (ascending) that are `height` apart and within `top..bottom`.
///
/// Pool adjacent violators: touching labels form a block whose middle is the mean of what they wanted.
pub(super) fn spread(wanted: &[f32], height: f32, top: f32, bottom: f32) -> Vec<f32> {
    struct Block {
        start: f32,
        count: usize,
    }
    let span = |count: usize| height * count.saturating_sub(1) as f32;
    let fit = |start: f32, count: usize| {
        let lowest = bottom - height / 2.0 - span(count);
        start.min(lowest).max(top + height / 2.0)
    };
    let mut blocks: Vec<Block> = Vec::new();
    for want in wanted {
        let mut block = Block { start: fit(*want, 1), count: 1 };
        while let Some(last) = blocks.pop_if(|last| last.start + height * last.count as f32 > block.start) {
            let count = last.count + block.count;
            let own = block.start - height * last.count as f32;
            let mean = (last.start * last.count as f32 + own * block.count as f32) / count as f32;
            block = Block { start: fit(mean, count), count };
        }
        blocks.push(block);
    }
    blocks.iter().flat_map(|b| (0..b.count).map(move |i| b.start + height * i as f32)).collect()
}

/// Draws `labels` and returns their middles.
pub(super) fn draw(
    scene: &mut Scene,
    mut labels: Vec<Label>,
    edge: f32,
    size: f32,
    (top, bottom): (f32, f32),
) -> Vec<f32> {
    labels.sort_by(|a, b| a.y.total_cmp(&b.y));
    let height = (size * 1.62).round();
    let wanted: Vec<f32> = labels.iter().map(|label| label.y).collect();
    let middles = spread(&wanted, height, top, bottom);
    for (label, middle) in labels.into_iter().zip(&middles) {
        let right = scene.width - 6.0;
        let role = if label.tag {
            let top = (middle - height / 2.0).round();
            scene.fill(edge + 1.0, top, scene.width - 1.0 - (edge + 1.0), height, label.role);
            Role::Ground
        } else {
            label.role
        };
        let span = Span::new(label.text, role, Weight::Bold);
        scene.text(right, middle + size * 0.36, Anchor::End, size, vec![span]);
    }
    middles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_apart_stay_where_they_are() {
        assert_eq!(spread(&[20.0, 60.0], 20.0, 0.0, 100.0), [20.0, 60.0]);
    }

    #[test]
    fn touching_labels_share_the_way() {
        // two labels on one point move half a height each
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
        // 30, 36 want a block of mean start (30 + 16) / 2 = 23; 60 is free
        assert_eq!(spread(&[30.0, 36.0, 70.0], 20.0, 0.0, 100.0), [23.0, 43.0, 70.0]);
    }

    #[test]
    fn a_block_at_the_edge_stays_inside() {
        assert_eq!(spread(&[-50.0, 0.0, 3.0], 20.0, 0.0, 100.0), [10.0, 30.0, 50.0]);
        assert_eq!(spread(&[99.0, 100.0], 20.0, 0.0, 100.0), [70.0, 90.0]);
    }

    #[test]
    fn no_two_labels_overlap() {
        let mut state = 7_u32;
        for _ in 0..2_000 {
            let mut wanted: Vec<f32> = (0..6)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as f32
                })
                .collect();
            wanted.sort_by(f32::total_cmp);
            let got = spread(&wanted, 21.0, 0.0, 300.0);
            // a thousandth of a pixel for the floats
            assert!(got.windows(2).all(|w| w[1] - w[0] >= 21.0 - 1e-3), "{wanted:?} {got:?}");
            assert!(got[0] >= 10.499 && got[5] <= 289.501, "{wanted:?} {got:?}");
        }
    }
}

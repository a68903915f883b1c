//! How the height is shared among the panes.

use crate::template::Pane;

/// A pane's plot and the baseline of its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    pub(super) name: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// Where everything stands, from the top.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) price: (f32, f32),
    pub(super) panes: Vec<(Pane, Slot)>,
    /// Baseline of the dates.
    pub(super) dates: f32,
    /// End of the vertical grid.
    pub(super) bottom: f32,
}

fn weight(pane: Pane) -> f32 {
    match pane {
        Pane::Volume => 0.68,
        Pane::Rsi => 0.85,
        Pane::Macd | Pane::Adx => 1.0,
        Pane::Atr => 0.75,
    }
}

/// Weight of the price pane.
const PRICE: f32 = 3.5;

/// Shares what is left under the header's lower edge `top`.
pub(super) fn share(top: f32, height: f32, text: f32, panes: &[Pane]) -> Layout {
    let name = (text * 1.9).round();
    let bottom = height - (text * 2.1).round();
    let free = (bottom - top - name * panes.len() as f32).max(10.0);
    let unit = free / (PRICE + panes.iter().map(|pane| weight(*pane)).sum::<f32>());
    let mut at = (top + unit * PRICE).round();
    let price = (top, at);
    let mut slots = Vec::with_capacity(panes.len());
    for pane in panes {
        let top = at + name;
        let bottom = (top + unit * weight(*pane)).round();
        slots.push((*pane, Slot { name: at + (text * 1.25).round(), top, bottom }));
        at = bottom;
    }
    Layout { price, panes: slots, dates: bottom + (text * 1.55).round(), bottom: at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_follow_each_other_within_the_height() {
        let layout = share(62.0, 720.0, 13.0, &[Pane::Volume, Pane::Rsi, Pane::Macd]);
        let mut above = layout.price.1;
        for (_, slot) in &layout.panes {
            assert!(above < slot.name && slot.name < slot.top && slot.top < slot.bottom);
            above = slot.bottom;
        }
        assert!(above < layout.dates && layout.dates < 720.0);
        assert!(layout.price.1 - layout.price.0 > 300.0);
    }
}

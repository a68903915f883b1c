//! The file as it is written, and the checks that a schema cannot make.

use std::collections::BTreeMap;

use domain::Timeframe;
use serde::Deserialize;

use super::{Overlay, Pane, Resolved, Scale, Theme};

/// A template file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) title: String,
    #[serde(default = "bars")]
    bars: usize,
    #[serde(default = "width")]
    width: u32,
    #[serde(default = "height")]
    height: u32,
    #[serde(default)]
    theme: Theme,
    #[serde(default)]
    scale: Scale,
    overlays: Vec<Overlay>,
    panes: Vec<Pane>,
    #[serde(default)]
    pub(super) timeframe: BTreeMap<Timeframe, Patch>,
}

/// What differs on one timeframe.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    bars: Option<usize>,
    width: Option<u32>,
    height: Option<u32>,
    theme: Option<Theme>,
    scale: Option<Scale>,
    overlays: Option<Vec<Overlay>>,
    panes: Option<Vec<Pane>>,
}

fn bars() -> usize {
    104
}

fn width() -> u32 {
    1280
}

fn height() -> u32 {
    720
}

impl File {
    pub(super) fn base(&self) -> Resolved {
        Resolved {
            bars: self.bars,
            width: self.width,
            height: self.height,
            theme: self.theme,
            scale: self.scale,
            overlays: self.overlays.clone(),
            panes: self.panes.clone(),
        }
    }
}

impl Patch {
    pub(super) fn over(&self, base: &Resolved) -> Resolved {
        Resolved {
            bars: self.bars.unwrap_or(base.bars),
            width: self.width.unwrap_or(base.width),
            height: self.height.unwrap_or(base.height),
            theme: self.theme.unwrap_or(base.theme),
            scale: self.scale.unwrap_or(base.scale),
            overlays: self.overlays.clone().unwrap_or_else(|| base.overlays.clone()),
            panes: self.panes.clone().unwrap_or_else(|| base.panes.clone()),
        }
    }
}

/// The first field that is out of range, and why.
pub(super) fn fault(settings: &Resolved) -> Option<(&'static str, String)> {
    let Resolved { bars, width, height, overlays, panes, .. } = settings;
    if !(10..=300).contains(bars) {
        return Some(("bars", format!("{bars} is not within 10 to 300")));
    }
    if !super::WIDTH.contains(width) {
        return Some(("width", format!("{width} is not within 400 to 2048 pixels")));
    }
    if !super::HEIGHT.contains(height) {
        return Some(("height", format!("{height} is not within 300 to 1920 pixels")));
    }
    let averages = overlays.iter().filter(|o| !matches!(o, Overlay::Bollinger)).count();
    if averages > 4 {
        return Some(("overlays", format!("{averages} averages cannot be told apart; name at most 4")));
    }
    if let Some(twice) = repeated(overlays) {
        return Some(("overlays", format!("`{twice}` stands twice")));
    }
    if panes.len() > 4 {
        return Some(("panes", format!("{} panes leave no room for price; name at most 4", panes.len())));
    }
    repeated(panes).map(|twice| ("panes", format!("`{twice}` stands twice")))
}

fn repeated<T: PartialEq>(items: &[T]) -> Option<&T> {
    items.iter().enumerate().find(|(index, item)| items[..*index].contains(item)).map(|(_, item)| item)
}

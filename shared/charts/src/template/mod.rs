//! Chart templates: which indicators, panes, size and scale, by timeframe. A template is a TOML file whose stem
//! is its name; its id is the hash of its bytes.

mod file;
mod indicator;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use domain::{ContentId, Timeframe};
use serde::Deserialize;

pub use indicator::{Overlay, OverlayError, Pane};

/// Widths a picture may have, pixels.
pub const WIDTH: RangeInclusive<u32> = 400..=2048;
/// Heights a picture may have, pixels.
pub const HEIGHT: RangeInclusive<u32> = 300..=1920;

/// Colours of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on near-black.
    Dark,
}

/// How prices are spread over the height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Equal distances are equal amounts.
    #[default]
    Linear,
    /// Equal distances are equal ratios.
    Log,
}

/// Why a template cannot be used. Each names the file and the field to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The file's stem cannot become part of a step's name.
    #[error(
        "chart template `{name}`: a name is 1 to 40 of a-z 0-9 _ -, starting with a letter; rename the file"
    )]
    Name {
        /// The stem, without control characters.
        name: String,
    },
    /// The text is no TOML, or a field is unknown, missing or of the wrong kind.
    #[error("chart template {name}.toml, line {line}, field `{field}`: {why}")]
    Syntax {
        /// The file's stem.
        name: String,
        /// 1-based; 0 where the fault is the file as a whole.
        line: usize,
        /// The key on that line, or empty.
        field: String,
        /// What the parser says.
        why: String,
    },
    /// A value is out of range.
    #[error("chart template {name}.toml, field `{field}`: {why}")]
    Range {
        /// The file's stem.
        name: String,
        /// The field's path, `timeframe.1M.bars`.
        field: String,
        /// The value and what is allowed.
        why: String,
    },
}

/// A template, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    name: String,
    title: String,
    id: ContentId,
    base: Resolved,
    by_timeframe: BTreeMap<Timeframe, Resolved>,
}

/// A template as it stands for one timeframe.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Closed bars shown at most; the forming bar comes on top.
    pub bars: usize,
    /// Width of the picture, pixels.
    pub width: u32,
    /// Height of the picture, pixels.
    pub height: u32,
    /// Colours.
    pub theme: Theme,
    /// Scale of the price pane.
    pub scale: Scale,
    /// What is drawn over the candles, in this order.
    pub overlays: Vec<Overlay>,
    /// Panes below the candles, from the top.
    pub panes: Vec<Pane>,
}

impl Template {
    /// The template `name` (the file's stem) with the file's `text`.
    ///
    /// # Errors
    /// [`TemplateError`], which names file and field.
    pub fn parse(name: &str, text: &str) -> Result<Self, TemplateError> {
        let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        let rest = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'));
        if !first || !rest || name.len() > 40 {
            let name = name.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(TemplateError::Name { name });
        }
        let file: file::File = toml::from_str(text).map_err(|error| syntax(name, text, &error))?;
        let range = |path: String, (field, why): (&str, String)| TemplateError::Range {
            name: name.to_owned(),
            field: format!("{path}{field}"),
            why,
        };
        let base = file.base();
        if let Some(fault) = file::fault(&base) {
            return Err(range(String::new(), fault));
        }
        let mut by_timeframe = BTreeMap::new();
        for (timeframe, patch) in &file.timeframe {
            let resolved = patch.over(&base);
            if let Some(fault) = file::fault(&resolved) {
                return Err(range(format!("timeframe.{timeframe}."), fault));
            }
            by_timeframe.insert(*timeframe, resolved);
        }
        let id = ContentId::of(name, text.as_bytes());
        Ok(Self { name: name.to_owned(), title: file.title, id, base, by_timeframe })
    }

    /// The small chart of a parent's timeframe on a page: price with EMA 20 and 50, and MACD; months on a log
    /// scale.
    pub fn parent() -> Self {
        let base = Resolved {
            bars: 76,
            width: 800,
            height: 480,
            theme: Theme::Light,
            scale: Scale::Linear,
            overlays: vec![Overlay::Ema(20), Overlay::Ema(50)],
            panes: vec![Pane::Macd],
        };
        let months = Resolved { scale: Scale::Log, ..base.clone() };
        Self {
            name: "parent".to_owned(),
            title: "Parent".to_owned(),
            id: ContentId::of("parent", format!("{base:?}").as_bytes()),
            base,
            by_timeframe: BTreeMap::from([(Timeframe::Month, months)]),
        }
    }

    /// The chart of a plan on a page: price with EMA 20 and 50.
    pub fn plan() -> Self {
        let base = Resolved {
            bars: 62,
            width: 800,
            height: 480,
            theme: Theme::Light,
            scale: Scale::Linear,
            overlays: vec![Overlay::Ema(20), Overlay::Ema(50)],
            panes: Vec::new(),
        };
        Self {
            name: "plan".to_owned(),
            title: "Plan".to_owned(),
            id: ContentId::of("plan", format!("{base:?}").as_bytes()),
            base,
            by_timeframe: BTreeMap::new(),
        }
    }

    /// The file's stem.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How people call it, `Trend`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// `name@` and eight hex digits of the hash of the file's bytes.
    pub fn id(&self) -> ContentId {
        self.id.clone()
    }

    /// The template as it stands for `timeframe`.
    pub fn resolve(&self, timeframe: Timeframe) -> &Resolved {
        self.by_timeframe.get(&timeframe).unwrap_or(&self.base)
    }

    /// Names of the series the chart of `timeframe` is drawn from, each once: `ema20`, `macd_signal`.
    pub fn indicators_wanted(&self, timeframe: Timeframe) -> Vec<String> {
        let resolved = self.resolve(timeframe);
        let overlays = resolved.overlays.iter().flat_map(|overlay| overlay.series());
        let panes = resolved.panes.iter().flat_map(|pane| pane.series()).map(|name| (*name).to_owned());
        overlays.chain(panes).collect()
    }
}

impl Resolved {
    /// One line for a caption: `price with EMA 20, BB 20, 2; volume; RSI 14; linear scale`.
    pub fn describe(&self) -> String {
        let mut out = String::from("price");
        for (index, overlay) in self.overlays.iter().enumerate() {
            out.push_str(if index == 0 { " with " } else { ", " });
            out.push_str(&overlay.to_string());
        }
        for pane in &self.panes {
            out.push_str("; ");
            out.push_str(&pane.to_string());
        }
        out.push_str(match self.scale {
            Scale::Linear => "; linear scale",
            Scale::Log => "; logarithmic scale",
        });
        out
    }
}

fn syntax(name: &str, text: &str, error: &toml::de::Error) -> TemplateError {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count();
    let written = text.lines().nth(line).unwrap_or_default();
    let field = written.split_once('=').map_or("", |(key, _)| key).trim();
    TemplateError::Syntax {
        name: name.to_owned(),
        line: if error.span().is_some() { line + 1 } else { 0 },
        field: field.to_owned(),
        why: error.message().replace('\n', " "),
    }
}

#[cfg(test)]
mod tests;

//! The title line and the legend.

use domain::Timeframe;
use domain::series::SeriesDocument;

use super::frame::Frame;
use super::price::averages;
use super::{Anchor, Role, Scene, Span, Text, Weight};
use super::{candles, numbers};
use crate::template::Overlay;

/// Draws the title line and the legend; returns their lower edge.
pub(super) fn draw(scene: &mut Scene, frame: &Frame<'_>) -> f32 {
    let mut at = 0.0;
    if frame.canvas.title {
        at = title(scene, frame);
    }
    let size = frame.text();
    let legend = legend(frame);
    if legend.is_empty() {
        return at + (size * 0.8).round();
    }
    let mut rows = wrap(legend, size, scene.width - frame.left - 9.0);
    for row in rows.drain(..) {
        at += (size * 1.6).round();
        scene.text(frame.left + 3.0, at - size * 0.3, Anchor::Start, size, row);
    }
    at + (size * 0.5).round()
}

fn title(scene: &mut Scene, frame: &Frame<'_>) -> f32 {
    let doc = frame.doc;
    let size = frame.text();
    let large = size * 1.4;
    let baseline = (size * 1.95).round();
    let left = Text {
        x: frame.left + 3.0,
        y: baseline,
        anchor: Anchor::Start,
        size: large,
        spans: vec![
            Span::new(doc.symbol.as_str(), Role::Ink, Weight::Bold),
            Span::new(doc.timeframe.as_str(), Role::Ink, Weight::Bold).after(size * 0.8),
        ],
    };
    let after = left.x + left.width() + size;
    let venue = Span::new(doc.venue.clone(), Role::Ink2, Weight::Regular);
    let end = after + venue.width(size);
    scene.marks.push(super::Mark::Text(left));
    scene.text(after, baseline, Anchor::Start, size, vec![venue]);

    let facts = facts(doc, size);
    let width = width(&facts, size);
    if end + size * 2.0 + width <= scene.width - 6.0 {
        scene.text(scene.width - 6.0, baseline, Anchor::End, size, facts);
        return baseline + (size * 0.55).round();
    }
    let mut at = baseline + size * 0.35;
    for row in wrap(facts, size, scene.width - frame.left - 9.0) {
        at += size * 1.55;
        scene.text(frame.left + 3.0, at.round(), Anchor::Start, size, row);
    }
    (at + size * 0.45).round()
}

/// What the picture shows, and as of when.
fn facts(doc: &SeriesDocument, size: f32) -> Vec<Span> {
    let (quiet, loud) = (Weight::Regular, Weight::Bold);
    let mut spans = Vec::new();
    if let Some(bar) = doc.bars.last() {
        let label = doc.timeframe.label(bar.t);
        let which = match doc.timeframe {
            Timeframe::Month => format!("(month of {label})"),
            Timeframe::Week => format!("(week of {label})"),
            Timeframe::Day => format!("(day of {label})"),
            Timeframe::Hour4 | Timeframe::Hour => format!("(bar of {label})"),
        };
        spans.push(Span::new("last closed", Role::Ink2, quiet).after(size * 1.1));
        spans.push(Span::new(numbers::price(bar.c, doc.tick), Role::Ink, loud).after(size * 0.4));
        spans.push(Span::new(which, Role::Ink2, quiet).after(size * 0.4));
    }
    if let Some(bar) = &doc.forming {
        let role = if candles::rises(bar) { Role::Up } else { Role::Down };
        spans.push(Span::new("forming", Role::Ink2, quiet).after(size * 1.1));
        spans.push(Span::new(numbers::price(bar.c, doc.tick), role, loud).after(size * 0.4));
    }
    let as_of = doc.as_of.strftime("as of %Y-%m-%d %H:%M UTC").to_string();
    spans.push(Span::new(as_of, Role::Ink2, quiet).after(size * 1.1));
    spans
}

fn legend(frame: &Frame<'_>) -> Vec<Span> {
    let size = frame.text();
    let roles = averages(&frame.settings.overlays);
    let mut spans = Vec::new();
    for overlay in &frame.settings.overlays {
        let value = |name: &str| frame.last(name).map(|value| frame.step.print(value));
        let mut text = overlay.to_string();
        let (role, weight) = match roles.iter().find(|(other, _)| other == overlay) {
            Some((_, role)) => (*role, Weight::Bold),
            None => (Role::Ink2, Weight::Regular),
        };
        let values = match overlay {
            Overlay::Bollinger => match (value("bb_low"), value("bb_up")) {
                (Some(low), Some(up)) => Some(format!("{low} {} {up}", frame.canvas.language.to())),
                _ => None,
            },
            _ => overlay.series().first().and_then(|name| value(name)),
        };
        // an indicator without a value is not drawn, so it has no place in the legend
        let Some(values) = values else { continue };
        if frame.canvas.wordy {
            text.push(' ');
            text.push_str(&values);
        }
        spans.push(Span::new(text, role, weight).after(size));
    }
    spans
}

fn width(spans: &[Span], size: f32) -> f32 {
    spans.iter().enumerate().map(|(i, s)| s.width(size) + if i == 0 { 0.0 } else { s.gap }).sum()
}

/// Spans broken into rows no wider than `room`; a span that opens a group may start a row.
fn wrap(spans: Vec<Span>, size: f32, room: f32) -> Vec<Vec<Span>> {
    let mut groups: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        match groups.last_mut() {
            Some(group) if span.gap < size * 0.5 => group.push(span),
            _ => groups.push(vec![span]),
        }
    }
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for group in groups {
        let gap = group.first().map_or(0.0, |span| span.gap);
        match rows.last_mut() {
            Some(row) if width(row, size) + gap + width(&group, size) <= room => row.extend(group),
            _ => rows.push(group),
        }
    }
    rows
}

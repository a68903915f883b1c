//! DejaVu Sans, regular and bold, as outlines. Widths of text decide where labels stand, so that a scene is the
//! same on every machine.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, Outline, OutlineCurve};

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Body text.
    Regular,
    /// Names, and the values to be read first.
    Bold,
}

/// Receives the outline of a text in pixels, y downwards.
pub(crate) trait Pen {
    fn move_to(&mut self, x: f32, y: f32);
    fn line_to(&mut self, x: f32, y: f32);
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32);
    fn close(&mut self);
}

fn font(weight: Weight) -> Option<&'static FontRef<'static>> {
    static REGULAR: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    static BOLD: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    match weight {
        Weight::Regular => REGULAR.get_or_init(|| FontRef::try_from_slice(dejavu::sans::regular()).ok()),
        Weight::Bold => BOLD.get_or_init(|| FontRef::try_from_slice(dejavu::sans::bold()).ok()),
    }
    .as_ref()
}

/// Width of `text` set at `size` pixels an em, kerned. 0 if the embedded font cannot be read.
pub(crate) fn width(text: &str, size: f32, weight: Weight) -> f32 {
    walk(text, size, weight, |_, _, _, _| ()).unwrap_or_default()
}

/// Draws `text` from the baseline point `(x, y)`; `None` if the embedded font cannot be read.
pub(crate) fn outline(
    text: &str,
    x: f32,
    y: f32,
    size: f32,
    weight: Weight,
    pen: &mut impl Pen,
) -> Option<()> {
    walk(text, size, weight, |font, glyph, advance, scale| {
        if let Some(outline) = font.outline(glyph) {
            draw(&outline, x + advance, y, scale, pen);
        }
    })
    .map(|_| ())
}

fn walk(
    text: &str,
    size: f32,
    weight: Weight,
    mut each: impl FnMut(&FontRef<'static>, ab_glyph::GlyphId, f32, f32),
) -> Option<f32> {
    let font = font(weight)?;
    let scale = size / font.units_per_em()?;
    let mut advance = 0.0;
    let mut before = None;
    for character in text.chars() {
        let glyph = font.glyph_id(character);
        if let Some(before) = before {
            advance += font.kern_unscaled(before, glyph) * scale;
        }
        each(font, glyph, advance, scale);
        advance += font.h_advance_unscaled(glyph) * scale;
        before = Some(glyph);
    }
    Some(advance)
}

fn draw(outline: &Outline, x: f32, y: f32, scale: f32, pen: &mut impl Pen) {
    let place = |p: ab_glyph::Point| (x + p.x * scale, y - p.y * scale);
    let mut at = None;
    for curve in &outline.curves {
        let (from, to) = match curve {
            OutlineCurve::Line(from, to)
            | OutlineCurve::Quad(from, _, to)
            | OutlineCurve::Cubic(from, _, _, to) => (*from, *to),
        };
        if at != Some(from) {
            if at.is_some() {
                pen.close();
            }
            let (px, py) = place(from);
            pen.move_to(px, py);
        }
        let (px, py) = place(to);
        match curve {
            OutlineCurve::Quad(_, control, _) => {
                let (cx, cy) = place(*control);
                pen.quad_to(cx, cy, px, py);
            }
            // TrueType outlines have no cubics
            OutlineCurve::Line(..) | OutlineCurve::Cubic(..) => pen.line_to(px, py),
        }
        at = Some(to);
    }
    if at.is_some() {
        pen.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_equally_wide_and_kerning_is_applied() {
        let one = width("1", 1000.0, Weight::Regular);
        assert!("0123456789".chars().all(|c| width(&c.to_string(), 1000.0, Weight::Regular) == one));
        // hmtx of DejaVu Sans 2.37: a digit advances 1303 of 2048 units
        assert_eq!(width("7", 2048.0, Weight::Regular), 1303.0);
        let apart = width("A", 2048.0, Weight::Regular) + width("V", 2048.0, Weight::Regular);
        assert!(width("AV", 2048.0, Weight::Regular) < apart);
    }
}

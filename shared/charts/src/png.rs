//! A scene as a PNG: anti-aliased, the same bytes for the same scene on every machine.

use domain::series::SeriesDocument;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint as Brush, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};

use crate::font::{self, Pen};
use crate::scene::{Anchor, Canvas, Language, Mark, Paint, Role, Scene, Shape, Text};
use crate::template::{HEIGHT, Template, Theme, WIDTH};
use crate::theme;

/// Why a chart could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No picture of this size is made.
    #[error(
        "a chart of {width}x{height} pixels is not made; ask for {} to {} by {} to {}",
        WIDTH.start(), WIDTH.end(), HEIGHT.start(), HEIGHT.end()
    )]
    Size {
        /// Width asked for.
        width: u32,
        /// Height asked for.
        height: u32,
    },
    /// There is neither a closed bar nor one in progress.
    #[error("the series has no bar, so there is nothing to draw; collect candles first")]
    Empty,
    /// The embedded font cannot be read: the build is broken.
    #[error("the embedded font cannot be read; build the program again")]
    Font,
    /// The picture could not be encoded.
    #[error("the chart could not be encoded as PNG: {0}")]
    Encode(String),
}

/// The chart of `doc` by `template` as a PNG of the template's size, or `width` by `height` pixels.
///
/// # Errors
/// [`RenderError::Size`] and [`RenderError::Empty`] are the caller's to avoid; the others are faults of a build.
pub fn render_png(
    doc: &SeriesDocument,
    template: &Template,
    width: Option<u32>,
    height: Option<u32>,
) -> Result<Vec<u8>, RenderError> {
    let settings = template.resolve(doc.timeframe);
    let (width, height) = (width.unwrap_or(settings.width), height.unwrap_or(settings.height));
    if !WIDTH.contains(&width) || !HEIGHT.contains(&height) {
        return Err(RenderError::Size { width, height });
    }
    if doc.bars.is_empty() && doc.forming.is_none() {
        return Err(RenderError::Empty);
    }
    let canvas = Canvas {
        width: width as f32,
        height: height as f32,
        // a model sees large pictures reduced, so their text grows with them
        text: 13.0 * (width as f32 / 1280.0).clamp(0.93, 1.6),
        bars: settings.bars,
        title: true,
        wordy: true,
        language: Language::En,
    };
    encode(&Scene::draw(doc, settings, &canvas), settings.theme)
}

/// A scene as a PNG.
///
/// # Errors
/// [`RenderError`] where the size is none, the font is unreadable or encoding fails.
pub fn encode(scene: &Scene, theme: Theme) -> Result<Vec<u8>, RenderError> {
    let (width, height) = (scene.width as u32, scene.height as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or(RenderError::Size { width, height })?;
    let [r, g, b, a] = theme::colour(theme, Role::Ground);
    pixmap.fill(Color::from_rgba8(r, g, b, a));
    let mut index = 0;
    while let Some(mark) = scene.marks.get(index) {
        match mark {
            Mark::Text(text) => {
                draw_text(&mut pixmap, text, theme).ok_or(RenderError::Font)?;
                index += 1;
            }
            Mark::Shape { role, paint, .. } => {
                // equal neighbours are one path: faster, and soft colours do not add up where they touch
                let mut path = PathBuilder::new();
                while let Some(Mark::Shape { shape, role: r, paint: p }) = scene.marks.get(index) {
                    if (r, p) != (role, paint) {
                        break;
                    }
                    add(&mut path, shape);
                    index += 1;
                }
                draw_path(&mut pixmap, path, theme::colour(theme, *role), *paint);
            }
        }
    }
    write(&pixmap)
}

fn add(path: &mut PathBuilder, shape: &Shape) {
    match shape {
        Shape::Rect { x, y, w, h } => {
            if let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) {
                path.push_rect(rect);
            }
        }
        Shape::Polyline(points) | Shape::Area(points) => {
            for (index, (x, y)) in points.iter().enumerate() {
                if index == 0 {
                    path.move_to(*x, *y);
                } else {
                    path.line_to(*x, *y);
                }
            }
            if matches!(shape, Shape::Area(_)) {
                path.close();
            }
        }
    }
}

fn brush([r, g, b, a]: theme::Rgba) -> Brush<'static> {
    let mut brush = Brush { anti_alias: true, ..Brush::default() };
    brush.set_color_rgba8(r, g, b, a);
    brush
}

fn draw_path(pixmap: &mut Pixmap, path: PathBuilder, colour: theme::Rgba, paint: Paint) {
    // a path without length draws nothing
    let Some(path) = path.finish() else { return };
    let brush = brush(colour);
    match paint {
        Paint::Fill => pixmap.fill_path(&path, &brush, FillRule::Winding, Transform::identity(), None),
        Paint::Stroke { width, dash } => {
            let stroke = Stroke {
                width,
                line_cap: LineCap::Butt,
                line_join: if width > 1.0 { LineJoin::Round } else { LineJoin::Miter },
                dash: dash.and_then(|(on, off)| StrokeDash::new(vec![on, off], 0.0)),
                ..Stroke::default()
            };
            pixmap.stroke_path(&path, &brush, &stroke, Transform::identity(), None);
        }
    }
}

impl Pen for PathBuilder {
    fn move_to(&mut self, x: f32, y: f32) {
        PathBuilder::move_to(self, x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        PathBuilder::line_to(self, x, y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        PathBuilder::quad_to(self, cx, cy, x, y);
    }

    fn close(&mut self) {
        PathBuilder::close(self);
    }
}

fn draw_text(pixmap: &mut Pixmap, text: &Text, theme: Theme) -> Option<()> {
    // whole pixels keep the stems of equal texts equal
    let mut x = match text.anchor {
        Anchor::Start => text.x,
        Anchor::Middle | Anchor::End => text.left(),
    }
    .round();
    let y = text.y.round();
    for (index, span) in text.spans.iter().enumerate() {
        if index > 0 {
            x = (x + span.gap).round();
        }
        let mut path = PathBuilder::new();
        font::outline(&span.text, x, y, text.size, span.weight, &mut path)?;
        x += span.width(text.size);
        if let Some(path) = path.finish() {
            let brush = brush(theme::colour(theme, span.role));
            pixmap.fill_path(&path, &brush, FillRule::Winding, Transform::identity(), None);
        }
    }
    Some(())
}

fn write(pixmap: &Pixmap) -> Result<Vec<u8>, RenderError> {
    let failed = |error: png::EncodingError| RenderError::Encode(error.to_string());
    // the ground is opaque, so every pixel is, and premultiplied colours are the colours
    let mut rgb = vec![0; pixmap.data().len() / 4 * 3];
    for (to, from) in rgb.as_chunks_mut().0.iter_mut().zip(pixmap.data().as_chunks().0) {
        let [r, g, b, _] = *from;
        *to = [r, g, b];
    }
    let mut out = Vec::with_capacity(128 * 1024);
    let mut encoder = png::Encoder::new(&mut out, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // a quarter less time for the whole picture than the usual level 6, which saves 4 % of its bytes
    encoder.set_deflate_compression(png::DeflateCompression::Level(3));
    // flat colours repeat better unfiltered: a quarter smaller than with any other filter
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&rgb).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

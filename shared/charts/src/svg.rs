//! A scene as inline SVG. Colours come from classes only, since a policy without `style` attributes shows the
//! page; the reader's theme chooses them.

use std::fmt::Write;

use domain::series::SeriesDocument;

use crate::scene::{Anchor, Canvas, Language, Mark, Paint, PlanPrices, Role, Scene, Shape, Text, Weight};
use crate::template::{Resolved, Template};

/// The rules of the classes a chart uses. The page defines the custom properties `--bg --surface --line --ink
/// --ink2 --ink3 --edge --up --down --ema20 --ema50`, once for each theme.
pub const SVG_CSS: &str = include_str!("svg.css");

/// The place a chart is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SvgLayout {
    /// The width of a page, 1136 px.
    Wide,
    /// Half of it, beside text: 660 px and at most 76 bars.
    Half,
    /// A phone, 390 px and at most 44 bars.
    Narrow,
}

impl SvgLayout {
    fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Half => "half",
            Self::Narrow => "narrow",
        }
    }

    fn canvas(self, settings: &Resolved, language: Language) -> Canvas {
        let (width, price, pane, text, bars) = match self {
            Self::Wide => (1136.0, 345.0, 92.0, 13.0, settings.bars),
            Self::Half => (660.0, 250.0, 84.0, 13.0, settings.bars.min(76)),
            Self::Narrow => (390.0, 262.0, 74.0, 12.0, settings.bars.min(44)),
        };
        let panes = settings.panes.len() as f32;
        let height = price + panes * pane + text * 2.1;
        Canvas {
            width,
            height: f32::round(height),
            text,
            bars,
            title: false,
            wordy: self != Self::Narrow,
            language,
        }
    }
}

/// The chart of `doc` by `template` as an `<svg>` element; `label` is the sentence that stands for it where it
/// cannot be seen. A series without bars gives an empty picture.
pub fn render_svg(doc: &SeriesDocument, template: &Template, layout: SvgLayout, label: &str) -> String {
    render_svg_in(doc, template, layout, label, Language::En)
}

/// As [`render_svg`], with the chart's own words in `language`.
pub fn render_svg_in(
    doc: &SeriesDocument,
    template: &Template,
    layout: SvgLayout,
    label: &str,
    language: Language,
) -> String {
    let settings = template.resolve(doc.timeframe);
    let scene = Scene::draw(doc, settings, &layout.canvas(settings, language));
    write(&scene, layout.name(), label)
}

/// The chart of a plan: the candles of `doc` as [`Template::plan`] has them, with the prices of `plan` if there is
/// one.
pub fn render_plan_svg(
    doc: &SeriesDocument,
    plan: Option<&PlanPrices>,
    layout: SvgLayout,
    label: &str,
    language: Language,
) -> String {
    let template = Template::plan();
    let settings = template.resolve(doc.timeframe);
    let canvas = layout.canvas(settings, language);
    // without panes there is room for prices that lie apart
    let canvas = Canvas { height: canvas.height + PLAN, ..canvas };
    let scene = Scene::draw_with(doc, settings, &canvas, plan);
    write(&scene, layout.name(), label)
}

/// Height that a plan's chart has over the price pane of another, pixels.
const PLAN: f32 = 110.0;

fn write(scene: &Scene, name: &str, label: &str) -> String {
    let mut out = String::with_capacity(32 * 1024);
    let (width, height) = (number(scene.width), number(scene.height));
    // writing to a String cannot fail
    let _ = write!(
        out,
        "<svg class=\"c-chart c-{name}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\""
    );
    escape(&mut out, label);
    out.push_str("\">");
    let mut index = 0;
    while let Some(mark) = scene.marks.get(index) {
        match mark {
            Mark::Text(text) => {
                write_text(&mut out, text);
                index += 1;
            }
            Mark::Shape { role, paint, .. } => {
                out.push_str("<path class=\"");
                let verb = if matches!(paint, Paint::Fill) { "f" } else { "s" };
                let _ = write!(out, "c-{verb} c-{}\"", class(*role));
                if let Paint::Stroke { width, dash } = paint {
                    if *width != 1.0 {
                        let _ = write!(out, " stroke-width=\"{}\"", number(*width));
                    }
                    if let Some((on, off)) = dash {
                        let _ = write!(out, " stroke-dasharray=\"{} {}\"", number(*on), number(*off));
                    }
                }
                out.push_str(" d=\"");
                while let Some(Mark::Shape { shape, role: r, paint: p }) = scene.marks.get(index) {
                    if (r, p) != (role, paint) {
                        break;
                    }
                    write_shape(&mut out, shape);
                    index += 1;
                }
                out.push_str("\"/>");
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn write_shape(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Rect { x, y, w, h } => {
            let (x, y, w, h) = (number(*x), number(*y), number(*w), number(*h));
            let _ = write!(out, "M{x} {y}h{w}v{h}h-{w}z");
        }
        Shape::Polyline(points) | Shape::Area(points) => {
            for (index, (x, y)) in points.iter().enumerate() {
                let verb = match index {
                    0 => "M",
                    1 => "L",
                    _ => " ",
                };
                let _ = write!(out, "{verb}{} {}", number(*x), number(*y));
            }
            if matches!(shape, Shape::Area(_)) {
                out.push('z');
            }
        }
    }
}

fn write_text(out: &mut String, text: &Text) {
    let (x, y, size) = (number(text.x), number(text.y), number(text.size));
    let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\"");
    match text.anchor {
        Anchor::Start => {}
        Anchor::Middle => out.push_str(" text-anchor=\"middle\""),
        Anchor::End => out.push_str(" text-anchor=\"end\""),
    }
    if let [only] = text.spans.as_slice() {
        let _ = write!(out, " class=\"{}\">", text_class(only.role, only.weight));
        escape(out, &only.text);
    } else {
        out.push('>');
        for (index, span) in text.spans.iter().enumerate() {
            let _ = write!(out, "<tspan class=\"{}\"", text_class(span.role, span.weight));
            if index > 0 {
                let _ = write!(out, " dx=\"{}\"", number(span.gap));
            }
            out.push('>');
            escape(out, &span.text);
            out.push_str("</tspan>");
        }
    }
    out.push_str("</text>");
}

fn text_class(role: Role, weight: Weight) -> String {
    let bold = if weight == Weight::Bold { " c-b" } else { "" };
    format!("c-f c-{}{bold}", class(role))
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Ground => "ground",
        Role::Band => "band",
        Role::Line => "line",
        Role::Year => "year",
        Role::Edge => "edge",
        Role::Ink => "ink",
        Role::Ink2 => "ink2",
        Role::Ink3 => "ink3",
        Role::Up => "up",
        Role::Down => "down",
        Role::UpSoft => "up c-soft",
        Role::DownSoft => "down c-soft",
        Role::UpZone => "up c-zone",
        Role::DownZone => "down c-zone",
        Role::Ema20 => "ema20",
        Role::Ema50 => "ema50",
        Role::Ema200 => "ema200",
        Role::Extra => "extra",
    }
}

/// A coordinate to a tenth of a pixel.
fn number(value: f32) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

//! Charts: templates, the built-in renderer, the Chart-IMG client.
//!
//! One [`scene::Scene`] becomes the PNG a model is sent ([`render_png`]) and the inline SVG of a page
//! ([`render_svg`]).

pub mod chart_img;
mod font;
mod png;
pub mod png_check;
pub mod scene;
mod svg;
pub mod template;
mod theme;
mod words;

pub use png::{RenderError, encode, render_png};
pub use svg::{SVG_CSS, SvgLayout, render_plan_svg, render_svg, render_svg_in};
pub use template::{Overlay, Pane, Resolved, Scale, Template, TemplateError, Theme};
pub use words::Language;

/// The templates that come with the program, name and text, in the order charts are made.
pub fn defaults() -> &'static [(&'static str, &'static str)] {
    &[
        ("trend", include_str!("../../../chart_templates/trend.toml")),
        ("momentum", include_str!("../../../chart_templates/momentum.toml")),
    ]
}

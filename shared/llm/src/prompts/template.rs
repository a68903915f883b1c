//! Filling in the templates.

use minijinja::{Environment, ErrorKind, UndefinedBehavior, context};

use super::PromptError;
use super::file::{Section, Sections};

/// Steps a template may take; the ones of this build take under a hundred.
const FUEL: u64 = 50_000;

/// What a user template may name.
pub(crate) struct Variables<'a> {
    pub(crate) symbol: &'a str,
    pub(crate) timeframe: &'a str,
    pub(crate) as_of: &'a str,
    pub(crate) language: &'a str,
    pub(crate) tag: &'a str,
    pub(crate) parent_timeframe: Option<&'a str>,
    pub(crate) charts: usize,
}

impl Variables<'_> {
    pub(super) fn sample(parent_timeframe: Option<&'static str>, charts: usize) -> Self {
        Self {
            symbol: "BTCUSDT",
            timeframe: "1w",
            as_of: "2026-04-30T04:00:00Z",
            language: "English",
            tag: "tag",
            parent_timeframe,
            charts,
        }
    }
}

/// What a caption may name.
#[derive(Clone, Copy, Default)]
pub(crate) struct Caption<'a> {
    pub(crate) provider: &'a str,
    pub(crate) template: &'a str,
    pub(crate) panes: &'a str,
    pub(crate) timeframe: &'a str,
    pub(crate) last_bar: &'a str,
}

/// The texts of a request.
pub(crate) struct Rendered {
    pub(crate) system: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

pub(super) fn render(file: &str, sections: &Sections, v: &Variables<'_>) -> Result<Rendered, PromptError> {
    let user = context! {
        symbol => v.symbol,
        timeframe => v.timeframe,
        as_of => v.as_of,
        language => v.language,
        tag => v.tag,
        has_parent => v.parent_timeframe.is_some(),
        parent_timeframe => v.parent_timeframe.unwrap_or_default(),
        charts => v.charts,
    };
    Ok(Rendered {
        system: fill(file, &sections.system, context! {})?,
        before: fill(file, &sections.before, user.clone())?,
        after: fill(file, &sections.after, user)?,
    })
}

pub(super) fn fill(file: &str, section: &Section, values: minijinja::Value) -> Result<String, PromptError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    let rendered = environment.render_named_str(file, &section.text, values);
    rendered.map(|text| text.trim_end().to_owned()).map_err(|error| {
        let line = section.line + error.line().unwrap_or(1) - 1;
        let detail = match error.kind() {
            ErrorKind::UndefinedError => format!("a variable is unknown here; {error}"),
            _ => error.to_string(),
        };
        PromptError::Text { file: file.to_owned(), line, detail }
    })
}

//! Who reads a page: in which language, and whether that was chosen.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use notify::{Language, ServerWords};
use storage::RunDocument;

use super::problem::{self, Failed};
use super::shown::Moment;
use super::{Frame, Page, Pages};
use crate::api::Problem;

/// The parameter of an address that chooses the language of its page, and of those it leads to.
const CHOICE: &str = "lang";

/// The pages, for one reader.
#[derive(Clone)]
pub(super) struct Viewer {
    pages: Arc<Pages>,
    pub(super) w: &'static ServerWords,
    pub(super) tongue: Language,
    /// Whether the address chose the language: then every link keeps it.
    is_chosen: bool,
    /// The address without that choice.
    here: String,
}

impl Deref for Viewer {
    type Target = Pages;

    fn deref(&self) -> &Pages {
        &self.pages
    }
}

impl FromRequestParts<Arc<Pages>> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Arc<Pages>) -> Result<Self, Infallible> {
        Ok(Self::of(pages.clone(), parts))
    }
}

impl Viewer {
    pub(super) fn of(pages: Arc<Pages>, parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        let chosen = Query::<BTreeMap<String, String>>::try_from_uri(&parts.uri).ok();
        let chosen = chosen.and_then(|Query(values)| {
            let code = values.get(CHOICE)?;
            Language::CODES.into_iter().find(|known| known == code)
        });
        let code = chosen.unwrap_or_else(|| preferred(&parts.headers));
        let tongue = language(code);
        let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
        let others: Vec<&str> = others.collect();
        let path = parts.uri.path();
        let here = if others.is_empty() { path.to_owned() } else { format!("{path}?{}", others.join("&")) };
        Self { pages, w: tongue.words(), tongue, is_chosen: chosen.is_some(), here }
    }

    /// The address of a page of this server, in the language that was chosen.
    pub(super) fn to(&self, path: &str) -> String {
        kept(path, self.choice())
    }

    fn choice(&self) -> Option<&'static str> {
        self.is_chosen.then(|| self.tongue.code())
    }

    pub(super) fn frame(&self, title: impl Into<String>, here: &'static str) -> Frame {
        let other = Language::CODES.into_iter().find(|code| *code != self.tongue.code()).unwrap_or("en");
        Frame {
            title: title.into(),
            here,
            now: Moment(self.api.services.clock.now()),
            tongue: self.tongue,
            w: self.w,
            other: (other, with_choice(&self.here, other)),
            choice: self.choice(),
        }
    }

    pub(super) fn failed(&self, why: impl Into<Problem>) -> Failed {
        let problem = why.into();
        let frame = self.frame(problem::title(self.w, &problem), "");
        let detail = problem.detail().to_owned();
        let said = match self.tongue.code() {
            "en" => (detail, String::new()),
            // what the program says of a problem is English
            _ => (self.w.problem.as_told.clone(), detail),
        };
        Failed { frame: Box::new(frame), said, problem: Box::new(problem) }
    }

    /// A problem that the page itself has words for.
    pub(super) fn failed_as(&self, problem: Problem, said: &str) -> Failed {
        let frame = self.frame(problem::title(self.w, &problem), "");
        Failed { frame: Box::new(frame), said: (said.to_owned(), String::new()), problem: Box::new(problem) }
    }

    pub(super) fn nothing(&self) -> Failed {
        self.failed_as(problem::nothing(), &self.w.problem.no_page)
    }

    /// The run of that id.
    pub(super) async fn run(&self, id: &str) -> Result<RunDocument, Failed> {
        let run = self.api.run(id).await;
        run.map_err(|problem| match problem.name() {
            "not-found" => self.failed_as(problem, &self.w.problem.no_run),
            _ => self.failed(problem),
        })
    }

    /// A page of that template.
    pub(super) fn render(&self, template: &impl Template) -> Page {
        match template.render() {
            // the last guard against characters that are not seen
            Ok(html) => Ok(shown(&html)),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered: {error}");
                let problem = Problem::unavailable("this page cannot be shown");
                Err(self.failed_as(problem, &self.w.problem.unshown))
            }
        }
    }
}

fn shown(html: &str) -> Response {
    Html(notify::visible(html)).into_response()
}

/// The address of a page in the language that was chosen, if one was.
pub(super) fn kept(path: &str, choice: Option<&str>) -> String {
    choice.map_or_else(|| path.to_owned(), |code| with_choice(path, code))
}

fn with_choice(path: &str, code: &str) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, ""), |(path, fragment)| (path, fragment));
    let joint = if path.contains('?') { '&' } else { '?' };
    let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
    format!("{path}{joint}{CHOICE}={code}{fragment}")
}

/// The words of a language. They are a part of the program, and a test reads each.
fn language(code: &str) -> Language {
    #[expect(clippy::expect_used, reason = "the words are part of the build")]
    Language::of(code).expect("the words of each language")
}

/// The language that a browser would rather have (RFC 9110, 12.5.4), English where it names none of ours.
fn preferred(headers: &HeaderMap) -> &'static str {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best: Option<(u16, &'static str)> = None;
    for part in wanted.split(',').take(64) {
        let (range, weight) = part.split_once(';').map_or((part, "q=1"), |(range, weight)| (range, weight));
        let primary = range.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let known = Language::CODES.into_iter().find(|code| *code == primary);
        let weight = weight.trim().strip_prefix("q=").and_then(thousandths).unwrap_or_default();
        if let Some(code) = known.filter(|_| weight > best.map_or(0, |(weight, _)| weight)) {
            best = Some((weight, code));
        }
    }
    best.map_or("en", |(_, code)| code)
}

/// `0.8` is 800.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<3}");
    let whole: u16 = whole.parse().ok()?;
    let part: u16 = part.get(..3)?.parse().ok()?;
    (whole <= 1).then_some(whole * 1000 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, text.parse().unwrap());
        preferred(&headers)
    }

    #[test]
    fn the_heaviest_language_that_there_is_wins() {
        assert_eq!(preferred(&HeaderMap::new()), "en");
        assert_eq!(of("ru-RU,ru;q=0.9,en;q=0.8"), "ru");
        assert_eq!(of("de, ru;q=0.5, en;q=0.7"), "en");
        assert_eq!(of("de-DE, fr"), "en");
        assert_eq!(of("en;q=0.3, RU;q=0.31"), "ru");
        assert_eq!(of("ru;q=0, en;q=0.001"), "en");
        for odd in ["", ",,;", "ru;q=", "ru;q=9", "ru;q=x.y", ";q=1"] {
            assert_eq!(of(odd), "en", "{odd}");
        }
    }

    #[test]
    fn a_choice_is_kept_by_an_address() {
        assert_eq!(with_choice("/runs", "ru"), "/runs?lang=ru");
        assert_eq!(with_choice("/runs?flow=1", "ru"), "/runs?flow=1&lang=ru");
        assert_eq!(with_choice("/runs#log", "en"), "/runs?lang=en#log");
    }
}

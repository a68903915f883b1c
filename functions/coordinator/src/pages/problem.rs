//! Problems as a page tells them.

use askama::Template;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use notify::ServerWords;

use super::Frame;
use crate::api::Problem;
use crate::api::problem::NOT_FOUND;

/// A page that says why there is none.
pub(crate) struct Failed {
    pub(super) frame: Box<Frame>,
    /// What to do in the page's own words, and what the program says of it, which is English.
    pub(super) said: (String, String),
    pub(super) problem: Box<Problem>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: &'a Frame,
    said: &'a str,
    detail: &'a str,
}

/// There is no such page.
pub(super) fn nothing() -> Problem {
    Problem::new(NOT_FOUND, "there is no such page")
}

/// The kind of a problem, in words.
pub(super) fn title<'a>(w: &'a ServerWords, problem: &Problem) -> &'a str {
    let w = &w.problem;
    match problem.name() {
        "malformed" => &w.malformed,
        "unknown-caller" => &w.unknown_caller,
        "forbidden" => &w.forbidden,
        "not-found" => &w.not_found,
        "method" => &w.method,
        "timeout" => &w.timeout,
        "in-work" => &w.in_work,
        "wrong-state" => &w.wrong_state,
        "too-long" => &w.too_long,
        "media-type" => &w.media_type,
        "misdirected" => &w.misdirected,
        "invalid" => &w.invalid,
        "not-watched" => &w.not_watched,
        "other-body" => &w.other_body,
        "too-many" => &w.too_many,
        _ => &w.unavailable,
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let Self { frame, said: (said, detail), problem } = self;
        let page = ProblemPage { frame: &frame, said: &said, detail: &detail };
        let html = page.render().unwrap_or_default();
        let mut response = (*problem).into_response();
        let mut page = (response.status(), Html(notify::visible(&html))).into_response();
        // a browser asks for no password here
        response.headers_mut().remove("www-authenticate");
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove("content-length");
        page.headers_mut().extend(std::mem::take(response.headers_mut()));
        page
    }
}

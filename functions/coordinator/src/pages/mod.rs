//! Pages for a person: the watchlist, runs, reports, recommendations, and where every number came from. They show
//! what the API knows, rendered here, and work without a script.
//!
//! Whoever mounts them knows its visitors: a request without a [`Visitor`] among its extensions is shown how to
//! come in.

mod audit;
mod forms;
mod found;
mod live;
mod output;
mod problem;
mod recommendation;
mod recommendations;
mod reports;
mod run;
mod runs;
mod shown;
mod sparkline;
mod viewer;
mod watchlist;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio::sync::Semaphore;

use crate::api::{Api, Problem};
use found::Kept;
use notify::{Language, ServerWords, fill};
pub use output::shown as artifact;
use problem::Failed;
use shown::Moment;
use viewer::Viewer;

/// Nothing of elsewhere, no script or style within a page, and no text that becomes a script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Streams of events at once, in this process.
const STREAMS: usize = 8;

/// Who looks at pages. One of a request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// As the API knows the caller.
    pub caller: String,
    /// What every form of this visitor carries, and a page of elsewhere cannot know.
    pub form_token: String,
}

/// What the pages stand on.
pub(crate) struct Pages {
    api: Arc<Api>,
    kept: Kept,
    streams: Arc<Semaphore>,
}

type Shared = State<Arc<Pages>>;
type Page = Result<Response, Failed>;

/// The routes of the pages. Whoever mounts them puts a [`Visitor`] among each request's extensions.
pub fn router(api: Arc<Api>) -> Router {
    let pages = Arc::new(Pages { api, kept: Kept::default(), streams: Arc::new(Semaphore::new(STREAMS)) });
    Router::new()
        .route("/", get(watchlist::show))
        .route("/runs", get(runs::show).post(forms::start))
        .route("/runs/{run_id}", get(run::show))
        .route("/runs/{run_id}/events", get(live::events))
        .route("/runs/{run_id}/cancel", post(forms::cancel))
        .route("/runs/{run_id}/resume", post(forms::resume))
        .route("/runs/{run_id}/page/{name}", get(output::page))
        .route("/runs/{run_id}/artifacts/{step_id}", get(output::artifact))
        .route("/runs/{run_id}/audit/{step_id}", get(audit::show))
        .route("/runs/{run_id}/recommendation", get(recommendation::show))
        .route("/reports", get(reports::show))
        .route("/recommendations", get(recommendations::show))
        .layer(middleware::from_fn_with_state(pages.clone(), admitted))
        .route("/assets/topdown.css", get(style))
        .route("/assets/live.js", get(script))
        .layer(middleware::map_response(headers))
        .with_state(pages)
}

async fn style() -> Response {
    let css = format!("{}{}", notify::page::STYLE, include_str!("../../templates/pages.css"));
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], css).into_response()
}

async fn script() -> Response {
    let script = include_str!("../../templates/live.js");
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response()
}

async fn headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    // a report comes with a policy of its own
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    let opener = HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    response
}

async fn admitted(
    State(pages): Shared,
    visitor: Option<Extension<Visitor>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let viewer = Viewer::of(pages.clone(), &parts);
    let Some(Extension(visitor)) = visitor else {
        let problem = Problem::unknown_caller("a browser comes in by the address that the server printed");
        return viewer.failed_as(problem, &viewer.w.problem.how_in).into_response();
    };
    let shown = pages.api.let_in(&visitor.caller, Request::from_parts(parts, body), next).await;
    shown.unwrap_or_else(|problem| viewer.failed(problem).into_response())
}

/// What every page has.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    title: String,
    here: &'static str,
    now: Moment,
    tongue: Language,
    w: &'static ServerWords,
    /// The other language, and this page in it.
    other: (&'static str, String),
    /// The language that the address chose.
    choice: Option<&'static str>,
}

impl Frame {
    /// The address of a page of this server, in the language that was chosen.
    fn to(&self, path: &str) -> String {
        viewer::kept(path, self.choice)
    }

    /// The address of a run, or of what lies below it.
    fn run(&self, run_id: &str, below: &str) -> String {
        self.to(&format!("/runs/{run_id}{below}"))
    }

    /// The address of a part of the watchlist.
    fn part(&self, part: &usize) -> String {
        self.to(&format!("/?part={part}"))
    }

    /// `Thu 30 Apr 2026, 04:02 UTC`.
    fn full(&self) -> String {
        self.tongue.full(self.now.0)
    }

    /// `30 Apr, 04:02`.
    fn short(&self, at: &Moment) -> String {
        self.tongue.short(at.0)
    }

    /// Words with a timeframe put in.
    fn filled(&self, template: &str, timeframe: &str) -> String {
        fill(template, &[("tf", timeframe)])
    }

    /// The pages that every page leads to: path and name.
    fn menu(&self) -> [(&'static str, &'static str); 4] {
        let w = &self.w.menu;
        [
            ("/", w.watchlist.as_str()),
            ("/runs", &w.runs),
            ("/recommendations", &w.recommendations),
            ("/reports", &w.reports),
        ]
    }
}

/// To another page, as the answer to a form.
fn to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [("location", path.to_owned())]).into_response()
}

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
mod recommendation;
mod recommendations;
mod reports;
mod run;
mod runs;
mod shown;
mod watchlist;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio::sync::Semaphore;

use crate::api::problem::NOT_FOUND;
use crate::api::{Api, Problem};
use found::Kept;
pub use output::shown as artifact;
use shown::Moment;

/// The pages that every page leads to.
pub(crate) const MENU: &[(&str, &str)] = &[
    ("Watchlist", "/"),
    ("Runs", "/runs"),
    ("Recommendations", "/recommendations"),
    ("Reports", "/reports"),
];

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
    let Some(Extension(visitor)) = visitor else {
        let how = "Open the address that `topdown serve` printed when it started, which has the code that lets this \
                   browser in; on Google Cloud come through `gcloud run services proxy coordinator`.";
        return Failed(Problem::unknown_caller(how), Moment(pages.api.services.clock.now())).into_response();
    };
    let now = pages.api.services.clock.now();
    let shown = pages.api.let_in(&visitor.caller, request, next).await;
    shown.unwrap_or_else(|problem| Failed(problem, Moment(now)).into_response())
}

/// What every page has.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    title: String,
    here: &'static str,
    now: Moment,
}

impl Pages {
    fn frame(&self, title: impl Into<String>, here: &'static str) -> Frame {
        Frame { title: title.into(), here, now: Moment(self.api.services.clock.now()) }
    }

    fn failed(&self, problem: impl Into<Problem>) -> Failed {
        Failed(problem.into(), Moment(self.api.services.clock.now()))
    }

    fn nothing(&self) -> Failed {
        self.failed(Problem::new(NOT_FOUND, "There is no such page; the menu leads to those there are."))
    }

    /// A page of that template.
    fn render(&self, template: &impl Template) -> Page {
        match template.render() {
            // the last guard against characters that are not seen
            Ok(html) => Ok(Html(notify::visible(&html)).into_response()),
            Err(error) => {
                tracing::error!(%error, "a page could not be rendered: {error}");
                Err(self.failed(Problem::unavailable("this page cannot be shown")))
            }
        }
    }
}

/// A page that says why there is none.
pub(crate) struct Failed(Problem, Moment);

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    detail: &'a str,
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let Self(problem, now) = self;
        let frame = Frame { title: problem.title().to_owned(), here: "", now };
        let html = ProblemPage { frame, detail: problem.detail() }.render().unwrap_or_default();
        let mut response = problem.into_response();
        let mut page = (response.status(), Html(notify::visible(&html))).into_response();
        // a browser asks for no password here
        response.headers_mut().remove("www-authenticate");
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove("content-length");
        page.headers_mut().extend(std::mem::take(response.headers_mut()));
        page
    }
}

/// To another page, as the answer to a form.
fn to(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [("location", path.to_owned())]).into_response()
}

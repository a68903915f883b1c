//! Forms: what a person starts, calls off or goes on with.

use axum::extract::Path;
use axum::extract::rejection::FormRejection;
use axum::response::Response;
use axum::{Extension, Form};
use domain::{Sha256Hex, Symbol, Watched};
use flows::Flow;
use notify::ServerWords;
use serde::Deserialize;
use storage::RunDocument;

use super::problem::Failed;
use super::{Page, Viewer, Visitor, to};
use crate::api::Problem;
use crate::api::nonce::nonce;
use crate::api::problem::{FORBIDDEN, INVALID};
use crate::api::start::{Claim, Start as Begun};
use crate::request::LANGUAGES;

/// The form that starts a run.
pub(super) struct Start {
    pub(super) token: String,
    /// A form that is sent twice starts one run.
    pub(super) once: String,
    pub(super) symbols: Vec<String>,
    pub(super) flows: Vec<(u8, String)>,
}

impl Start {
    pub(super) fn of(w: &ServerWords, visitor: &Visitor, watched: &[Watched]) -> Self {
        Self {
            token: visitor.form_token.clone(),
            once: nonce(),
            symbols: watched.iter().map(|watched| watched.symbol.to_string()).collect(),
            flows: flows(w),
        }
    }
}

/// Every flow, by number.
pub(super) fn flows(w: &ServerWords) -> Vec<(u8, String)> {
    Flow::ALL
        .iter()
        .map(|flow| (flow.number, format!("{}: {}", flow.number, title(w, flow.number))))
        .collect()
}

/// What a flow reads.
pub(super) fn title(w: &ServerWords, flow: u8) -> &str {
    match flow {
        1 => &w.flows.flow1,
        2 => &w.flows.flow2,
        3 => &w.flows.flow3,
        4 => &w.flows.flow4,
        5 => &w.flows.flow5,
        _ => &w.flows.other,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    token: String,
    once: String,
    symbol: String,
    flow: String,
    language: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Plain {
    token: String,
}

pub(super) async fn start(
    pages: Viewer,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Page {
    let Form(wanted) = form.map_err(|_| pages.unread())?;
    pages.own(&visitor, &wanted.token)?;
    let invalid = |error: &dyn std::fmt::Display| pages.failed(Problem::new(INVALID, error));
    let flow = Flow::numbered(&wanted.flow).map_err(|error| invalid(&error))?;
    let symbol: Symbol = wanted.symbol.trim().parse().map_err(|error| invalid(&error))?;
    if !LANGUAGES.contains(&wanted.language.as_str()) {
        let problem = Problem::new(INVALID, "a report is written in en or ru");
        return Err(pages.failed_as(problem, &pages.w.problem.language));
    }
    if wanted.once.len() > 32 || !wanted.once.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(pages.unread());
    }
    let asked = format!("page {} {symbol} {}", flow.number, wanted.language);
    let key = format!("page {}", wanted.once);
    let claim = Claim { caller: &visitor.caller, key: Some(&key), sha256: Sha256Hex::of(asked.as_bytes()) };
    let start = Begun { flow, symbol, as_of: None, language: wanted.language, notify: true };
    let run = pages.api.start(&claim, start).await.map_err(|problem| pages.failed(problem))?;
    Ok(pages.to_run(&run))
}

pub(super) async fn cancel(
    pages: Viewer,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
    form: Result<Form<Plain>, FormRejection>,
) -> Page {
    let run = pages.meant(&visitor, &run_id, form).await?;
    let run = pages.api.cancel(&run, &visitor.caller).await.map_err(|problem| pages.failed(problem))?;
    Ok(pages.to_run(&run))
}

pub(super) async fn resume(
    pages: Viewer,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
    form: Result<Form<Plain>, FormRejection>,
) -> Page {
    let run = pages.meant(&visitor, &run_id, form).await?;
    let run = pages.api.resume(&run, &visitor.caller).await.map_err(|problem| pages.failed(problem))?;
    Ok(pages.to_run(&run))
}

impl Viewer {
    /// To the page of a run.
    fn to_run(&self, run: &RunDocument) -> Response {
        to(&self.to(&format!("/runs/{}", run.run_id)))
    }

    /// The run that a form of this visitor is about.
    async fn meant(
        &self,
        visitor: &Visitor,
        run_id: &str,
        form: Result<Form<Plain>, FormRejection>,
    ) -> Result<RunDocument, Failed> {
        let Form(form) = form.map_err(|_| self.unread())?;
        self.own(visitor, &form.token)?;
        self.run(run_id).await
    }

    fn unread(&self) -> Failed {
        self.failed_as(Problem::new(INVALID, "the form lacks a field"), &self.w.problem.lacks)
    }

    /// Whether the form is one that this visitor was given. Hashes are compared: how long it takes says nothing.
    fn own(&self, visitor: &Visitor, token: &str) -> Result<(), Failed> {
        if Sha256Hex::of(token.as_bytes()) == Sha256Hex::of(visitor.form_token.as_bytes()) {
            return Ok(());
        }
        let problem = Problem::new(FORBIDDEN, "the form is not one of this visit");
        Err(self.failed_as(problem, &self.w.problem.strange))
    }
}

//! Forms: what a person starts, calls off or goes on with.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Form};
use domain::{Sha256Hex, Symbol, Watched};
use flows::Flow;
use serde::Deserialize;
use storage::RunDocument;

use super::{Failed, Page, Pages, Shared, Visitor, to};
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
    pub(super) fn of(visitor: &Visitor, watched: &[Watched]) -> Self {
        Self {
            token: visitor.form_token.clone(),
            once: nonce(),
            symbols: watched.iter().map(|watched| watched.symbol.to_string()).collect(),
            flows: flows(),
        }
    }
}

/// Every flow, by number.
pub(super) fn flows() -> Vec<(u8, String)> {
    Flow::ALL.iter().map(|flow| (flow.number, format!("{}: {}", flow.number, flow.title))).collect()
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
    State(pages): Shared,
    Extension(visitor): Extension<Visitor>,
    form: Result<Form<Wanted>, FormRejection>,
) -> Page {
    let Form(wanted) = form.map_err(|_| pages.unread())?;
    pages.own(&visitor, &wanted.token)?;
    let invalid = |error: &dyn std::fmt::Display| pages.failed(Problem::new(INVALID, error));
    let flow = Flow::numbered(&wanted.flow).map_err(|error| invalid(&error))?;
    let symbol: Symbol = wanted.symbol.trim().parse().map_err(|error| invalid(&error))?;
    if !LANGUAGES.contains(&wanted.language.as_str()) {
        return Err(invalid(&"a report is written in en or ru"));
    }
    if wanted.once.len() > 32 || !wanted.once.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(pages.unread());
    }
    let asked = format!("page {} {symbol} {}", flow.number, wanted.language);
    let key = format!("page {}", wanted.once);
    let claim = Claim { caller: &visitor.caller, key: Some(&key), sha256: Sha256Hex::of(asked.as_bytes()) };
    let start = Begun { flow, symbol, as_of: None, language: wanted.language, notify: true };
    let run = pages.api.start(&claim, start).await.map_err(|problem| pages.failed(problem))?;
    Ok(to_run(&run))
}

/// To the page of a run.
fn to_run(run: &RunDocument) -> Response {
    to(&format!("/runs/{}", run.run_id))
}

pub(super) async fn cancel(
    State(pages): Shared,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
    form: Result<Form<Plain>, FormRejection>,
) -> Page {
    let run = pages.meant(&visitor, &run_id, form).await?;
    let run = pages.api.cancel(&run, &visitor.caller).await.map_err(|problem| pages.failed(problem))?;
    Ok(to_run(&run))
}

pub(super) async fn resume(
    State(pages): Shared,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
    form: Result<Form<Plain>, FormRejection>,
) -> Page {
    let run = pages.meant(&visitor, &run_id, form).await?;
    let run = pages.api.resume(&run, &visitor.caller).await.map_err(|problem| pages.failed(problem))?;
    Ok(to_run(&run))
}

impl Pages {
    /// The run that a form of this visitor is about.
    async fn meant(
        &self,
        visitor: &Visitor,
        run_id: &str,
        form: Result<Form<Plain>, FormRejection>,
    ) -> Result<RunDocument, Failed> {
        let Form(form) = form.map_err(|_| self.unread())?;
        self.own(visitor, &form.token)?;
        self.api.run(run_id).await.map_err(|problem| self.failed(problem))
    }

    fn unread(&self) -> Failed {
        self.failed(Problem::new(
            INVALID,
            "The form lacks a field; go back, load the page again and send it once more.",
        ))
    }

    /// Whether the form is one that this visitor was given. Hashes are compared: how long it takes says nothing.
    fn own(&self, visitor: &Visitor, token: &str) -> Result<(), Failed> {
        if Sha256Hex::of(token.as_bytes()) == Sha256Hex::of(visitor.form_token.as_bytes()) {
            return Ok(());
        }
        let detail = "The form is not one of this visit; load the page again and send it once more.";
        Err(self.failed(Problem::new(FORBIDDEN, detail)))
    }
}

//! What is asked of one run: `GET /v1/runs/{run_id}`, `POST` with `:cancel` and `:resume`.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Method;
use axum::http::header::ALLOW;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::Sha256Hex;
use storage::{Asked, RunDocument, Status};

use super::problem::{METHOD, NOT_FOUND, Problem, WRONG_STATE};
use super::start::accepted;
use super::view::RunView;
use super::{Api, Caller};
use crate::ResumeError;

/// Whatever is asked of one run. The calls are part of its segment of the path, which the router does not take apart.
pub(crate) async fn one(
    State(api): State<Arc<Api>>,
    Extension(Caller(caller)): Extension<Caller>,
    method: Method,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(NOT_FOUND, "a run is called by :cancel or :resume; see /openapi.json");
    let Path(path) = path.map_err(|_| unknown())?;
    let (id, verb) = path.rsplit_once(':').map_or((path.as_str(), None), |(id, verb)| (id, Some(verb)));
    match (verb, &method) {
        (None, &Method::GET | &Method::HEAD) => {
            let whole = api.whole(&api.run(id).await?).await?;
            Ok(Json(whole).into_response())
        }
        (None, _) => Ok(other_method("GET,HEAD")),
        (Some("cancel"), &Method::POST) => {
            let run = api.cancel(&api.run(id).await?, &caller).await?;
            Ok(Json(RunView::of(&run)).into_response())
        }
        (Some("resume"), &Method::POST) => Ok(accepted(&api.resume(&api.run(id).await?, &caller).await?)),
        (Some("cancel" | "resume"), _) => Ok(other_method("POST")),
        _ => Err(unknown()),
    }
}

fn other_method(allowed: &'static str) -> Response {
    let problem = Problem::new(METHOD, format!("{allowed} is what this address takes"));
    ([(ALLOW, allowed)], problem).into_response()
}

impl Api {
    /// Calls the run off. One that was called off before stays so.
    pub(crate) async fn cancel(&self, run: &RunDocument, caller: &str) -> Result<RunDocument, Problem> {
        self.coordinator.cancel(&run.run_id, format!("cancelled by {caller}")).await?;
        let run = self.run(run.run_id.as_str()).await?;
        if run.status == Status::Cancelled {
            return Ok(run);
        }
        let detail =
            format!("run {} is {}: it has ended, nothing is left to cancel", run.run_id, run.status.as_str());
        Err(Problem::new(WRONG_STATE, detail))
    }

    /// Goes on from the run in a new one. Asked again it finds that one.
    pub(crate) async fn resume(&self, run: &RunDocument, caller: &str) -> Result<RunDocument, Problem> {
        if !self.sources.hold(&run.source) {
            // whoever works here reaches another exchange, model and messenger than that run began with
            let detail = format!(
                "run {} reads candles of {}, and this server those of {}; stop it, then `topdown resume {}`",
                run.run_id, run.source, self.sources, run.run_id
            );
            return Err(Problem::new(WRONG_STATE, detail));
        }
        let catalog = self.desk.catalog().await?;
        let _one = self.starting.lock().await;
        if matches!(run.status, Status::Failed | Status::Cancelled) {
            self.count(caller).await?;
        }
        let asked = Asked {
            by: caller.to_owned(),
            sha256: Sha256Hex::of(format!("resume {}", run.run_id).as_bytes()),
            notify: run.asked.as_ref().is_none_or(|asked| asked.notify),
        };
        let resumed = self.coordinator.resume_for(&run.run_id, &catalog, None, Some(asked)).await;
        let run_id = resumed.map_err(|error| match error {
            ResumeError::Unknown(_) => Problem::new(NOT_FOUND, error),
            ResumeError::NotFailed { .. } | ResumeError::AtWork { .. } => Problem::new(WRONG_STATE, error),
            ResumeError::Store(error) => error.into(),
        })?;
        self.run(run_id.as_str()).await
    }
}

//! What a run made: its pages, its charts, its documents.

use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use notify::fill;
use storage::{Artifact, ArtifactKey, Kind, RunDocument, StoreError};

use super::{Page, Viewer};
use crate::api::Problem;
use crate::api::problem::NOT_FOUND;

/// The page of a timeframe's report.
pub(super) async fn page(pages: Viewer, Path((run_id, name)): Path<(String, String)>) -> Page {
    let run = pages.run(&run_id).await?;
    let found = pages.page_of(&run, &name).await.map_err(|error| pages.failed(error))?;
    let artifact = found.ok_or_else(|| {
        let problem = Problem::new(NOT_FOUND, "the run has not written that page");
        pages.failed_as(problem, &pages.w.problem.not_written)
    })?;
    let bytes = pages.api.services.artifacts.get(&artifact.gcs_uri).await;
    let bytes = bytes.map_err(|error| pages.failed(error))?;
    Ok(shown(&artifact.media_type, &format!("{run_id}-{name}.html"), bytes))
}

/// The artifact of a step, by the journal of its run alone.
pub(super) async fn artifact(pages: Viewer, Path((run_id, step_id)): Path<(String, String)>) -> Page {
    let run = pages.run(&run_id).await?;
    let steps = pages.api.services.journal.steps(&run.run_id).await.map_err(|error| pages.failed(error))?;
    let step = steps.iter().find(|step| step.step_id.as_str() == step_id).ok_or_else(|| pages.nothing())?;
    let gcs_uri = step.result.gcs_uri.as_deref().ok_or_else(|| pages.nothing())?;
    let bytes = match pages.api.services.artifacts.get(gcs_uri).await {
        Err(StoreError::NotFound(_)) => {
            let expired = fill(&pages.w.problem.expired, &[("date", &pages.tongue.date(step.expire_at))]);
            return Err(pages.failed_as(Problem::new(NOT_FOUND, "it has expired"), &expired));
        }
        bytes => bytes.map_err(|error| pages.failed(error))?,
    };
    let (media_type, ending) = if step.kind == Kind::Chart {
        ("image/png", "png")
    } else if step.kind == Kind::Notification {
        ("text/html; charset=utf-8", "html")
    } else {
        ("application/json", "json")
    };
    Ok(shown(media_type, &format!("{run_id}-{step_id}.{ending}"), bytes))
}

/// The answer with an artifact of a name made of letters, digits, hyphens, underscores and dots. Pages and pictures are
/// shown, all else is saved. A page comes with its own policy, in a sandbox.
pub fn shown(media_type: &str, name: &str, bytes: Vec<u8>) -> Response {
    let is_page = media_type.starts_with("text/html");
    let policy = if is_page {
        notify::page::policy_header(&String::from_utf8_lossy(&bytes))
    } else {
        "sandbox; default-src 'none'".to_owned()
    };
    let place = if is_page || media_type == "image/png" { "inline" } else { "attachment" };
    // such a name is safe within quotes
    let disposition = format!("{place}; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}

impl Viewer {
    /// The page by which the run tells of a timeframe: its last one stands under the run's own name.
    async fn page_of(&self, run: &RunDocument, name: &str) -> Result<Option<Artifact>, StoreError> {
        let find = async |name: String| match ArtifactKey::new(&format!("pages/{name}.html")) {
            Ok(key) => self.api.services.artifacts.find(&key).await,
            Err(_) => Ok(None),
        };
        if let Some(found) = find(format!("{}-{name}", run.run_id)).await? {
            return Ok(Some(found));
        }
        let steps = self.api.services.journal.steps(&run.run_id).await?;
        let last = steps
            .iter()
            .rfind(|step| step.kind == Kind::Report && step.status == storage::Status::Done)
            .and_then(|step| step.timeframe);
        let is_last = last.is_some_and(|timeframe| timeframe.as_str() == name);
        if is_last { find(run.run_id.to_string()).await } else { Ok(None) }
    }
}

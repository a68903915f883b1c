//! What exactly, how sure, what speaks against it? The page that a run writes of its recommendation, with what became
//! of it since.

use askama::Template;
use axum::extract::Path;
use domain::ReportId;
use domain::recommendation::RecommendationDocument;
use notify::page::{MissingReport, RecommendationInput, ReportPage, RunFacts, recommendation_part};
use notify::{ALERT_LINE, fill};
use rust_decimal::Decimal;
use storage::{Kind, RunDocument, Status, StepDocument};

use super::shown::status;
use super::{Frame, Page, Viewer};
use crate::api::Problem;
use crate::api::problem::NOT_FOUND;
use crate::api::view::millis;

#[derive(Template)]
#[template(path = "recommendation.html")]
struct Recommendation {
    frame: Frame,
    run: String,
    /// Language of the recommendation's texts.
    language: String,
    /// Made by the page that a run writes, every text of it escaped.
    part: String,
    audit: String,
}

pub(super) async fn show(pages: Viewer, Path(run_id): Path<String>) -> Page {
    let run = pages.run(&run_id).await?;
    let steps = pages.api.services.journal.steps(&run.run_id).await.map_err(|error| pages.failed(error))?;
    let w = &pages.w.advice;
    let missing = |said: &str| pages.failed_as(Problem::new(NOT_FOUND, "there is no recommendation"), said);
    let step = steps.iter().find(|step| step.kind == Kind::Recommendation);
    let step = step.ok_or_else(|| missing(&w.nothing))?;
    if step.status != Status::Done {
        return Err(missing(&fill(&w.unfinished, &[("state", status(pages.tongue, step.status))])));
    }
    let found = pages.recommendation(step).await.map_err(|error| pages.failed(error))?;
    let found = found.ok_or_else(|| missing(&w.missing))?;
    let now = pages.api.services.clock.now();
    let lifecycle = pages.api.followed.one(&found, now).await.map_err(|error| pages.failed(error))?;
    let own = own_reports(&found, &steps);
    let names: Vec<_> = own.iter().map(|(id, name)| ReportPage { report_id: id, page: name }).collect();
    let absent = absent(&steps);
    let absent: Vec<_> =
        absent.iter().map(|(timeframe, reason)| MissingReport { timeframe: *timeframe, reason }).collect();
    let part = recommendation_part(&RecommendationInput {
        document: &found,
        chart: None,
        chart_css: "",
        lifecycle: lifecycle.as_ref(),
        folder: "page/",
        pages: &names,
        missing: &absent,
        alert_line: ALERT_LINE,
        prompt_version: None,
        run: facts(&run, &steps),
    });
    let part = part.map_err(|error| {
        tracing::error!(%error, run_id = %run.run_id, "a recommendation could not be shown: {error}");
        pages.failed_as(Problem::unavailable("this page cannot be shown"), &pages.w.problem.unshown)
    })?;
    pages.render(&Recommendation {
        frame: pages.frame(format!("{} {}", found.symbol, run.run_id), "/recommendations"),
        run: run.run_id.to_string(),
        language: if found.language == "ru" { "ru" } else { "en" }.to_owned(),
        part,
        audit: format!("/runs/{}/audit/{}", run.run_id, step.step_id),
    })
}

/// The reports of it that this run has pages of.
fn own_reports(found: &RecommendationDocument, steps: &[StepDocument]) -> Vec<(ReportId, String)> {
    let all = found.source_reports.iter().chain(&found.beside);
    let own = all
        .filter(|report| steps.iter().any(|step| step.result.report_id.as_ref() == Some(&report.report_id)));
    own.map(|report| (report.report_id.clone(), report.timeframe.to_string())).collect()
}

/// The reports that the run should have and has not, and why.
fn absent(steps: &[StepDocument]) -> Vec<(domain::Timeframe, String)> {
    let reports = steps.iter().filter(|step| step.kind == Kind::Report && step.status != Status::Done);
    let reason =
        |step: &StepDocument| step.result.reason.clone().unwrap_or_else(|| step.status.as_str().to_owned());
    reports.filter_map(|step| Some((step.timeframe?, reason(step)))).collect()
}

fn facts(run: &RunDocument, steps: &[StepDocument]) -> RunFacts {
    let asked = || steps.iter().filter(|step| matches!(step.kind, Kind::Report | Kind::Recommendation));
    let begun = steps.iter().filter_map(|step| step.started_at).min().unwrap_or(run.created_at);
    let ended = asked().filter_map(|step| step.ended_at).max().unwrap_or(begun);
    RunFacts {
        wall_ms: u64::try_from(millis(begun, ended)).unwrap_or_default(),
        calls: asked().filter_map(|step| step.result.model_calls).sum(),
        cost_usd: asked().filter_map(|step| step.result.cost_usd).sum::<Decimal>(),
    }
}

//! Will it finish, at what cost?

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use flows::Flow;
use storage::{Kind, Status, StoreError};

use super::found::Ran;
use super::live::Live;
use super::shown::{Moment, Verdict, above, relation};
use super::{Frame, Page, Pages, Shared, Visitor};

pub(super) struct Ready {
    timeframe: &'static str,
    bias: Verdict,
    href: String,
    audit: String,
    relation: String,
    is_reused: bool,
}

pub(super) struct Chart {
    src: String,
    alt: String,
    caption: String,
}

pub(super) struct Entry {
    id: String,
    state: &'static str,
    started: Option<Moment>,
    attempts: u64,
    /// Address, name, start of the hash.
    artifact: Option<(String, String, String)>,
}

/// Action, label, and what it keeps.
type Button = (&'static str, String, &'static str);

#[derive(Template)]
#[template(path = "run.html")]
struct Run {
    frame: Frame,
    id: String,
    symbol: String,
    flow: String,
    live: Live,
    error: Option<(String, String)>,
    button: Option<Button>,
    token: String,
    ready: Vec<Ready>,
    advice: Option<String>,
    charts: Vec<Chart>,
    journal: Vec<Entry>,
}

pub(super) async fn show(
    State(pages): Shared,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
) -> Page {
    let run = pages.api.run(&run_id).await.map_err(|problem| pages.failed(problem))?;
    let ran = pages.ran(run).await.map_err(|error| pages.failed(error))?;
    let live = pages.live(&ran).await.map_err(|error| pages.failed(error))?;
    let ready = pages.ready(&ran).await.map_err(|error| pages.failed(error))?;
    let run = &ran.run;
    let title =
        Flow::numbered(&run.flow.to_string()).map(|flow| flow.title).unwrap_or("a flow of another version");
    let page = Run {
        frame: pages.frame(format!("{} {}", run.symbol, run.run_id), "Runs"),
        id: run.run_id.to_string(),
        symbol: run.symbol.to_string(),
        flow: title.to_owned(),
        error: (run.status == Status::Failed).then(|| {
            let reason = notify::plain(run.reason.as_deref().unwrap_or("No reason was recorded."));
            let (what, advice) = reason.split_once("; ").unwrap_or((&reason, ""));
            (what.to_owned(), advice.to_owned())
        }),
        button: button(&ran),
        token: visitor.form_token,
        ready,
        advice: ran.done(Kind::Recommendation).next().map(|_| format!("/runs/{}/recommendation", run.run_id)),
        charts: charts(&ran),
        journal: journal(&ran),
        live,
    };
    pages.render(&page)
}

fn button(ran: &Ran) -> Option<Button> {
    match ran.run.status {
        Status::Running => {
            Some(("cancel", "Cancel the run".to_owned(), "Finished steps are kept and not paid for again."))
        }
        Status::Failed | Status::Cancelled => {
            let undone =
                ran.steps.iter().find(|step| step.kind != Kind::Chart && step.status != Status::Done);
            let from =
                undone.map(|step| format!("Resume from {}", step.step_id.as_str().replacen('-', " ", 1)));
            Some((
                "resume",
                from.unwrap_or_else(|| "Resume".to_owned()),
                "What was done is taken; the rest is done anew.",
            ))
        }
        _ => None,
    }
}

fn charts(ran: &Ran) -> Vec<Chart> {
    let chart = |step: &storage::StepDocument| {
        let timeframe = step.timeframe.map(|timeframe| timeframe.as_str()).unwrap_or_default();
        let template =
            step.result.chart_template_id.as_ref().map(|id| id.name().to_owned()).unwrap_or_default();
        let drawn = step.result.chart_provider.as_deref().unwrap_or("built-in");
        Chart {
            src: format!("/runs/{}/artifacts/{}", ran.run.run_id, step.step_id),
            alt: format!("{} {timeframe}: candles with the {template} indicators", ran.run.symbol),
            caption: format!("{timeframe} {template}, drawn by {drawn}"),
        }
    };
    ran.done(Kind::Chart).map(chart).collect()
}

fn journal(ran: &Ran) -> Vec<Entry> {
    let entry = |step: &storage::StepDocument| Entry {
        id: step.step_id.to_string(),
        state: step.status.as_str(),
        started: step.started_at.map(Moment),
        attempts: step.fence,
        artifact: step.result.gcs_uri.as_deref().map(|uri| {
            let name = uri.rsplit('/').next().unwrap_or(uri).to_owned();
            let hash = step.result.sha256.as_ref().map(|hash| hash.short().to_owned()).unwrap_or_default();
            (format!("/runs/{}/artifacts/{}", ran.run.run_id, step.step_id), name, hash)
        }),
    };
    ran.steps.iter().map(entry).collect()
}

impl Pages {
    async fn ready(&self, ran: &Ran) -> Result<Vec<Ready>, StoreError> {
        let mut ready = Vec::new();
        // a page is written of every report once the run tells of them
        let is_told = ran.done(Kind::Notification).next().is_some();
        for step in ran.done(Kind::Report) {
            let (Some(timeframe), Some(report)) = (step.timeframe, self.report(step).await?) else {
                continue;
            };
            let run_id = &ran.run.run_id;
            let audit = format!("/runs/{run_id}/audit/{}", step.step_id);
            ready.push(Ready {
                timeframe: timeframe.as_str(),
                bias: Verdict::of(report.report.bias),
                href: if is_told { format!("/runs/{run_id}/page/{timeframe}") } else { audit.clone() },
                audit,
                relation: relation(report.report.parent_relation, above(timeframe)),
                is_reused: step.result.reused_from.is_some(),
            });
        }
        ready.reverse();
        Ok(ready)
    }
}

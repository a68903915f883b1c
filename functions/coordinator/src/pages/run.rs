//! Will it finish, at what cost?

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use notify::fill;
use storage::{Kind, Status, StoreError};

use super::found::Ran;
use super::live::{Live, provider, step_name};
use super::shown::{Moment, Verdict, above, relation, status};
use super::{Frame, Page, Viewer, Visitor, forms};

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
    pages: Viewer,
    Extension(visitor): Extension<Visitor>,
    Path(run_id): Path<String>,
) -> Page {
    let run = pages.run(&run_id).await?;
    let ran = pages.ran(run).await.map_err(|error| pages.failed(error))?;
    let live = pages.live(&ran).await.map_err(|error| pages.failed(error))?;
    let ready = pages.ready(&ran).await.map_err(|error| pages.failed(error))?;
    let run = &ran.run;
    let page = Run {
        frame: pages.frame(format!("{} {}", run.symbol, run.run_id), "/runs"),
        id: run.run_id.to_string(),
        symbol: run.symbol.to_string(),
        flow: forms::title(pages.w, run.flow).to_owned(),
        error: (run.status == Status::Failed).then(|| {
            let reason = notify::plain(run.reason.as_deref().unwrap_or(&pages.w.watchlist.no_reason));
            let (what, advice) = reason.split_once("; ").unwrap_or((&reason, ""));
            (what.to_owned(), advice.to_owned())
        }),
        button: pages.button(&ran),
        token: visitor.form_token,
        ready,
        advice: ran.done(Kind::Recommendation).next().map(|_| format!("/runs/{}/recommendation", run.run_id)),
        charts: pages.charts(&ran),
        journal: pages.journal(&ran),
        live,
    };
    pages.render(&page)
}

impl Viewer {
    fn button(&self, ran: &Ran) -> Option<Button> {
        let w = &self.w.run;
        match ran.run.status {
            Status::Running => Some(("/cancel", w.cancel.clone(), w.cancel_note.as_str())),
            Status::Failed | Status::Cancelled => {
                let undone =
                    ran.steps.iter().find(|step| step.kind != Kind::Chart && step.status != Status::Done);
                let from = undone.map(|step| fill(&w.resume_from, &[("step", &step_name(self.w, step))]));
                Some(("/resume", from.unwrap_or_else(|| w.resume.clone()), w.resume_note.as_str()))
            }
            _ => None,
        }
    }

    fn charts(&self, ran: &Ran) -> Vec<Chart> {
        let w = &self.w.run;
        let chart = |step: &storage::StepDocument| {
            let tf = step.timeframe.map(|timeframe| timeframe.as_str()).unwrap_or_default();
            let name = step.result.chart_template_id.as_ref().map(|id| id.name()).unwrap_or_default();
            let drawn = provider(w, step.result.chart_provider.as_deref().unwrap_or("built-in"));
            Chart {
                src: format!("/runs/{}/artifacts/{}", ran.run.run_id, step.step_id),
                alt: fill(&w.chart, &[("symbol", ran.run.symbol.as_str()), ("tf", tf), ("name", name)]),
                caption: fill(&w.drawn, &[("tf", tf), ("name", name), ("provider", &drawn)]),
            }
        };
        ran.done(Kind::Chart).map(chart).collect()
    }

    fn journal(&self, ran: &Ran) -> Vec<Entry> {
        let entry = |step: &storage::StepDocument| Entry {
            id: step.step_id.to_string(),
            state: status(self.tongue, step.status),
            started: step.started_at.map(Moment),
            attempts: step.fence,
            artifact: step.result.gcs_uri.as_deref().map(|uri| {
                let name = uri.rsplit('/').next().unwrap_or(uri).to_owned();
                let hash =
                    step.result.sha256.as_ref().map(|hash| hash.short().to_owned()).unwrap_or_default();
                (format!("/runs/{}/artifacts/{}", ran.run.run_id, step.step_id), name, hash)
            }),
        };
        ran.steps.iter().map(entry).collect()
    }
}

impl Viewer {
    async fn ready(&self, ran: &Ran) -> Result<Vec<Ready>, StoreError> {
        let mut ready = Vec::new();
        for step in ran.done(Kind::Report) {
            let (Some(timeframe), Some(report)) = (step.timeframe, self.report(step).await?) else {
                continue;
            };
            let run_id = &ran.run.run_id;
            let audit = format!("/runs/{run_id}/audit/{}", step.step_id);
            ready.push(Ready {
                timeframe: timeframe.as_str(),
                bias: Verdict::of(self.tongue, report.report.bias),
                href: ran.report_address(step),
                audit,
                relation: relation(self.tongue, report.report.parent_relation, above(timeframe)),
                is_reused: step.result.reused_from.is_some(),
            });
        }
        ready.reverse();
        Ok(ready)
    }
}

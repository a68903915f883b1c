//! How far a run is: what its page shows, and the events that keep it up to date.

mod lines;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::Timeframe;
use flows::{Flow, Plan};
use jiff::Timestamp;
use lines::{Scale, lines};
use notify::words::Run;
use notify::{Language, ServerWords, fill};
use serde::Serialize;
use storage::{Kind, Status, StepDocument, StoreError};

use super::found::Ran;
use super::shown::{Moment, money, status};
use super::{Page, Viewer};
use crate::api::Problem;
use crate::api::forecast::{estimated_end, expected};
use crate::api::problem::TOO_MANY;
use crate::api::view::millis;

/// Between two looks at the journal.
const LOOK: Duration = Duration::from_secs(1);

/// A stream ends by then; a browser asks again.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// What a page of a run shows that changes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Live {
    pub(super) is_open: bool,
    pub(super) headline: String,
    pub(super) lede: String,
    /// Why it ended early, as it was recorded.
    #[serde(skip)]
    pub(super) told: String,
    pub(super) elapsed: String,
    pub(super) left: String,
    pub(super) spent: String,
    pub(super) calls: String,
    pub(super) rows: Vec<Line>,
    pub(super) log: Vec<Happened>,
    /// Reports that can be read: more of them, and the page is loaded again.
    pub(super) ready: usize,
}

/// A line of the waterfall: a step, or the charts of a timeframe.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    #[serde(skip)]
    pub(super) frame: &'static str,
    #[serde(skip)]
    pub(super) label: String,
    pub(super) mark: &'static str,
    pub(super) state: &'static str,
    pub(super) class: &'static str,
    pub(super) x: String,
    pub(super) width: String,
    pub(super) took: String,
    pub(super) note: String,
    /// Why it ended as it did, as it was recorded.
    pub(super) told: String,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Happened {
    #[serde(serialize_with = "machine")]
    pub(super) at: Moment,
    pub(super) time: String,
    pub(super) text: String,
    /// Why, as it was recorded.
    pub(super) told: String,
}

fn machine<S: serde::Serializer>(at: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

pub(super) async fn events(pages: Viewer, Path(run_id): Path<String>) -> Page {
    let run = pages.run(&run_id).await?;
    let place = pages.streams.clone().try_acquire_owned().map_err(|_| {
        let problem = Problem::new(TOO_MANY, "eight pages are being kept up to date already").after(60);
        pages.failed_as(problem, &pages.w.problem.streams)
    })?;
    let begun = tokio::time::Instant::now();
    let first = (pages.clone(), run.run_id, String::new(), false, place);
    let stream =
        futures_util::stream::unfold(first, move |(pages, run_id, mut last, over, place)| async move {
            if over || begun.elapsed() > LONGEST {
                return None;
            }
            loop {
                let run = pages.api.run(run_id.as_str()).await.ok()?;
                let ran = pages.ran(run).await.ok()?;
                let live = pages.live(&ran).await.ok()?;
                let text = serde_json::to_string(&live).ok()?;
                if text != last {
                    last.clone_from(&text);
                    let event = Ok::<_, Infallible>(Event::default().data(text));
                    return Some((event, (pages, run_id, last, !live.is_open, place)));
                }
                tokio::time::sleep(LOOK).await;
            }
        });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()).into_response())
}

impl Viewer {
    /// How far the run is.
    pub(super) async fn live(&self, ran: &Ran) -> Result<Live, StoreError> {
        let Ran { run, steps } = ran;
        let journal = self.api.services.journal.as_ref();
        let now = self.api.services.clock.now();
        let known = self.api.medians.of(journal, &run.source, now).await?;
        let is_open = !run.status.is_terminal();
        let plan = Flow::numbered(&run.flow.to_string()).map(|flow| Plan::of(&flow)).ok();
        let plan = plan.unwrap_or(Plan { steps: Vec::new() });
        let end = if is_open { estimated_end(&plan, steps, &known, now) } else { run.ended_at };
        let last = if is_open { now } else { run.ended_at.unwrap_or(now) };
        let scale = Scale {
            begun: run.created_at,
            total: millis(run.created_at, end.unwrap_or(last).max(last)).max(1),
        };
        let expected = expected(&plan, steps, &known, now);
        let rows = lines(&plan, steps, is_open)
            .into_iter()
            .map(|group| group.line(self.tongue, &scale, &expected, &known, now, is_open))
            .collect();
        let ended = steps.iter().filter(|step| step.status.is_terminal()).count();
        let all = plan.steps.len().max(steps.len());
        let calls: u32 = steps.iter().filter_map(|step| step.result.model_calls).sum();
        let (w, took) = (&self.w.run, |ms| self.tongue.took(ms));
        let left = end.filter(|_| is_open).map(|end| fill(&w.left, &[("took", &took(millis(now, end)))]));
        let since = || fill(&w.since, &[("time", &self.tongue.clock(run.created_at))]);
        Ok(Live {
            is_open,
            headline: self.headline(ran).await?,
            lede: lede(self.w, ran, ended, all),
            told: ran.run.reason.as_deref().map(notify::plain).unwrap_or_default(),
            elapsed: took(millis(run.created_at, last)),
            left: left.unwrap_or_else(since),
            spent: money(steps.iter().filter_map(|step| step.result.cost_usd).sum()),
            calls: fill(&w.calls, &[("n", &calls.to_string())]),
            rows,
            ready: ran.done(Kind::Report).count() + ran.done(Kind::Recommendation).count(),
            log: log(self.tongue, steps),
        })
    }

    async fn headline(&self, ran: &Ran) -> Result<String, StoreError> {
        let w = &self.w.run;
        Ok(match ran.run.status {
            Status::Done => match self.came_of(ran).await? {
                result if result.is_empty() => w.done.clone(),
                result => fill(&w.done_with, &[("result", &result)]),
            },
            Status::Failed => {
                let step = ran.run.reason.as_deref().and_then(|reason| reason.split_once(": "));
                let step = step.and_then(|(id, _)| ran.steps.iter().find(|step| step.step_id.as_str() == id));
                let step = step.map_or_else(|| w.its_end.clone(), |step| step_name(self.w, step));
                fill(&w.failed_at, &[("step", &step)])
            }
            Status::Cancelled => w.cancelled.clone(),
            _ => {
                let work = ran.steps.iter().filter(|step| step.status == Status::Running);
                let step = work.max_by_key(|step| step.kind);
                step.map_or(&w.starting, |step| doing(w, step)).clone()
            }
        })
    }
}

fn doing<'a>(w: &'a Run, step: &StepDocument) -> &'a String {
    match (step.kind, step.timeframe) {
        (Kind::Report, Some(Timeframe::Month)) => &w.reading_month,
        (Kind::Report, Some(Timeframe::Week)) => &w.reading_week,
        (Kind::Report, Some(Timeframe::Day)) => &w.reading_day,
        (Kind::Report, Some(Timeframe::Hour4)) => &w.reading_hour4,
        (Kind::Report, _) => &w.reading,
        (Kind::Recommendation, _) => &w.weighing,
        (Kind::Chart, _) => &w.drawing,
        (Kind::Ohlcv, _) => &w.gathering,
        _ => &w.finishing,
    }
}

/// A step as a person calls it: `1w report`.
pub(super) fn step_name(w: &ServerWords, step: &StepDocument) -> String {
    let name = match step.kind {
        Kind::Ohlcv => w.run.candles.to_lowercase(),
        Kind::Chart => {
            let template = step.step_id.as_str().split("-chart-").nth(1).unwrap_or_default();
            fill(&w.run.chart_step, &[("name", template)])
        }
        Kind::Report => w.run.report.to_lowercase(),
        Kind::Recommendation => w.run.recommendation.to_lowercase(),
        Kind::Account => w.run.account.to_lowercase(),
        Kind::Notification => w.run.notices.to_lowercase(),
    };
    step.timeframe.map_or_else(|| name.clone(), |timeframe| format!("{timeframe} {name}"))
}

fn lede(words: &ServerWords, ran: &Ran, ended: usize, all: usize) -> String {
    let w = &words.run;
    let reused = ran.steps.iter().filter(|step| step.result.reused_from.is_some()).count();
    let reused = (reused > 0).then(|| fill(&w.taken, &[("n", &reused.to_string())]));
    let (ended, all) = (ended.to_string(), all.to_string());
    let values = [("ended", ended.as_str()), ("all", &all)];
    let steps = match ran.run.status {
        Status::Done => fill(&w.all_ended, &values),
        _ => fill(&w.steps_ended, &values),
    };
    let kept = matches!(ran.run.status, Status::Failed | Status::Cancelled).then(|| w.kept.clone());
    let parts = std::iter::once(steps).chain(kept).chain(reused);
    parts.collect::<Vec<_>>().join(" ")
}

fn log(tongue: Language, steps: &[StepDocument]) -> Vec<Happened> {
    let words = tongue.words();
    let w = &words.run;
    let mut log: Vec<(Timestamp, String, String)> = Vec::new();
    for step in steps {
        let name = step_name(words, step);
        let result = &step.result;
        if let Some(from) = &result.reused_from {
            let text = fill(&w.log_taken, &[("step", &name), ("run", from.as_str())]);
            log.push((step.created_at, text, String::new()));
            continue;
        }
        let began = || fill(&w.log_began, &[("step", &name)]);
        log.extend(step.started_at.map(|at| (at, began(), String::new())));
        if let Some(at) = step.ended_at {
            let text = fill(&w.log_ended, &[("step", &name), ("state", status(tongue, step.status))]);
            log.push((at, text, result.reason.as_deref().map(notify::plain).unwrap_or_default()));
        }
    }
    log.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let happened =
        |(at, text, told)| Happened { at: Moment(at), time: Moment(at).seconds_of_day(), text, told };
    log.into_iter().take(30).map(happened).collect()
}

/// Who drew a chart.
pub(super) fn provider(w: &Run, name: &str) -> String {
    if name == "built-in" { w.built_in.clone() } else { notify::plain(name) }
}

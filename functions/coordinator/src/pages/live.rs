//! How far a run is: what its page shows, and the events that keep it up to date.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::Timeframe;
use flows::{Flow, Plan};
use jiff::Timestamp;
use serde::Serialize;
use storage::{Kind, Status, StepDocument, StoreError};

use super::found::Ran;
use super::shown::{Moment, money, took};
use super::{Page, Pages, Shared};
use crate::api::Problem;
use crate::api::forecast::{estimated_end, expected};
use crate::api::problem::TOO_MANY;
use crate::api::view::millis;
use crate::kind as kind_of;

/// Between two looks at the journal.
const LOOK: Duration = Duration::from_secs(1);

/// A stream ends by then; a browser asks again.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Width of the waterfall.
const WIDTH: f64 = 480.0;

/// What a page of a run shows that changes.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Live {
    pub(super) is_open: bool,
    pub(super) headline: String,
    pub(super) lede: String,
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
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Happened {
    #[serde(serialize_with = "machine")]
    pub(super) at: Moment,
    pub(super) time: String,
    pub(super) text: String,
}

fn machine<S: serde::Serializer>(at: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

pub(super) async fn events(State(pages): Shared, Path(run_id): Path<String>) -> Page {
    let run = pages.api.run(&run_id).await.map_err(|problem| pages.failed(problem))?;
    let place = pages.streams.clone().try_acquire_owned().map_err(|_| {
        let detail = "Eight pages are being kept up to date already; this one reloads by itself without.";
        pages.failed(Problem::new(TOO_MANY, detail).after(60))
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

impl Pages {
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
            .map(|group| group.line(&scale, &expected, &known, now, is_open))
            .collect();
        let ended = steps.iter().filter(|step| step.status.is_terminal()).count();
        let all = plan.steps.len().max(steps.len());
        let calls: u32 = steps.iter().filter_map(|step| step.result.model_calls).sum();
        let left = end.filter(|_| is_open).map(|end| format!("about {} left", took(millis(now, end))));
        Ok(Live {
            is_open,
            headline: self.headline(ran).await?,
            lede: lede(ran, ended, all),
            elapsed: took(millis(run.created_at, last)),
            left: left.unwrap_or_else(|| format!("since {}", Moment(run.created_at).clock())),
            spent: money(steps.iter().filter_map(|step| step.result.cost_usd).sum()),
            calls: format!("{calls} calls to the model"),
            rows,
            ready: ran.done(Kind::Report).count() + ran.done(Kind::Recommendation).count(),
            log: log(steps),
        })
    }

    async fn headline(&self, ran: &Ran) -> Result<String, StoreError> {
        Ok(match ran.run.status {
            Status::Done => match self.came_of(ran).await? {
                result if result.is_empty() => "Done".to_owned(),
                result => format!("Done: {result}"),
            },
            Status::Failed => {
                let step = ran.run.reason.as_deref().and_then(|reason| reason.split_once(": "));
                format!("Failed at {}", step.map_or("its end", |(step, _)| step).replace('-', " "))
            }
            Status::Cancelled => "Cancelled".to_owned(),
            _ => {
                let work = ran.steps.iter().filter(|step| step.status == Status::Running);
                let step = work.max_by_key(|step| step.kind);
                step.map_or_else(|| "Starting".to_owned(), doing)
            }
        })
    }
}

fn doing(step: &StepDocument) -> String {
    let frame = match step.timeframe {
        Some(Timeframe::Month) => "the month",
        Some(Timeframe::Week) => "the week",
        Some(Timeframe::Day) => "the day",
        Some(Timeframe::Hour4) => "four hours",
        _ => "it",
    };
    if step.kind == Kind::Report {
        format!("Reading {frame}")
    } else if step.kind == Kind::Recommendation {
        "Weighing both sides".to_owned()
    } else if step.kind == Kind::Chart {
        "Drawing charts".to_owned()
    } else if step.kind == Kind::Ohlcv {
        "Gathering candles".to_owned()
    } else {
        "Finishing".to_owned()
    }
}

fn lede(ran: &Ran, ended: usize, all: usize) -> String {
    let reused = ran.steps.iter().filter(|step| step.result.reused_from.is_some()).count();
    let reused =
        if reused > 0 { format!(" {reused} of them were taken from an earlier run.") } else { String::new() };
    match ran.run.status {
        Status::Running => format!("{ended} of {all} steps have ended.{reused}"),
        Status::Cancelled => {
            format!(
                "{}. {ended} of {all} steps had ended, and what they made is kept.",
                upper(ran.run.reason.as_deref())
            )
        }
        Status::Failed => format!("{ended} of {all} steps have ended, and what was done is kept.{reused}"),
        _ => format!("All {ended} steps have ended.{reused}"),
    }
}

fn upper(text: Option<&str>) -> String {
    let text = notify::plain(text.unwrap_or("called off"));
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn log(steps: &[StepDocument]) -> Vec<Happened> {
    let mut log: Vec<(Timestamp, String)> = Vec::new();
    for step in steps {
        let name = step.step_id.as_str().replacen('-', " ", 1);
        let result = &step.result;
        if let Some(from) = &result.reused_from {
            log.push((step.created_at, format!("{name} taken from {from}.")));
            continue;
        }
        log.extend(step.started_at.map(|at| (at, format!("{name} began."))));
        if let Some(at) = step.ended_at {
            let reason = result.reason.as_deref().map(|reason| format!(": {}", notify::plain(reason)));
            log.push((at, format!("{name} {}{}.", step.status.as_str(), reason.unwrap_or_default())));
        }
    }
    log.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let happened = |(at, text)| Happened { at: Moment(at), time: Moment(at).seconds_of_day(), text };
    log.into_iter().take(30).map(happened).collect()
}

/// Steps that are shown as one line.
struct Group<'a> {
    frame: Option<Timeframe>,
    is_first: bool,
    kind: Kind,
    ids: Vec<domain::StepId>,
    steps: Vec<&'a StepDocument>,
}

/// The lines of a run, in the order of its plan. Of a run that has ended those that were never begun are left out.
fn lines<'a>(plan: &Plan, steps: &'a [StepDocument], is_open: bool) -> Vec<Group<'a>> {
    let planned = plan.steps.iter().map(|step| (step.id.clone(), kind_of(&step.kind), step.timeframe));
    let others = steps.iter().map(|step| (step.step_id.clone(), step.kind, step.timeframe));
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (id, kind, frame) in planned.chain(others) {
        if groups.iter().any(|group| group.ids.contains(&id)) {
            continue;
        }
        let step = steps.iter().find(|step| step.step_id == id);
        if step.is_none() && !is_open {
            continue;
        }
        match groups.iter_mut().find(|group| group.frame == frame && group.kind == kind && frame.is_some()) {
            Some(group) => {
                group.ids.push(id);
                group.steps.extend(step);
            }
            None => groups.push(Group {
                frame,
                is_first: false,
                kind,
                ids: vec![id],
                steps: step.into_iter().collect(),
            }),
        }
    }
    let rank =
        |frame: Option<Timeframe>| Timeframe::ALL.iter().position(|other| Some(*other) == frame).unwrap_or(9);
    groups.sort_by_key(|group| (rank(group.frame), group.kind));
    let mut last = None;
    for group in &mut groups {
        group.is_first = group.frame.is_some() && group.frame != last;
        last = group.frame;
    }
    groups
}

struct Scale {
    begun: Timestamp,
    /// ms.
    total: i64,
}

impl Scale {
    /// Place and width of a stretch of time.
    fn bar(&self, from: Timestamp, to: Timestamp) -> (String, String) {
        let at = |time| millis(self.begun, time) as f64 / self.total as f64 * WIDTH;
        let (x, end) = (at(from).min(WIDTH - 2.0), at(to).min(WIDTH));
        (format!("{x:.1}"), format!("{:.1}", (end - x).max(2.0)))
    }
}

impl Group<'_> {
    fn status(&self) -> Status {
        let is = |status: Status| self.steps.iter().any(|step| step.status == status);
        let whole = self.steps.len() == self.ids.len();
        match () {
            () if is(Status::Running) => Status::Running,
            () if is(Status::Pending) => Status::Pending,
            () if !whole => Status::Waiting,
            () if is(Status::Failed) => Status::Failed,
            () if is(Status::Done) => Status::Done,
            () if is(Status::Cancelled) => Status::Cancelled,
            () => Status::Skipped,
        }
    }

    fn line(
        &self,
        scale: &Scale,
        expected: &BTreeMap<domain::StepId, (Timestamp, Timestamp)>,
        known: &BTreeMap<domain::StepId, i64>,
        now: Timestamp,
        is_open: bool,
    ) -> Line {
        let status = self.status();
        let is_reused = self.steps.iter().any(|step| step.result.reused_from.is_some());
        let (mark, state, class) = match status {
            Status::Done if is_reused => ("↻", "reused", "reused"),
            Status::Done => ("✓", "done", "done"),
            Status::Running => ("◌", "running", "running"),
            Status::Failed => ("✕", "failed", "failed"),
            Status::Skipped => ("–", "skipped", "skipped"),
            Status::Cancelled => ("–", "cancelled", "skipped"),
            Status::Pending => ("•", "pending", "expected"),
            Status::Waiting => ("•", "waiting", "expected"),
        };
        let started = self.steps.iter().filter_map(|step| step.started_at).min();
        let ended = self.steps.iter().filter_map(|step| step.ended_at).max().filter(|_| status.is_terminal());
        let expected = self.ids.iter().filter_map(|id| expected.get(id)).copied();
        let expected = expected.reduce(|(from, to), (f, t)| (from.min(f), to.max(t))).filter(|_| is_open);
        let stretch = match (started, ended) {
            (Some(started), Some(ended)) => Some((started, ended)),
            (Some(started), None) => Some((started, now)),
            (None, Some(ended)) => Some((ended, ended)),
            (None, None) => expected,
        };
        let (x, width) =
            stretch.map_or_else(|| ("0".to_owned(), "0".to_owned()), |(from, to)| scale.bar(from, to));
        let length = started.map(|started| took(millis(started, ended.unwrap_or(now))));
        Line {
            id: format!("line-{}", self.ids.first().map(ToString::to_string).unwrap_or_default()),
            frame: self.frame.filter(|_| self.is_first).map(|frame| frame.as_str()).unwrap_or_default(),
            label: self.label(),
            mark,
            state,
            class,
            x,
            width,
            took: length.unwrap_or_default(),
            note: self.note(status, known),
        }
    }

    fn label(&self) -> String {
        let word = if self.kind == Kind::Ohlcv {
            "Candles"
        } else if self.kind == Kind::Chart {
            return format!("Charts, {}", self.ids.len());
        } else if self.kind == Kind::Report {
            "Report"
        } else if self.kind == Kind::Recommendation {
            "Recommendation"
        } else if self.kind == Kind::Notification {
            "Page and notices"
        } else {
            return upper(self.ids.first().map(|id| id.as_str()));
        };
        word.to_owned()
    }

    fn note(&self, status: Status, known: &BTreeMap<domain::StepId, i64>) -> String {
        let of = |step: &&StepDocument| {
            let result = &step.result;
            let reused = result.reused_from.as_ref().map(|from| format!("of {from}"));
            let reason = result.reason.as_deref().map(notify::plain);
            let cost = result.cost_usd.filter(|_| reused.is_none()).map(money);
            let drawn = result.chart_provider.clone();
            let tries = (step.fence > 1 && reused.is_none()).then(|| format!("{} attempts", step.fence));
            [reused, reason, tries, drawn, cost].into_iter().flatten().collect::<Vec<_>>()
        };
        let mut parts: Vec<String> = self.steps.iter().flat_map(of).collect();
        parts.dedup();
        if parts.is_empty() && !status.is_terminal() {
            let usual = self.ids.iter().filter_map(|id| known.get(id)).max();
            parts.extend(usual.map(|ms| format!("usually {}", took(*ms))));
        }
        parts.join(", ")
    }
}

//! The lines of a run's page: steps that belong together, each a stretch of time.

use std::collections::BTreeMap;

use domain::Timeframe;
use flows::Plan;
use jiff::Timestamp;
use notify::{Language, ServerWords, fill};
use storage::{Kind, Status, StepDocument};

use super::{Line, provider};
use crate::api::view::millis;
use crate::kind as kind_of;
use crate::pages::shown::{money, status};

/// Width of the waterfall.
const WIDTH: f64 = 480.0;

/// Steps that are shown as one line.
pub(super) struct Group<'a> {
    frame: Option<Timeframe>,
    is_first: bool,
    kind: Kind,
    ids: Vec<domain::StepId>,
    steps: Vec<&'a StepDocument>,
}

/// The lines of a run, in the order of its plan. Of a run that has ended those that were never begun are left out.
pub(super) fn lines<'a>(plan: &Plan, steps: &'a [StepDocument], is_open: bool) -> Vec<Group<'a>> {
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

pub(super) struct Scale {
    pub(super) begun: Timestamp,
    /// ms.
    pub(super) total: i64,
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

    pub(super) fn line(
        &self,
        tongue: Language,
        scale: &Scale,
        expected: &BTreeMap<domain::StepId, (Timestamp, Timestamp)>,
        known: &BTreeMap<domain::StepId, i64>,
        now: Timestamp,
        is_open: bool,
    ) -> Line {
        let stands = self.status();
        let is_reused = self.steps.iter().any(|step| step.result.reused_from.is_some());
        let words = tongue.words();
        let (mark, class) = match stands {
            Status::Done if is_reused => ("↻", "reused"),
            Status::Done => ("✓", "done"),
            Status::Running => ("◌", "running"),
            Status::Failed => ("✕", "failed"),
            Status::Skipped | Status::Cancelled => ("–", "skipped"),
            Status::Pending | Status::Waiting => ("•", "expected"),
        };
        let state = if class == "reused" { words.status.reused.as_str() } else { status(tongue, stands) };
        let started = self.steps.iter().filter_map(|step| step.started_at).min();
        let ended = self.steps.iter().filter_map(|step| step.ended_at).max().filter(|_| stands.is_terminal());
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
        let length = started.map(|started| tongue.took(millis(started, ended.unwrap_or(now))));
        Line {
            id: format!("line-{}", self.ids.first().map(ToString::to_string).unwrap_or_default()),
            frame: self.frame.filter(|_| self.is_first).map(|frame| frame.as_str()).unwrap_or_default(),
            label: self.label(words),
            mark,
            state,
            class,
            x,
            width,
            took: length.unwrap_or_default(),
            note: self.note(tongue, stands, known),
            told: self.told(),
        }
    }

    fn label(&self, words: &ServerWords) -> String {
        let w = &words.run;
        match self.kind {
            Kind::Ohlcv => w.candles.clone(),
            Kind::Chart => fill(&w.charts_n, &[("n", &self.ids.len().to_string())]),
            Kind::Report => w.report.clone(),
            Kind::Recommendation => w.recommendation.clone(),
            Kind::Notification => w.notices.clone(),
            Kind::Account => w.account.clone(),
        }
    }

    fn told(&self) -> String {
        let reasons = self.steps.iter().filter_map(|step| step.result.reason.as_deref());
        let mut reasons: Vec<String> = reasons.map(notify::plain).collect();
        reasons.dedup();
        reasons.join(", ")
    }

    fn note(&self, tongue: Language, status: Status, known: &BTreeMap<domain::StepId, i64>) -> String {
        let w = &tongue.words().run;
        let of = |step: &&StepDocument| {
            let result = &step.result;
            let reused = result.reused_from.as_ref().map(|from| fill(&w.of_run, &[("run", from.as_str())]));
            let cost = result.cost_usd.filter(|_| reused.is_none()).map(money);
            let drawn = result.chart_provider.as_deref().map(|name| provider(w, name));
            let is_repeated = step.fence > 1 && reused.is_none();
            let tries = is_repeated.then(|| fill(&w.tries, &[("n", &step.fence.to_string())]));
            [reused, tries, drawn, cost].into_iter().flatten().collect::<Vec<_>>()
        };
        let mut parts: Vec<String> = self.steps.iter().flat_map(of).collect();
        parts.dedup();
        if parts.is_empty() && !status.is_terminal() {
            let usual = self.ids.iter().filter_map(|id| known.get(id)).max();
            parts.extend(usual.map(|ms| fill(&w.usually, &[("took", &tongue.took(*ms))])));
        }
        parts.join(", ")
    }
}

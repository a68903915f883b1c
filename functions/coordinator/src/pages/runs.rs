//! The list of runs.

use std::pin::pin;

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use futures_util::StreamExt;
use notify::{ServerWords, fill};
use serde::Deserialize;
use storage::{Kind, Place, RunDocument, Status};

use super::found::Ran;
use super::shown::{Moment, Verdict, money, status};
use super::{Frame, Page, Viewer, forms};
use crate::api::list::{Wanted as Filter, cursor, place};
use crate::api::steps::with_steps;

/// Runs of a page.
const PAGE: usize = 50;

/// Where a run may stand.
const STATES: [Status; 4] = [Status::Running, Status::Done, Status::Failed, Status::Cancelled];

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    symbol: String,
    #[serde(default)]
    flow: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    after: String,
}

pub(super) struct Shown {
    pub(super) symbol: String,
    /// 0 for any.
    pub(super) flow: u8,
    pub(super) state: String,
}

pub(super) struct Row {
    id: String,
    at: Moment,
    symbol: String,
    flow: u8,
    state: &'static str,
    is_failed: bool,
    result: String,
    /// Whether the result is a reason that was recorded, in English.
    is_told: bool,
    cost: String,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct Runs {
    frame: Frame,
    wanted: Shown,
    states: Vec<(&'static str, &'static str)>,
    flows: Vec<(u8, String)>,
    runs: Vec<Row>,
    drop: String,
    next: Option<String>,
}

pub(super) async fn show(pages: Viewer, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
    let Query(wanted) = wanted.map_err(|_| pages.nothing())?;
    let symbol = wanted.symbol.trim().to_uppercase();
    let filter = Filter {
        symbol: symbol.parse().ok(),
        flow: wanted.flow.parse().ok(),
        state: STATES.into_iter().find(|state| state.as_str() == wanted.state),
        ..Filter::default()
    };
    let asked = [!symbol.is_empty(), !wanted.flow.is_empty(), !wanted.state.is_empty()];
    let understood = [filter.symbol.is_some(), filter.flow.is_some(), filter.state.is_some()];
    // what nobody can be called fits nothing, rather than everything
    let (runs, next) = if asked == understood {
        let listed = pages.api.listed(&filter, place(&wanted.after), PAGE).await;
        listed.map_err(|problem| pages.failed(problem))?
    } else {
        (Vec::new(), None)
    };
    let mut rows = Vec::new();
    let mut read = pin!(with_steps(pages.api.services.journal.as_ref(), runs));
    while let Some((run, steps)) = read.next().await {
        let ran = Ran { run, steps: steps.unwrap_or_default() };
        rows.push(pages.listed_row(&ran).await.map_err(|error| pages.failed(error))?);
    }
    let next = next.as_ref().map(|place: &Place| {
        let filters =
            format!("symbol={}&flow={}&state={}", key(&symbol), key(&wanted.flow), key(&wanted.state));
        format!("/runs?{filters}&after={}", cursor(place))
    });
    let w = &pages.w.filter;
    let filters = [&w.by_symbol, &w.by_flow, &w.by_state].into_iter().zip(asked);
    let filters = filters.filter_map(|(name, is_set)| is_set.then_some(name.as_str()));
    let filters: Vec<_> = filters.collect();
    pages.render(&Runs {
        frame: pages.frame(pages.w.menu.runs.as_str(), "/runs"),
        states: STATES.map(|state| (state.as_str(), status(pages.tongue, state))).to_vec(),
        wanted: Shown { symbol, flow: filter.flow.unwrap_or_default(), state: wanted.state },
        flows: forms::flows(pages.w),
        drop: dropped(pages.w, &filters, &pages.w.runs.start),
        runs: rows,
        next,
    })
}

/// Which filter to drop, or what to do where none is set.
pub(super) fn dropped(w: &ServerWords, filters: &[&str], otherwise: &str) -> String {
    match filters {
        [] => otherwise.to_owned(),
        [one] => fill(&w.filter.drop_one, &[("name", one)]),
        [.., last] => fill(&w.filter.drop_many, &[("name", last)]),
    }
}

/// A value of a query, its characters as they travel.
fn key(text: &str) -> String {
    text.parse::<domain::Symbol>().map(|symbol| symbol.key()).unwrap_or_default()
}

impl Viewer {
    async fn listed_row(&self, ran: &Ran) -> Result<Row, storage::StoreError> {
        let RunDocument { run_id, requested_at, symbol, flow, status, .. } = &ran.run;
        let cost = ran.steps.iter().filter_map(|step| step.result.cost_usd).sum();
        Ok(Row {
            id: run_id.to_string(),
            at: Moment(*requested_at),
            symbol: symbol.to_string(),
            flow: *flow,
            state: super::shown::status(self.tongue, *status),
            is_failed: *status == Status::Failed,
            result: self.came_of(ran).await?,
            is_told: matches!(status, Status::Failed | Status::Cancelled),
            cost: money(cost),
        })
    }

    /// What came of a run, in a few words.
    pub(super) async fn came_of(&self, ran: &Ran) -> Result<String, storage::StoreError> {
        match ran.run.status {
            Status::Done => {
                if let Some(step) = ran.done(Kind::Recommendation).next()
                    && let Some(found) = self.recommendation(step).await?
                {
                    return Ok(Verdict::to(self.tongue, found.recommendation.direction).word.to_owned());
                }
                let Some(step) = ran.done(Kind::Report).last() else { return Ok(String::new()) };
                let timeframe = step.timeframe.map(|timeframe| timeframe.as_str()).unwrap_or_default();
                let bias =
                    self.report(step).await?.map(|report| Verdict::of(self.tongue, report.report.bias).word);
                Ok(format!("{timeframe} {}", bias.unwrap_or(&self.w.runs.report)))
            }
            Status::Running => {
                let ended = ran.steps.iter().filter(|step| step.status.is_terminal()).count();
                let (ended, all) = (ended.to_string(), ran.steps.len().to_string());
                Ok(fill(&self.w.runs.steps, &[("ended", &ended), ("all", &all)]))
            }
            _ => {
                let reason = notify::plain(ran.run.reason.as_deref().unwrap_or_default());
                Ok(reason.split("; ").next().unwrap_or_default().to_owned())
            }
        }
    }
}

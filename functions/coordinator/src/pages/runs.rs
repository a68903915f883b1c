//! The list of runs.

use std::pin::pin;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use futures_util::StreamExt;
use serde::Deserialize;
use storage::{Kind, Place, RunDocument, Status};

use super::found::Ran;
use super::shown::{Moment, Verdict, money};
use super::{Frame, Page, Pages, Shared, forms};
use crate::api::list::{Wanted as Filter, cursor, place};
use crate::api::steps::with_steps;

/// Runs of a page.
const PAGE: usize = 50;

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
    result: String,
    cost: String,
}

#[derive(Template)]
#[template(path = "runs.html")]
struct Runs {
    frame: Frame,
    headline: String,
    wanted: Shown,
    flows: Vec<(u8, String)>,
    runs: Vec<Row>,
    drop: String,
    next: Option<String>,
}

pub(super) async fn show(State(pages): Shared, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
    let Query(wanted) = wanted.map_err(|_| pages.nothing())?;
    let symbol = wanted.symbol.trim().to_uppercase();
    let filter = Filter {
        symbol: symbol.parse().ok(),
        flow: wanted.flow.parse().ok(),
        state: [Status::Running, Status::Done, Status::Failed, Status::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == wanted.state),
        ..Filter::default()
    };
    let (runs, next) = pages
        .api
        .listed(&filter, place(&wanted.after), PAGE)
        .await
        .map_err(|problem| pages.failed(problem))?;
    let mut rows = Vec::new();
    let mut read = pin!(with_steps(pages.api.services.journal.as_ref(), runs));
    while let Some((run, steps)) = read.next().await {
        let ran = Ran { run, steps: steps.unwrap_or_default() };
        rows.push(pages.listed_row(&ran).await.map_err(|error| pages.failed(error))?);
    }
    let next = next.as_ref().map(|place: &Place| {
        let filters =
            format!("symbol={}&flow={}&state={}", key(&symbol), key(&wanted.flow), key(&wanted.state));
        format!("{filters}&after={}", cursor(place))
    });
    let filters: Vec<_> =
        [("symbol", !symbol.is_empty()), ("flow", filter.flow.is_some()), ("state", filter.state.is_some())]
            .into_iter()
            .filter_map(|(name, is_set)| is_set.then_some(name))
            .collect();
    pages.render(&Runs {
        frame: pages.frame("Runs", "Runs"),
        headline: "Runs".to_owned(),
        wanted: Shown { symbol, flow: filter.flow.unwrap_or_default(), state: wanted.state },
        flows: forms::flows(),
        drop: dropped(&filters, "Start one from the watchlist."),
        runs: rows,
        next,
    })
}

/// Which filter to drop, or what to do where none is set.
pub(super) fn dropped(filters: &[&str], otherwise: &str) -> String {
    match filters {
        [] => otherwise.to_owned(),
        [one] => format!("Drop the filter by {one}."),
        [.., last] => format!("Drop a filter: {last}, for one."),
    }
}

/// A value of a query, its characters as they travel.
fn key(text: &str) -> String {
    text.parse::<domain::Symbol>().map(|symbol| symbol.key()).unwrap_or_default()
}

impl Pages {
    async fn listed_row(&self, ran: &Ran) -> Result<Row, storage::StoreError> {
        let RunDocument { run_id, requested_at, symbol, flow, status, .. } = &ran.run;
        let cost = ran.steps.iter().filter_map(|step| step.result.cost_usd).sum();
        Ok(Row {
            id: run_id.to_string(),
            at: Moment(*requested_at),
            symbol: symbol.to_string(),
            flow: *flow,
            state: status.as_str(),
            result: self.came_of(ran).await?,
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
                    return Ok(Verdict::to(found.recommendation.direction).word.to_owned());
                }
                let Some(step) = ran.done(Kind::Report).last() else { return Ok(String::new()) };
                let timeframe = step.timeframe.map(|timeframe| timeframe.as_str()).unwrap_or_default();
                let bias = self.report(step).await?.map(|report| Verdict::of(report.report.bias).word);
                Ok(format!("{timeframe} {}", bias.unwrap_or("report")))
            }
            Status::Running => {
                let ended = ran.steps.iter().filter(|step| step.status.is_terminal()).count();
                Ok(format!("{ended} of {} steps", ran.steps.len()))
            }
            _ => {
                let reason = notify::plain(ran.run.reason.as_deref().unwrap_or_default());
                Ok(reason.split("; ").next().unwrap_or_default().to_owned())
            }
        }
    }
}

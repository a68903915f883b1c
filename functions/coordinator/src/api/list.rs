//! `GET /v1/runs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::Symbol;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use storage::{Place, RunDocument, Status};

use super::Api;
use super::problem::{INVALID, Problem};
use super::view::RunView;

/// Runs of a page.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 200;

/// Runs read at once, and how often for one page: a filter that little passes ends a page early.
const READ: usize = 200;
const READS: usize = 5;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filters {
    flow: Option<u8>,
    symbol: Option<String>,
    state: Option<Status>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A page of the list.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    runs: Vec<RunView>,
    /// What asks for the next page; none after the last.
    next: Option<String>,
}

pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    filters: Result<Query<Filters>, QueryRejection>,
) -> Result<Json<Page>, Problem> {
    let Query(filters) = filters.map_err(|error| Problem::new(INVALID, error.body_text()))?;
    let limit = filters.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::new(INVALID, format!("limit is 1 to {LARGEST_PAGE}")).of("limit"));
    }
    let (runs, next) = api.listed(&filters.wanted()?, filters.place()?, limit).await?;
    Ok(Json(Page { runs: runs.iter().map(RunView::of).collect(), next: next.as_ref().map(cursor) }))
}

/// Which runs are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) flow: Option<u8>,
    pub(crate) symbol: Option<Symbol>,
    pub(crate) state: Option<Status>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl Filters {
    fn wanted(&self) -> Result<Wanted, Problem> {
        let symbol = self.symbol.as_deref().map(str::parse).transpose();
        Ok(Wanted {
            flow: self.flow,
            symbol: symbol.map_err(|error| Problem::new(INVALID, error).of("symbol"))?,
            state: self.state,
            since: self.since,
            until: self.until,
        })
    }

    fn place(&self) -> Result<Option<Place>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let invalid = || Problem::new(INVALID, "cursor is what `next` of a page says").of("cursor");
        place(cursor).map(Some).ok_or_else(invalid)
    }
}

/// The place that a cursor names.
pub(crate) fn place(cursor: &str) -> Option<Place> {
    let (ms, run_id) = cursor.split_once('.')?;
    let requested_at = Timestamp::from_millisecond(ms.parse().ok()?).ok()?;
    Some(Place { requested_at, run_id: run_id.parse().ok()? })
}

/// A place as a cursor.
pub(crate) fn cursor(place: &Place) -> String {
    format!("{}.{}", place.requested_at.as_millisecond(), place.run_id)
}

impl Wanted {
    fn takes(&self, run: &RunDocument) -> bool {
        self.flow.is_none_or(|flow| run.flow == flow)
            && self.symbol.as_ref().is_none_or(|symbol| run.symbol == *symbol)
            && self.state.is_none_or(|state| run.status == state)
            && self.since.is_none_or(|since| run.requested_at >= since)
            && self.until.is_none_or(|until| run.requested_at < until)
    }
}

impl Api {
    /// Runs that are wanted, the newest first, and the place after which there may be more.
    pub(crate) async fn listed(
        &self,
        wanted: &Wanted,
        mut place: Option<Place>,
        limit: usize,
    ) -> Result<(Vec<RunDocument>, Option<Place>), Problem> {
        let journal = &self.services.journal;
        let mut found = Vec::new();
        for _ in 0..READS {
            let read = match &place {
                Some(place) => journal.runs_after(place, READ).await?,
                None => journal.runs(READ).await?,
            };
            let is_last = read.len() < READ;
            for run in read {
                if found.len() == limit {
                    return Ok((found, place));
                }
                if wanted.since.is_some_and(|since| run.requested_at < since) {
                    return Ok((found, None));
                }
                place = Some(Place { requested_at: run.requested_at, run_id: run.run_id.clone() });
                if wanted.takes(&run) {
                    found.push(run);
                }
            }
            if is_last {
                return Ok((found, None));
            }
        }
        Ok((found, place))
    }
}

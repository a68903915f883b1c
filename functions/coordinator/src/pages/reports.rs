//! The list of reports.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use storage::Kind;

use super::runs::dropped;
use super::shown::{Moment, Verdict};
use super::{Frame, Page, Shared};

/// Reports shown at most.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    symbol: String,
    #[serde(default)]
    timeframe: String,
}

pub(super) struct Row {
    href: String,
    audit: String,
    at: Moment,
    symbol: String,
    timeframe: &'static str,
    bias: Verdict,
    up: i64,
    down: i64,
    numbers: String,
}

#[derive(Template)]
#[template(path = "reports.html")]
struct Reports {
    frame: Frame,
    headline: String,
    symbol: String,
    timeframe: String,
    reports: Vec<Row>,
    drop: String,
}

pub(super) async fn show(State(pages): Shared, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
    let Query(wanted) = wanted.map_err(|_| pages.nothing())?;
    let symbol = wanted.symbol.trim().to_uppercase();
    let mut reports = Vec::new();
    for ran in pages.newest().await.map_err(|error| pages.failed(error))? {
        if !symbol.is_empty() && ran.run.symbol.as_str() != symbol {
            continue;
        }
        // the shortest timeframe of a run was written last
        let steps: Vec<_> = ran.done(Kind::Report).filter(|step| step.result.reused_from.is_none()).collect();
        for step in steps.into_iter().rev() {
            let Some(timeframe) = step.timeframe.map(|timeframe| timeframe.as_str()) else { continue };
            if (!wanted.timeframe.is_empty() && wanted.timeframe != timeframe) || reports.len() == MOST {
                continue;
            }
            let Some(report) = pages.report(step).await.map_err(|error| pages.failed(error))? else {
                continue;
            };
            let checks = &report.checks;
            let numbers = match checks.unverified {
                0 => format!("{} of {} verified", checks.verified, checks.checked),
                wrong => format!("{wrong} of {} unverified", checks.checked),
            };
            let run_id = &ran.run.run_id;
            reports.push(Row {
                href: format!("/runs/{run_id}/page/{timeframe}"),
                audit: format!("/runs/{run_id}/audit/{}", step.step_id),
                at: Moment(report.decided_at),
                symbol: report.symbol.to_string(),
                timeframe,
                bias: Verdict::of(report.report.bias),
                up: report.report.scenarios.p_up,
                down: report.report.scenarios.p_down,
                numbers,
            });
        }
    }
    let set = [("symbol", !symbol.is_empty()), ("timeframe", !wanted.timeframe.is_empty())];
    let set: Vec<_> = set.into_iter().filter_map(|(name, is_set)| is_set.then_some(name)).collect();
    pages.render(&Reports {
        frame: pages.frame("Reports", "Reports"),
        headline: "Reports".to_owned(),
        drop: dropped(&set, "The first run writes some; start one from the watchlist."),
        symbol,
        timeframe: wanted.timeframe,
        reports,
    })
}

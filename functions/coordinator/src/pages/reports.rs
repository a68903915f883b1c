//! The list of reports.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use notify::fill;
use serde::Deserialize;
use storage::Kind;

use super::runs::dropped;
use super::shown::{Moment, Verdict};
use super::{Frame, Page, Viewer};

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
    symbol: String,
    timeframe: String,
    reports: Vec<Row>,
    drop: String,
}

pub(super) async fn show(pages: Viewer, wanted: Result<Query<Wanted>, QueryRejection>) -> Page {
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
            let (verified, checked) = (checks.verified.to_string(), checks.checked.to_string());
            let numbers = match checks.unverified {
                0 => fill(&pages.w.list.verified, &[("verified", &verified), ("checked", &checked)]),
                wrong => fill(&pages.w.list.unverified, &[("n", &wrong.to_string()), ("checked", &checked)]),
            };
            let run_id = &ran.run.run_id;
            reports.push(Row {
                href: ran.report_address(step),
                audit: format!("/runs/{run_id}/audit/{}", step.step_id),
                at: Moment(report.decided_at),
                symbol: report.symbol.to_string(),
                timeframe,
                bias: Verdict::of(pages.tongue, report.report.bias),
                up: report.report.scenarios.p_up,
                down: report.report.scenarios.p_down,
                numbers,
            });
        }
    }
    let w = &pages.w.filter;
    let set = [(&w.by_symbol, !symbol.is_empty()), (&w.by_timeframe, !wanted.timeframe.is_empty())];
    let set: Vec<_> = set.into_iter().filter_map(|(name, is_set)| is_set.then_some(name.as_str())).collect();
    pages.render(&Reports {
        frame: pages.frame(pages.w.menu.reports.as_str(), "/reports"),
        drop: dropped(pages.w, &set, &pages.w.list.first_run),
        symbol,
        timeframe: wanted.timeframe,
        reports,
    })
}

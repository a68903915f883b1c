use domain::recommendation::{Lifecycle, RecommendationDocument};
use domain::{ReportId, Timeframe};

use crate::page::{ChartSvgs, RunFacts};

/// What the page of a recommendation is made from. Its language is the recommendation's, its ages count from
/// `as_of`.
#[derive(Debug, Clone, Copy)]
pub struct RecommendationInput<'a> {
    /// The recommendation.
    pub document: &'a RecommendationDocument,
    /// The candles of the day with the plan drawn in.
    pub chart: Option<PlanChart<'a>>,
    /// Trusted style rules of the chart's classes.
    pub chart_css: &'a str,
    /// What became of it by now; nothing in a file that travels.
    pub lifecycle: Option<&'a Lifecycle>,
    /// What the addresses of those pages begin with: nothing where they lie in the same folder.
    pub folder: &'a str,
    /// Pages of the reports that it names.
    pub pages: &'a [ReportPage<'a>],
    /// Reports of the run that there are none of.
    pub missing: &'a [MissingReport<'a>],
    /// Strength from which on a person is told of a plan.
    pub alert_line: u8,
    /// Version number of the prompt, where the catalog counts them.
    pub prompt_version: Option<u32>,
    /// What the run took.
    pub run: RunFacts,
}

/// The chart of a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlanChart<'a> {
    /// The chart, made by this program.
    pub svgs: &'a ChartSvgs,
    /// The timeframe of its candles.
    pub timeframe: Timeframe,
    /// Whether its last bar is in progress.
    pub has_forming: bool,
}

/// Where the page of a report is.
#[derive(Debug, Clone, Copy)]
pub struct ReportPage<'a> {
    /// The report.
    pub report_id: &'a ReportId,
    /// A file in the same folder: ASCII letters, digits, `-`, `_` and dots. Anything else is left out.
    pub page: &'a str,
}

/// A report that a run should have and has not.
#[derive(Debug, Clone, Copy)]
pub struct MissingReport<'a> {
    /// What it would have read.
    pub timeframe: Timeframe,
    /// Why there is none.
    pub reason: &'a str,
}

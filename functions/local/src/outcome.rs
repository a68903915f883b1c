use std::path::{Path, PathBuf};

use coordinator::Followed;
use domain::RunId;
use domain::recommendation::{Lifecycle, RecommendationDocument};
use domain::report::ReportDocument;
use jiff::Timestamp;
use platform_local::{FolderArtifacts, Local};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use storage::{ArtifactStore, Journal, Kind, RunDocument, Status, StepDocument, StoreError};

use crate::terminal::Terminal;

/// A run as a command shows it.
pub(crate) struct Outcome {
    pub(crate) run: RunDocument,
    pub(crate) steps: Vec<StepDocument>,
    pub(crate) report: Option<ReportDocument>,
    pub(crate) recommendation: Option<RecommendationDocument>,
    /// What became of the recommendation, once it was followed.
    pub(crate) lifecycle: Option<Lifecycle>,
    pub(crate) page: Option<PathBuf>,
}

#[derive(Serialize)]
struct Json<'a> {
    run_id: &'a RunId,
    status: Status,
    flow: u8,
    symbol: &'a domain::Symbol,
    as_of: jiff::Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// Prompts, model profiles and chart templates as the run fixed them.
    pins: &'a storage::Pins,
    steps: &'a [StepDocument],
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a ReportDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recommendation: Option<&'a RecommendationDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifecycle: Option<&'a Lifecycle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    wall_ms: i64,
    model_calls: u32,
    cost_usd: Decimal,
}

impl Outcome {
    /// Reads the run from the journal.
    pub(crate) async fn read(local: &Local, run_id: &RunId) -> Result<Option<Self>, StoreError> {
        let Some(run) = local.journal.run(run_id).await? else { return Ok(None) };
        let steps = local.journal.steps(run_id).await?;
        let report = document(local, &steps, Kind::Report).await?;
        let recommendation = document(local, &steps, Kind::Recommendation).await?;
        let page = page_uri(&steps).and_then(|uri| FolderArtifacts::key(uri).ok());
        let page = page.map(|key| local.artifacts.path(&key));
        Ok(Some(Self { run, steps, report, recommendation, lifecycle: None, page }))
    }

    /// Looks what became of the recommendation by `now`.
    pub(crate) async fn follow(&mut self, local: &Local, now: Timestamp) -> Result<(), StoreError> {
        if let Some(advice) = &self.recommendation {
            self.lifecycle = Followed::on(local.candles.clone()).one(advice, now).await?;
        }
        Ok(())
    }

    /// The page as an artifact.
    pub(crate) fn page_uri(&self) -> Option<&str> {
        page_uri(&self.steps)
    }

    /// From the first step's start to the run's end.
    pub(crate) fn wall_ms(&self) -> i64 {
        let begun = self.steps.iter().filter_map(|step| step.started_at).min().unwrap_or(self.run.created_at);
        let last = self.steps.iter().filter_map(|step| step.ended_at).max();
        let ended = self.run.ended_at.or(last).unwrap_or(begun);
        i64::try_from(ended.duration_since(begun).as_millis()).unwrap_or_default()
    }

    pub(crate) fn model_calls(&self) -> u32 {
        self.steps.iter().filter_map(|step| step.result.model_calls).sum()
    }

    pub(crate) fn cost_usd(&self) -> Decimal {
        self.steps.iter().filter_map(|step| step.result.cost_usd).sum()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.run.status == Status::Done
    }

    /// One JSON object.
    pub(crate) fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Json {
            run_id: &self.run.run_id,
            status: self.run.status,
            flow: self.run.flow,
            symbol: &self.run.symbol,
            as_of: self.run.as_of,
            reason: self.run.reason.as_deref(),
            pins: &self.run.pins,
            steps: &self.steps,
            report: self.report.as_ref(),
            recommendation: self.recommendation.as_ref(),
            lifecycle: self.lifecycle.as_ref(),
            page: self.page.as_ref().map(|page| page.display().to_string()),
            wall_ms: self.wall_ms(),
            model_calls: self.model_calls(),
            cost_usd: self.cost_usd(),
        })
    }

    /// The result for a person: the verdict first, the path last.
    pub(crate) fn print(&self, terminal: &Terminal, data: &Path) {
        terminal.line("");
        match self.lines() {
            Some(lines) => self.print_lines(terminal, &lines, data),
            None => self.print_failure(terminal, data),
        }
    }

    /// What a run that is done came to: its recommendation, else its last report.
    pub(crate) fn lines(&self) -> Option<Vec<String>> {
        if !self.is_done() {
            return None;
        }
        if let Some(advice) = &self.recommendation {
            return notify::console::recommendation_lines(advice, notify::ALERT_LINE).ok();
        }
        let mut lines = notify::console::report_lines(self.report.as_ref()?).ok()?;
        let none = self.steps.iter().find(|step| step.kind == Kind::Recommendation);
        lines.extend(none.map(|step| {
            let why = step.result.reason.as_deref().unwrap_or(step.status.as_str());
            notify::console::row("missing", &format!("the recommendation: {why}"))
        }));
        Some(lines)
    }

    fn print_lines(&self, terminal: &Terminal, lines: &[String], data: &Path) {
        for (index, line) in lines.iter().enumerate() {
            if index == 0 { terminal.answer(line) } else { terminal.line(line) }
        }
        let row = |name: &str, value: &str| terminal.line(&notify::console::row(name, value));
        row("cost", &self.cost());
        row("more", &format!("topdown show {}{}", self.run.run_id, data_option(data)));
        if let Some(page) = &self.page {
            row("page", &page.display().to_string());
        }
    }

    pub(crate) fn cost(&self) -> String {
        format!("{}, {}", spent(self.cost_usd(), self.model_calls()), seconds(self.wall_ms()))
    }

    fn print_failure(&self, terminal: &Terminal, data: &Path) {
        terminal.answer(&self.failure());
        for step in self.steps.iter().filter(|step| step.kind == Kind::Report) {
            let name = step.timeframe.map_or_else(String::new, |timeframe| format!("{timeframe} report"));
            let calls = step.result.model_calls.filter(|calls| *calls > 0);
            let spent =
                calls.map(|calls| spent(step.result.cost_usd.unwrap_or_default(), calls)).unwrap_or_default();
            terminal.line(&notify::console::plain_line(&format!(
                "  {name}  {:<8} {spent}",
                step.status.as_str()
            )));
        }
        if let Some(command) = self.to_do(data) {
            terminal.line(&notify::console::row("do", &command));
        }
        let more = format!("topdown show {}{}", self.run.run_id, data_option(data));
        terminal.line(&notify::console::row("more", &more));
    }

    /// What happened to a run that is not done, in a line.
    pub(crate) fn failure(&self) -> String {
        let symbol = &self.run.symbol;
        let reason = self.run.reason.as_deref().unwrap_or("no reason was recorded");
        let what = reason.split_once("; ").map_or(reason, |(what, _)| what);
        notify::console::plain_line(&match self.run.status {
            Status::Failed => format!("{symbol}  failed at {what}"),
            Status::Cancelled => format!("{symbol}  cancelled: {what}"),
            Status::Done => format!("{symbol}  done, and its report cannot be shown"),
            Status::Waiting | Status::Pending | Status::Running | Status::Skipped => {
                let ended = self.steps.iter().filter(|step| step.status.is_terminal()).count();
                format!("{symbol}  {}, {ended} steps have ended", self.run.status.as_str())
            }
        })
    }

    /// What to do about a run that failed or was called off.
    pub(crate) fn to_do(&self, data: &Path) -> Option<String> {
        if !matches!(self.run.status, Status::Failed | Status::Cancelled) {
            return None;
        }
        let resume = format!("topdown resume {}{}", self.run.run_id, data_option(data));
        Some(self.advice().map_or_else(|| resume.clone(), |advice| format!("{advice}; {resume}")))
    }

    /// What to do about it: messages say that after a semicolon.
    fn advice(&self) -> Option<&str> {
        self.run.reason.as_deref().and_then(|reason| reason.split_once("; ")).map(|(_, advice)| advice)
    }
}

fn page_uri(steps: &[StepDocument]) -> Option<&str> {
    let step = steps.iter().find(|step| step.kind == Kind::Notification)?;
    step.result.gcs_uri.as_deref()
}

/// The document of the last step of a kind that is done.
async fn document<T: DeserializeOwned>(
    local: &Local,
    steps: &[StepDocument],
    kind: Kind,
) -> Result<Option<T>, StoreError> {
    let last = steps.iter().rfind(|step| step.kind == kind && step.status == Status::Done);
    let Some(gcs_uri) = last.and_then(|step| step.result.gcs_uri.as_deref()) else { return Ok(None) };
    let bytes = local.artifacts.get(gcs_uri).await?;
    let damaged =
        |error: serde_json::Error| StoreError::Damaged { what: gcs_uri.to_owned(), found: error.to_string() };
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

/// `$0.0061, 2 calls`.
fn spent(cost_usd: Decimal, calls: u32) -> String {
    format!("${cost_usd:.4}, {calls} {}", if calls == 1 { "call" } else { "calls" })
}

/// `--data DIR` where it is not the usual one.
pub(crate) fn data_option(data: &Path) -> String {
    if data == Path::new("data") { String::new() } else { format!(" --data {}", data.display()) }
}

/// `0.3 s`, or `34 s` from ten on.
pub(crate) fn seconds(ms: i64) -> String {
    if ms < 10_000 { format!("{}.{} s", ms / 1000, ms % 1000 / 100) } else { format!("{} s", ms / 1000) }
}

use domain::recommendation::{Direction, RecommendationDocument};
use domain::report::Bias;
use jiff::Timestamp;
use serde_json::json;
use storage::{Journal, Kind, RunDocument, Status, StoreError};

use crate::app::{self, PORT};
use crate::arguments::Folder;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::terminal::Terminal;

/// Runs shown at most.
const MOST: usize = 200;

pub(crate) async fn run(arguments: &Folder, terminal: &Terminal) -> Result<(), Failure> {
    let local = app::open(&arguments.data, platform_local::Access::Read, PORT)?;
    let store = |error: storage::StoreError| Failure::store(&error, &arguments.data);
    let runs = local.journal.runs(MOST).await.map_err(store)?;
    if terminal.json() {
        terminal.line(&json!({ "runs": runs }).to_string());
        return Ok(());
    }
    if runs.is_empty() {
        terminal.line("no runs yet; topdown demo starts one");
        return Ok(());
    }
    let source_width =
        runs.iter().map(|run| run.source.to_string().len()).max().unwrap_or(0).max("SOURCE".len());
    terminal.line(&format!(
        "{:<10}  {:<16}  FLOW  {:<10}  {:<source_width$}  {:<16}  {:<9}  {:<20}  COST",
        "RUN", "STARTED", "SYMBOL", "SOURCE", "AS OF", "STATE", "RESULT"
    ));
    for run in &runs {
        let (result, cost) = match Outcome::read(&local, &run.run_id).await {
            Ok(Some(outcome)) => (result(run, &outcome), format!("${:.4}", outcome.cost_usd())),
            Ok(None) => Default::default(),
            // of one run that cannot be read the others know nothing
            Err(error @ (StoreError::Damaged { .. } | StoreError::Newer { .. })) => {
                terminal.trouble(&Failure::store(&error, &arguments.data).at(&run.run_id));
                let word =
                    if matches!(error, StoreError::Newer { .. }) { "newer version" } else { "damaged" };
                (word.to_owned(), String::new())
            }
            Err(error) => return Err(store(error)),
        };
        let line = format!(
            "{:<10}  {}  {:<4}  {:<10}  {:<source_width$}  {}  {:<9}  {result:<20}  {cost}",
            run.run_id.as_str(),
            minute(run.requested_at),
            run.flow,
            run.symbol.as_str(),
            run.source.to_string(),
            minute(run.as_of),
            run.status.as_str(),
        );
        terminal.line(line.trim_end());
    }
    Ok(())
}

/// UTC, to the minute.
fn minute(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d %H:%M")
}

/// What came of a run, in a few words.
fn result(run: &RunDocument, outcome: &Outcome) -> String {
    if let (Status::Done, Some(advice)) = (run.status, &outcome.recommendation) {
        return verdict(advice);
    }
    match (run.status, &outcome.report) {
        (Status::Done, Some(report)) => {
            let word = match report.report.bias {
                Bias::Bullish => "Up",
                Bias::Bearish => "Down",
                Bias::Neutral => "Neutral",
                Bias::None => "No view",
            };
            format!("{} {word}", report.timeframe)
        }
        (Status::Running, _) => {
            let ended = outcome.steps.iter().filter(|step| step.status.is_terminal()).count();
            format!("{ended} of {} steps", outcome.steps.len())
        }
        _ => {
            let failed = outcome.steps.iter().find(|step| {
                step.status == Status::Failed && !matches!(step.kind, Kind::Chart | Kind::Account)
            });
            let failed = failed.map(|step| format!("{} failed", step.step_id));
            failed.unwrap_or_default()
        }
    }
}

/// `Short 52`, `Stand aside`.
fn verdict(advice: &RecommendationDocument) -> String {
    let word = match advice.recommendation.direction {
        Direction::Long => "Long",
        Direction::Short => "Short",
        Direction::StandAside => return "Stand aside".to_owned(),
    };
    if advice.is_valid_plan() {
        format!("{word} {}", advice.strength.value)
    } else {
        format!("{word}, invalid")
    }
}

use domain::report::Bias;
use serde_json::json;
use storage::{Journal, Kind, RunDocument, Status};

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
    terminal.line("RUN         STARTED           FLOW  SYMBOL      STATE      RESULT                COST");
    for run in &runs {
        let outcome = Outcome::read(&local, &run.run_id).await.map_err(store)?;
        let result = outcome.as_ref().map(|outcome| result(run, outcome)).unwrap_or_default();
        let cost = outcome.map(|outcome| format!("${:.4}", outcome.cost_usd())).unwrap_or_default();
        terminal.line(&format!(
            "{:<10}  {}  {:<4}  {:<10}  {:<9}  {:<20}  {cost}",
            run.run_id.as_str(),
            run.requested_at.strftime("%Y-%m-%d %H:%M"),
            run.flow,
            run.symbol.as_str(),
            run.status.as_str(),
            result,
        ));
    }
    Ok(())
}

/// What came of a run, in a few words.
fn result(run: &RunDocument, outcome: &Outcome) -> String {
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
            let failed =
                outcome.steps.iter().find(|step| step.status == Status::Failed && step.kind != Kind::Chart);
            let failed = failed.map(|step| format!("{} failed", step.step_id));
            failed.unwrap_or_default()
        }
    }
}

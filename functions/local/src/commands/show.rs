use std::path::Path;

use runtime::{Clock, SystemClock};
use storage::{Kind, StepDocument};

use super::run_id;
use crate::app::{self, PORT};
use crate::arguments::OneRun;
use crate::failure::Failure;
use crate::outcome::{Outcome, data_option, seconds};
use crate::terminal::Terminal;

pub(crate) async fn run(arguments: &OneRun, terminal: &Terminal) -> Result<(), Failure> {
    let id = run_id(&arguments.run)?;
    let data = &arguments.folder.data;
    let local = app::open(data, platform_local::Access::Read, PORT)?;
    let read = Outcome::read(&local, &id).await.map_err(|error| Failure::store(&error, data))?;
    let mut outcome = read.ok_or_else(|| {
        let list = format!("`topdown runs{}` lists them", data_option(data));
        Failure::usage(format!("there is no run {id}")).at(data.display()).advice(list)
    })?;
    outcome.follow(&local, SystemClock.now()).await.map_err(|error| Failure::store(&error, data))?;
    if terminal.json() {
        terminal.line(&outcome.json().map_err(Failure::run)?);
        return Ok(());
    }
    print(&outcome, data, terminal);
    Ok(())
}

fn print(outcome: &Outcome, data: &Path, terminal: &Terminal) {
    let run = &outcome.run;
    let row = |name: &str, text: &str| terminal.line(&notify::console::row(name, text));
    match outcome.lines() {
        Some(lines) => {
            for (index, line) in lines.iter().enumerate() {
                if index == 0 { terminal.answer(line) } else { terminal.line(line) }
            }
        }
        None => terminal.answer(&outcome.failure()),
    }
    if let Some((lifecycle, advice)) = outcome.lifecycle.as_ref().zip(outcome.recommendation.as_ref()) {
        row("state", &notify::console::lifecycle_line(lifecycle, advice));
    }
    row("as of", &format!("{}, candles of {}", run.as_of, run.source));
    row("cost", &outcome.cost());
    terminal.line("");
    for step in &outcome.steps {
        terminal.line(&notify::console::plain_line(&line(step)));
    }
    let to_do = outcome.to_do(data);
    if to_do.is_some() || outcome.page.is_some() {
        terminal.line("");
    }
    if let Some(to_do) = to_do {
        row("do", &to_do);
    }
    if let Some(page) = &outcome.page {
        row("page", &page.display().to_string());
    }
}

fn line(step: &StepDocument) -> String {
    let took = match (step.started_at, step.ended_at) {
        (Some(begun), Some(ended)) => {
            seconds(i64::try_from(ended.duration_since(begun).as_millis()).unwrap_or(0))
        }
        _ => String::new(),
    };
    let mut note = match step.kind {
        Kind::Report => step.result.report_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        Kind::Recommendation => {
            step.result.recommendation_id.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        _ => step.result.gcs_uri.clone().unwrap_or_default(),
    };
    if let Some(provider) = &step.result.chart_provider {
        note = format!("{provider}  {note}");
    }
    if let Some(reason) = &step.result.reason {
        note = format!("{note}  {reason}").trim().to_owned();
    }
    format!("  {:<18}  {:<8}  {took:>6}  {note}", step.step_id.as_str(), step.status.as_str())
}

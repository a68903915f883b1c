use std::collections::BTreeSet;
use std::time::Duration;

use domain::Timeframe;
use domain::recommendation::RecommendationDocument;
use domain::report::ReportDocument;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

use super::Remote;
use crate::failure::Failure;
use crate::outcome::seconds;
use crate::terminal::Terminal;

/// Between two looks at a run.
const LOOK: Duration = Duration::from_secs(1);

/// Waits for the end of a run, a line for each timeframe that has ended and for what comes after; answers the run.
pub(crate) async fn follow(remote: &Remote, href: &str, terminal: &Terminal) -> Result<Value, Failure> {
    let mut shown = BTreeSet::new();
    let bar = terminal.bar("run");
    loop {
        let run = remote.ask(Method::GET, href, None, None).await?;
        let timeframes = Timeframe::ALL.map(|timeframe| (timeframe.as_str(), "report", timeframe.as_str()));
        let after = ["account", "recommendation"].map(|kind| (kind, kind, ""));
        for (name, kind, timeframe) in timeframes.into_iter().chain(after) {
            if let Some(line) = ended(&run, kind, timeframe).filter(|_| shown.insert(name)) {
                bar.suspend(|| terminal.progress(name, &line));
            }
        }
        if run["state"] != "running" {
            bar.finish_and_clear();
            return Ok(run);
        }
        bar.set_message(left(&run));
        bar.tick();
        tokio::time::sleep(LOOK).await;
    }
}

/// The steps of a timeframe, or those of none.
fn steps<'a>(run: &'a Value, timeframe: &str) -> Vec<&'a Value> {
    let all = run["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|step| step["timeframe"].as_str().unwrap_or_default() == timeframe).collect()
}

fn is_ended(step: &Value) -> bool {
    ["done", "failed", "skipped", "cancelled"].iter().any(|state| step["state"] == *state)
}

/// What came of a timeframe once its report has ended, or of the step of that kind.
fn ended(run: &Value, kind: &str, timeframe: &str) -> Option<String> {
    let mut steps = steps(run, timeframe);
    if timeframe.is_empty() {
        steps.retain(|step| step["kind"] == kind);
    }
    let report = steps.iter().find(|step| step["kind"] == kind).filter(|step| is_ended(step))?;
    let state = report["state"].as_str().unwrap_or_default();
    let text = match (state, report["reused_from"].as_str()) {
        ("done", Some(from)) => format!("{kind} reused from {from}"),
        ("done", None) => kind.to_owned(),
        _ => format!("{kind} {state}"),
    };
    let time = |step: &Value, name: &str| step[name].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let begun = steps.iter().filter_map(|step| time(step, "started_at")).min();
    let took = begun.zip(time(report, "ended_at")).map(|(begun, ended)| ended.duration_since(begun));
    let took = took.map(|took| seconds(i64::try_from(took.as_millis()).unwrap_or_default()));
    let cost = report["cost_usd"].as_str().map(|cost| format!("  ${cost}")).unwrap_or_default();
    Some(format!("{text:<28}  {}{cost}", took.unwrap_or_default()))
}

/// How far it is, and until when it takes.
fn left(run: &Value) -> String {
    let steps = run["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let done = steps.iter().filter(|step| is_ended(step)).count();
    let end = run["estimated_end"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let end = end.map(|end| format!(", until about {}", end.strftime("%H:%M:%S UTC"))).unwrap_or_default();
    format!("{done} of {} steps{end}", steps.len())
}

/// What a run that is done came to: its recommendation, else its last report.
fn verdict(run: &Value) -> Vec<String> {
    let advice: Option<RecommendationDocument> = serde_json::from_value(run["recommendation"].clone()).ok();
    let advised =
        advice.and_then(|advice| notify::console::recommendation_lines(&advice, notify::ALERT_LINE).ok());
    let report = || -> Option<Vec<String>> {
        let report: ReportDocument = serde_json::from_value(run["report"].clone()).ok()?;
        notify::console::report_lines(&report).ok()
    };
    advised.or_else(report).unwrap_or_default()
}

/// Prints what came of a run; one that is not done is a failure.
pub(crate) fn finish(run: &Value, terminal: &Terminal) -> Result<(), Failure> {
    let run_id = run["run_id"].as_str().unwrap_or_default();
    let state = run["state"].as_str().unwrap_or_default();
    let row = |name: &str, text: &str| terminal.line(&notify::console::row(name, text));
    if terminal.json() {
        terminal.line(&run.to_string());
    } else if state == "done" {
        let lines = verdict(run);
        terminal.line("");
        for (index, line) in lines.iter().enumerate() {
            if index == 0 { terminal.answer(line) } else { terminal.line(line) }
        }
        let (cost, calls) = (run["cost_usd"].as_str().unwrap_or("0"), &run["model_calls"]);
        row("cost", &format!("${cost}, {calls} calls"));
        let notice = run["steps"].as_array().and_then(|all| all.iter().find(|s| s["kind"] == "notification"));
        if let Some(url) = notice.and_then(|step| step["artifact"]["signed_url"].as_str()) {
            row("page", url);
        }
    }
    if state == "done" {
        return Ok(());
    }
    let reason = run["reason"].as_str().unwrap_or_default();
    let (what, advice) = reason.split_once("; ").unwrap_or((reason, ""));
    let failure = Failure::run(format!("run {run_id} {state}: {what}"));
    Err(if advice.is_empty() { failure } else { failure.advice(advice) })
}

//! What earlier versions wrote, as they wrote it: documents are read and lose nothing, histories have the same
//! commands, a folder that was left half way is gone on from. The files of `fixtures/v1` are never written again.

use std::path::{Path, PathBuf};

use domain::account::AccountDocument;
use domain::ohlcv::Ohlcv;
use domain::recommendation::RecommendationDocument;
use domain::report::ReportDocument;
use domain::series::SeriesDocument;
use domain::{Instrument, Timeframe};
use flows::{Command, Ending, Flow, Plan, Progress, State, advance};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use storage::{Message, RecommendationRow, ReportRow, RunDocument, StepDocument};
use tests::{Topdown, figure, repository};

use super::{step, text};

fn folder() -> PathBuf {
    repository().join("tests/fixtures/v1")
}

fn file(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

/// Reads each as today's code has it; what is written again is what was read.
fn read<T: DeserializeOwned + Serialize>(documents: &Value) -> usize {
    let documents = documents.as_array().unwrap();
    for document in documents {
        let read: T = serde_json::from_value(document.clone()).unwrap_or_else(|e| panic!("{e}: {document}"));
        assert_eq!(serde_json::to_value(&read).unwrap(), *document);
    }
    assert!(!documents.is_empty());
    documents.len()
}

#[test]
fn documents_of_version_1_are_read() {
    let kept = file("documents.json");
    let mut number = read::<RunDocument>(&kept["runs"])
        + read::<StepDocument>(&kept["steps"])
        + read::<ReportRow>(&kept["reports"])
        + read::<ReportDocument>(&kept["report_artifacts"])
        + read::<Instrument>(&kept["instruments"])
        + read::<Message>(&kept["messages"]);
    let advised = file("flow_4.json");
    number += read::<StepDocument>(&advised["steps"])
        + read::<AccountDocument>(&advised["accounts"])
        + read::<RecommendationDocument>(&advised["recommendation_artifacts"])
        + read::<RecommendationRow>(&advised["recommendations"]);
    for timeframe in [Timeframe::Month, Timeframe::Week] {
        let of = |kind: &str| json!([file(&format!("half/runs/r-2jjvf2wj/{timeframe}-{kind}.json"))]);
        number += read::<Ohlcv>(&of("ohlcv")) + read::<SeriesDocument>(&of("series"));
    }
    // a run, nine steps, two rows, two reports, an instrument, two messages, two times candles and series; of flow 4 two
    // steps, an account, a recommendation and its row
    assert_eq!(number, 26);
    figure("history", &json!({ "documents": number, "failed": 0 }));
}

fn said(command: &Command) -> String {
    match command {
        Command::Start(steps) => {
            let ids: Vec<&str> = steps.iter().map(|id| id.as_str()).collect();
            format!("start {}", ids.join(" "))
        }
        Command::Skip(id, cause) => format!("skip {id} for {cause}"),
        Command::End(Ending::Done) => "end done".to_owned(),
        Command::End(Ending::Failed(id)) => format!("end failed at {id}"),
    }
}

/// What the core says to a history, from the run's request on.
fn replayed(flow: &Value, history: &Value) -> Vec<Value> {
    let plan = Plan::of(&Flow::numbered(&flow.to_string()).unwrap());
    let mut state = State::default();
    let mut told = Vec::new();
    for event in history.as_array().unwrap() {
        if let Some(id) = event["step"].as_str() {
            let progress = if event["ended"] == "done" { Progress::Done } else { Progress::NotDone };
            let was = state.steps.insert(id.parse().unwrap(), progress);
            assert_eq!(was, Some(Progress::Open), "{id} was started before it ended");
        }
        let (next, commands) = advance(&plan, &state);
        state = next;
        let mut event = event.clone();
        event["commands"] = commands.iter().map(said).collect();
        told.push(event);
    }
    told
}

#[test]
fn histories_of_version_1_have_the_same_commands() {
    let kept = file("histories.json");
    let kept = kept.as_array().unwrap();
    for run in kept {
        let told = Value::from(replayed(&run["flow"], &run["events"]));
        assert_eq!(told, run["events"], "{told:#}");
    }
    assert_eq!(kept.len(), 3);
    figure("history", &json!({ "replayed": kept.len(), "failed": 0 }));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The program was killed after its candles were exported and its charts begun, then updated.
#[test]
fn a_folder_of_version_1_is_gone_on_from() {
    let topdown = Topdown::new();
    for part in ["catalog", "runs"] {
        copy(&folder().join("half").join(part), &topdown.data().join(part));
    }
    let sql = std::fs::read_to_string(folder().join("half/topdown.sql")).unwrap();
    rusqlite::Connection::open(topdown.data().join("topdown.sqlite")).unwrap().execute_batch(&sql).unwrap();
    let before = topdown.json(&["show", "r-2jjvf2wj", "--json"]);
    assert_eq!(before["status"], "running");
    // unfinished runs go first; with other prompts than version 1 had, the demo's own run is another
    topdown.json(&["demo", "--symbol", "币安人生USDT", "--json"]);
    let run = topdown.json(&["show", "r-2jjvf2wj", "--json"]);
    assert_eq!(run["status"], "done");
    for id in ["1M-ohlcv", "1w-ohlcv"] {
        assert_eq!(step(&run, id), step(&before, id), "what was done stays as it was");
    }
    // by the versions it began with, whatever the program has by now
    let pins = |kind: &str| before["pins"][kind].as_array().unwrap().clone();
    for (id, pinned) in [("1M-report", "monthly-report@"), ("1w-report", "weekly-report@")] {
        let prompt = text(step(&run, id), "llm_prompt_id");
        assert!(prompt.starts_with(pinned), "{prompt}");
        assert!(pins("prompts").iter().any(|pin| pin["id"] == prompt), "{prompt} is none of the run's pins");
    }
    assert_eq!(run["pins"], before["pins"]);
    let page = topdown.cat(text(step(&run, "notification"), "gcs_uri"));
    assert!(String::from_utf8(page).unwrap().contains("币安人生USDT"));
    figure("history", &json!({ "folders": 1, "failed": 0 }));
}

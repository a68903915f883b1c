//! Flow 1 across processes.

use std::collections::BTreeMap;

use serde_json::Value;
use sim::Service;
use tests::http;

use super::process::Function;
use super::stage::{Stage, tick};

/// What a run left, read by other doors than the program's.
pub(super) struct Left {
    pub(super) run: Value,
    pub(super) steps: BTreeMap<String, Value>,
}

pub(super) fn text<'a>(fields: &'a Value, name: &str) -> &'a str {
    fields[name]["stringValue"].as_str().unwrap_or_else(|| panic!("{name}: {fields}"))
}

impl Left {
    pub(super) fn of(stage: &Stage) -> Self {
        let runs = stage.documents("flow_runs");
        assert_eq!(runs.len(), 1, "one symbol is watched");
        let (run_id, run) = runs.into_iter().next().unwrap();
        Self { run, steps: stage.documents(&format!("flow_runs/{run_id}/steps")) }
    }

    /// One of several.
    pub(super) fn run(stage: &Stage, run_id: &str) -> Self {
        let run = stage.documents("flow_runs").remove(run_id).unwrap();
        Self { run, steps: stage.documents(&format!("flow_runs/{run_id}/steps")) }
    }

    pub(super) fn statuses(&self) -> Vec<(&str, &str)> {
        self.steps.iter().map(|(id, fields)| (id.as_str(), text(fields, "status"))).collect()
    }
}

/// Collects, begins the flow, and waits for its end.
fn runs(functions: &BTreeMap<&'static str, Function>) {
    collects(functions);
    assert_eq!(tick(&functions["coordinator"].address(), "/tick"), 204);
    functions["coordinator"].waits_for(" ended\"");
}

pub(super) fn collects(functions: &BTreeMap<&'static str, Function>) {
    let collector = &functions["ohlcv-collector"];
    assert_eq!(tick(&collector.address(), "/tick"), 204);
    collector.waits_for("\"collected\"");
}

pub(super) const DONE: &[(&str, &str)] = &[
    ("1M-chart-momentum", "done"),
    ("1M-chart-trend", "done"),
    ("1M-ohlcv", "done"),
    ("1M-report", "done"),
    ("1w-chart-momentum", "done"),
    ("1w-chart-trend", "done"),
    ("1w-ohlcv", "done"),
    ("1w-report", "done"),
    ("notification", "done"),
];

#[tokio::test(flavor = "multi_thread")]
async fn flow_1_runs_across_processes() {
    let Some(stage) = Stage::new("flow_1_runs_across_processes").await else { return };
    tokio::task::block_in_place(|| {
        let functions = stage.all();
        runs(&functions);
        let left = Left::of(&stage);
        assert_eq!(text(&left.run, "status"), "done", "{}", left.run);
        assert_eq!(left.statuses(), DONE);
        assert_eq!(stage.world.count(Service::OpenAi), 2, "two reports, each paid for once");

        // the rows, by SQL
        let rows = stage.warehouse.sql(
            "SELECT timeframe, report_id, parent_report_id, sha256 FROM topdown_reports.reports_once ORDER BY 1",
        );
        let [month, week] = rows.as_slice() else { panic!("{rows:?}") };
        let (month_step, week_step) = (&left.steps["1M-report"], &left.steps["1w-report"]);
        assert_eq!((month[0].as_str(), week[0].as_str()), (Some("1M"), Some("1w")));
        assert_eq!(week[1].as_str(), Some(text(week_step, "report_id")));
        assert_eq!(week[2], month[1], "the week was given the month's report");
        assert_eq!(month[3].as_str(), Some(text(month_step, "sha256")));

        // what the journal names, by its signed addresses
        for step in ["1w-ohlcv", "1w-chart-trend", "notification"] {
            let fields = &left.steps[step];
            let url = text(fields, "signed_url").strip_prefix("http://").unwrap();
            let (host, path) = url.split_once('/').unwrap();
            let (status, bytes) = http(host, "GET", &format!("/{path}"), None);
            assert_eq!(status, 200, "{step}");
            let hash = domain::Sha256Hex::of(&bytes);
            assert_eq!(text(fields, "sha256"), hash.as_str(), "{step} opens what the journal names");
            let number = stage.generation(text(fields, "gcs_uri"));
            assert_eq!(fields["generation"]["integerValue"].as_str(), Some(number.as_str()), "{step}");
        }

        // one line a request, joined to its run
        let pushed = functions["llm-analyst"].log();
        let requests = pushed.iter().filter(|line| line.contains("\"runId\"")).count();
        assert!(requests >= 2, "{pushed:?}");
        for (name, function) in functions {
            assert_eq!(function.terminate(), Some(0), "{name} stops when it is asked to");
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_twice_does_what_one_does() {
    let Some(stage) = Stage::new("a_message_that_comes_twice_does_what_one_does").await else { return };
    tokio::task::block_in_place(|| {
        let functions = stage.all();
        runs(&functions);
        let before = Left::of(&stage);
        let calls = stage.world.count(Service::OpenAi);
        let run_id = text(&before.run, "run_id").to_owned();
        // every message of the run once more
        for (topic, function, steps) in [
            ("ohlcv-export", "ohlcv-exporter", vec!["1M-ohlcv", "1w-ohlcv"]),
            ("chart-export", "chart-exporter", vec!["1w-chart-trend", "1w-chart-momentum"]),
            ("llm-analyst", "llm-analyst", vec!["1w-report"]),
            ("notifier", "notifier", vec!["notification"]),
            ("flow-events", "coordinator", vec!["1w-report"]),
        ] {
            let seen = functions[function].log().len();
            let message = serde_json::json!({"v": 1, "topic": topic, "run_id": run_id, "steps": steps});
            stage.publish(topic, message.to_string().as_bytes());
            functions[function].waits_for_after(seen, "/push");
        }
        let after = Left::of(&stage);
        assert_eq!(after.steps, before.steps, "a finished step never changes");
        assert_eq!(after.run, before.run);
        assert_eq!(stage.world.count(Service::OpenAi), calls, "and nothing is paid for again");
    });
}

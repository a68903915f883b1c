//! The demo: no key, no network, no account.

use serde_json::Value;
use tests::{Topdown, binary, left_out};

use super::{step, text};

fn hashes(run: &Value) -> Vec<(String, String)> {
    let steps = run["steps"].as_array().unwrap().iter().filter(|step| step["kind"] != "notification");
    let mut all: Vec<_> =
        steps.map(|step| (text(step, "step_id").to_owned(), text(step, "sha256").to_owned())).collect();
    all.sort();
    all
}

#[test]
fn one_seed_gives_equal_reports_and_equal_hashes() {
    let (first, second) = (Topdown::new(), Topdown::new());
    let demo = ["demo", "--json", "--seed", "7"];
    let (a, b) = (first.json(&demo), second.json(&demo));
    assert_eq!(a["report"], b["report"]);
    assert_eq!(hashes(&a), hashes(&b));
    let other = Topdown::new().json(&["demo", "--json", "--seed", "8"]);
    assert_ne!(hashes(&a), hashes(&other), "another seed is another market");
    assert_ne!(a["run_id"], other["run_id"]);
}

#[test]
fn the_same_arguments_are_the_same_run() {
    let topdown = Topdown::new();
    let first = topdown.json(&["demo", "--json"]);
    let again = topdown.json(&["demo", "--json"]);
    assert_eq!(first["steps"], again["steps"], "nothing was done twice");
    let runs = topdown.json(&["runs", "--json"]);
    assert_eq!(runs["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn the_journal_has_its_fields_by_name() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--json"]);
    assert_eq!(run["status"], "done");
    let ids: Vec<_> = run["steps"].as_array().unwrap().iter().map(|step| text(step, "step_id")).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "1M-chart-momentum",
            "1M-chart-trend",
            "1M-ohlcv",
            "1M-report",
            "1w-chart-momentum",
            "1w-chart-trend",
            "1w-ohlcv",
            "1w-report",
            "notification"
        ]
    );
    for document in run["steps"].as_array().unwrap() {
        for field in
            ["v", "step_id", "kind", "status", "requested_at", "created_at", "symbol", "shard", "expire_at"]
        {
            assert!(!document[field].is_null(), "{field} in {document}");
        }
        assert_eq!(document["status"], "done");
        assert_eq!(text(document, "sha256").len(), 64);
    }
    let candles = step(&run, "1w-ohlcv");
    for field in ["gcs_uri", "signed_url", "expires_at", "series_uri", "timeframe"] {
        assert!(candles[field].is_string(), "{field} in {candles}");
    }
    let chart = step(&run, "1w-chart-trend");
    assert!(text(chart, "chart_template_id").starts_with("trend@"));
    assert_eq!(chart["chart_provider"], "built-in");
    let report = step(&run, "1w-report");
    assert!(text(report, "llm_prompt_id").starts_with("weekly-report@"));
    assert!(text(report, "llm_model_id").starts_with("rule-analyst@"));
    assert_eq!(report["ohlcv_ref"], candles["gcs_uri"]);
    assert_eq!(report["chart_refs"].as_array().unwrap().len(), 2);
    assert_eq!(report["parent_report_id"], step(&run, "1M-report")["report_id"]);
    assert!(step(&run, "1M-report")["parent_report_id"].is_null());
    assert_eq!(report["report_id"], run["report"]["report_id"]);
}

#[test]
fn every_artifact_is_what_the_journal_says() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--json"]);
    for document in run["steps"].as_array().unwrap() {
        let bytes = topdown.cat(text(document, "gcs_uri"));
        let hash = domain::Sha256Hex::of(&bytes);
        assert_eq!(hash.as_str(), text(document, "sha256"), "{}", text(document, "step_id"));
    }
    let png = topdown.cat(text(step(&run, "1M-chart-trend"), "gcs_uri"));
    assert_eq!(png.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    let page = topdown.cat(text(step(&run, "notification"), "gcs_uri"));
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("Written by the built-in rule-based analyst."));
    assert!(std::path::Path::new(text(&run, "page")).is_relative(), "the page is where the command ran");
}

/// The exact request is kept, with the schema's bytes in their order and the artifact's own bytes.
#[test]
fn what_the_model_was_sent_is_kept() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--json"]);
    let calls = step(&run, "1w-report")["call_refs"].as_array().unwrap();
    let request = String::from_utf8(topdown.cat(calls[0].as_str().unwrap())).unwrap();
    let schema = include_str!("../../shared/llm/schemas/report.json");
    assert!(request.contains(schema.trim_end()), "the schema goes out as its file's bytes");
    let artifact = String::from_utf8(topdown.cat(text(step(&run, "1w-ohlcv"), "gcs_uri"))).unwrap();
    let quoted = serde_json::to_string(&artifact).unwrap();
    assert!(request.contains(quoted.trim_matches('"')), "the artifact goes out as its own bytes");
    assert_eq!(request.matches("data:image/png;base64,").count(), 2);
}

/// Russian free text, the same numbers: they are written with a dot and verify alike.
#[test]
fn a_report_in_russian_verifies_as_well() {
    let topdown = Topdown::new();
    let run = topdown.json(&["demo", "--json", "--lang", "ru"]);
    let checks = &run["report"]["checks"];
    assert_eq!(checks["unverified"], 0, "{checks}");
    assert!(checks["checked"].as_u64().unwrap() > 20, "{checks}");
    let summary = text(&run["report"]["report"], "summary");
    assert!(summary.chars().any(|c| ('а'..='я').contains(&c)), "{summary}");
    let page = String::from_utf8(topdown.cat(text(step(&run, "notification"), "gcs_uri"))).unwrap();
    assert!(page.contains("<html lang=\"ru\""));
}

#[test]
fn a_machine_without_a_network_runs_the_demo() {
    let topdown = Topdown::new();
    let program = binary("topdown");
    let script = format!("ip link set lo up && exec {} demo --json", program.display());
    let mut command = std::process::Command::new("unshare");
    command.args(["--net", "--map-root-user", "sh", "-c", &script]).current_dir(topdown.path(""));
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return left_out("a_machine_without_a_network_runs_the_demo", &error.to_string()),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("Operation not permitted") {
        return left_out("a_machine_without_a_network_runs_the_demo", errors.trim());
    }
    assert!(output.status.success(), "{errors}");
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(run["status"], "done");
}

//! A result can be replayed: its inputs stay as they were, whatever changes outside.

use tests::Topdown;

use super::{step, text};

/// Prompts and templates differ by run, not by build: an edited catalog changes neither an old run nor its pins.
#[test]
fn a_run_keeps_the_prompt_it_began_with() {
    let topdown = Topdown::new();
    let first = topdown.json(&["demo", "--json"]);
    let prompts = topdown.path("catalog/prompts");
    std::fs::create_dir_all(&prompts).unwrap();
    let text_of = include_str!("../../prompts/weekly-report.prompt");
    std::fs::write(prompts.join("weekly-report.prompt"), text_of.replace("version = 2", "version = 3"))
        .unwrap();
    let second = topdown.json(&["demo", "--json", "--catalog", "catalog"]);
    assert_ne!(first["run_id"], second["run_id"], "another prompt is another run");
    let prompt = |run: &serde_json::Value| text(step(run, "1w-report"), "llm_prompt_id").to_owned();
    assert_ne!(prompt(&first), prompt(&second));
    let again = topdown.json(&["demo", "--json"]);
    assert_eq!(again["run_id"], first["run_id"]);
    assert_eq!(prompt(&again), prompt(&first));
}

/// Equal requests are paid for once: the answer to the 1M report, whose inputs are the same, is adopted.
#[test]
fn an_answer_to_the_same_request_is_not_paid_for_again() {
    let topdown = Topdown::new();
    let first = topdown.json(&["demo", "--json"]);
    let templates = topdown.path("catalog/prompts");
    std::fs::create_dir_all(&templates).unwrap();
    let models = include_str!("../../prompts/models.toml");
    std::fs::write(templates.join("models.toml"), format!("# a note\n{models}")).unwrap();
    let second = topdown.json(&["demo", "--json", "--catalog", "catalog"]);
    assert_ne!(first["run_id"], second["run_id"]);
    let calls = |run: &serde_json::Value| step(run, "1M-report")["call_refs"][1].as_str().unwrap().to_owned();
    assert!(calls(&first).starts_with("gs://local/paid/openai/"), "{}", calls(&first));
    assert_eq!(calls(&first), calls(&second), "the kept answer");
}

/// What a result names is what is pinned: the same id, and the bytes that it is the hash of.
#[test]
fn a_result_names_the_versions_that_are_pinned() {
    let topdown = Topdown::new();
    let prompts = topdown.path("catalog/prompts");
    std::fs::create_dir_all(&prompts).unwrap();
    let repair = include_str!("../../prompts/_repair.prompt");
    std::fs::write(prompts.join("_repair.prompt"), format!("{repair}Keep it short.\n")).unwrap();
    let built_in = topdown.json(&["demo", "--json"]);
    let edited = topdown.json(&["demo", "--json", "--catalog", "catalog"]);
    let mut named = Vec::new();
    for run in [&built_in, &edited] {
        let pins =
            ["prompts", "templates"].map(|kind| run["pins"][kind].as_array().unwrap().clone()).concat();
        for (step_id, field) in [
            ("1M-report", "llm_prompt_id"),
            ("1w-report", "llm_prompt_id"),
            ("1w-chart-trend", "chart_template_id"),
        ] {
            let id = text(step(run, step_id), field);
            let pin = pins.iter().find(|pin| pin["id"] == id).unwrap_or_else(|| panic!("{id} in {pins:?}"));
            let bytes = topdown.run(&["cat", text(pin, "gcs_uri")]).stdout;
            let hash = domain::Sha256Hex::of(bytes.as_bytes());
            assert_eq!(id.split('@').nth(1), Some(&hash.as_str()[..8]), "{id}");
            named.push(id.to_owned());
        }
        let whole = pins.iter().find(|pin| text(pin, "id").starts_with("weekly-report@")).unwrap();
        let whole = topdown.run(&["cat", text(whole, "gcs_uri")]).stdout;
        assert!(whole.contains("ABSTAINING") && whole.contains("Reply with one JSON object"), "{whole}");
    }
    // a part that both prompts are made of is part of both their ids, and of no template's
    assert_ne!(named[..2], named[3..5]);
    assert_eq!(named[2], named[5]);
}

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
    std::fs::write(prompts.join("weekly-report.prompt"), text_of.replace("version = 1", "version = 2"))
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

//! How the analyst can misbehave, and what becomes of each.

use serde_json::Value;
use tests::Topdown;

use super::{step, text};

fn run(mode: &str) -> (i32, Value) {
    let topdown = Topdown::new();
    let finished = topdown.run(&["demo", "--json", "--model", &format!("rule-analyst:{mode}")]);
    let run =
        serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{mode}: {e}: {}", finished.stderr));
    (finished.code, run)
}

/// The run fails at its first report, the reason holds `says`, and what depends on it is skipped.
fn fails(mode: &str, says: &str) {
    let (code, run) = run(mode);
    assert_eq!(code, 1, "{mode}");
    assert_eq!(run["status"], "failed", "{mode}");
    let month = step(&run, "1M-report");
    assert_eq!(month["status"], "failed", "{mode}");
    let reason = text(month, "reason");
    assert!(reason.contains(says), "{mode}: {reason}");
    assert_eq!(step(&run, "1w-report")["status"], "skipped", "{mode}");
    assert!(run["report"].is_null(), "{mode}: no report is shown as one");
    assert!(text(&run, "reason").starts_with("1M-report: "), "{mode}");
}

#[test]
fn a_refusal_is_named_and_not_asked_again() {
    fails("refuse", "the model refused");
}

#[test]
fn an_answer_cut_off_twice_fails_the_step() {
    fails("truncate", "cut off");
}

#[test]
fn a_schema_broken_twice_fails_the_step() {
    fails("break_schema", "breaks the schema");
}

#[test]
fn a_schema_broken_once_is_asked_again() {
    let (code, run) = run("break_schema_once");
    assert_eq!((code, &run["status"]), (0, &Value::from("done")));
    assert_eq!(step(&run, "1M-report")["model_calls"], 2);
}

#[test]
fn a_server_error_fails_after_two_intents() {
    fails("500", "500");
}

#[test]
fn a_page_instead_of_an_answer_is_no_answer() {
    // the page comes with 502, as from a gateway
    fails("html", "502");
}

#[test]
fn reordered_keys_are_recorded() {
    let (code, run) = run("reorder_keys");
    assert_eq!(code, 0);
    assert_eq!(run["report"]["checks"]["key_order"], false);
}

#[test]
fn odds_that_do_not_sum_are_found() {
    let (code, run) = run("prob_sum");
    assert_eq!(code, 0);
    let items = run["report"]["checks"]["items"].as_array().unwrap();
    let odds = items.iter().find(|item| item["path"] == "scenarios").unwrap();
    // they are put right when asked
    assert_eq!(text(odds, "status"), "repaired", "{odds}");
}

#[test]
fn a_wrong_ref_is_repaired() {
    let (code, run) = run("wrong_ref");
    assert_eq!(code, 0);
    assert!(run["report"]["checks"]["repaired"].as_u64().unwrap() >= 1, "{}", run["report"]["checks"]);
}

#[test]
fn a_repair_of_another_path_changes_nothing() {
    let (code, meddled) = run("repair_other_path");
    let (_, repaired) = run("invent_price");
    assert_eq!(code, 0);
    assert_eq!(meddled["report"]["checks"]["repaired"], repaired["report"]["checks"]["repaired"]);
    // it also tried to change these, which nobody had asked for
    for field in ["bias", "confidence", "invalidation", "scenarios"] {
        assert_eq!(meddled["report"]["report"][field], repaired["report"]["report"][field], "{field}");
    }
}

#[test]
fn a_bias_against_the_odds_is_put_right_or_marked() {
    let (code, run) = run("always_long");
    assert_eq!((code, &run["status"]), (0, &Value::from("done")));
    let (report, checks) = (&run["report"]["report"], &run["report"]["checks"]);
    let (up, down) = (report["scenarios"]["p_up"].as_i64(), report["scenarios"]["p_down"].as_i64());
    let marked = checks["items"].as_array().unwrap().iter().any(|item| item["path"] == "bias");
    assert!(report["bias"] != "bullish" || up > down || marked, "{report}");
}

#[test]
fn a_limit_that_stays_ends_the_step_and_says_what_to_do() {
    fails("429", "asked too often");
}

/// In a flow that offers no tools these have nothing to misuse, and a report offers a gullible one nothing to obey.
#[test]
fn modes_of_tools_and_orders_read_as_usual_where_there_are_none() {
    for mode in ["endless_tools", "bad_tool_args", "gullible", "slow"] {
        let (code, run) = run(mode);
        assert_eq!((code, &run["status"]), (0, &Value::from("done")), "{mode}");
        assert_eq!(step(&run, "1w-report")["model_calls"], 1, "{mode}");
    }
}

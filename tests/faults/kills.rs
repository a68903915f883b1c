//! The process is killed before and after each thing that must survive it. The same command then ends the run as
//! if nothing had happened.

use serde_json::Value;
use tests::Topdown;

use super::bench::{DEMO, KILLED, collected, killed, left, undisturbed};

/// Kills the demo at passages of a place, each time in a fresh folder, and lets the same command end it.
fn survives(place: &str, passages: &[u32]) {
    for passage in passages {
        let points = format!("{place}={}*off->return", passage - 1);
        let topdown = collected();
        let died = killed(&topdown, DEMO, &points);
        assert_eq!(died.code, KILLED, "{points} was not passed: {}", died.stderr);
        ends_as_undisturbed(&topdown, &points);
    }
}

fn ends_as_undisturbed(topdown: &Topdown, after: &str) -> Value {
    let run = topdown.json(DEMO);
    let found = left(topdown, &run);
    let wanted = undisturbed();
    assert_eq!(found.rows, wanted.rows, "{after}");
    assert_eq!(found.candles, wanted.candles, "{after}");
    assert!(found.artifacts.keys().eq(wanted.artifacts.keys()), "{after}");
    for (step, bytes) in &wanted.artifacts {
        assert!(found.artifacts[step] == *bytes, "{after}: {step} differs");
    }
    run
}

// A run has six deliveries to claim (candles, two times charts, two reports, the notice), two paid calls, and nine
// steps to commit and dispatch, the last three of which are the reports' and the notice's.

#[test]
fn around_claim() {
    survives("claim.before", &[1, 4, 6]);
    survives("claim.after", &[1, 5]);
}

#[test]
fn around_pin_and_adopt() {
    survives("pin.before", &[1]);
    survives("pin.after", &[2]);
    survives("adopt.before", &[1]);
}

#[test]
fn around_intent_and_call() {
    survives("intent.before", &[2]);
    survives("intent.after", &[1]);
    survives("call.answered", &[2]);
    survives("call.kept", &[1, 2]);
}

#[test]
fn around_commit() {
    survives("reports.append", &[1]);
    survives("reports.appended", &[2]);
    survives("commit.before", &[1, 7, 9]);
    survives("commit.after", &[2, 8, 9]);
}

#[test]
fn around_dispatch() {
    survives("dispatch.before", &[1, 7]);
    survives("dispatch.after", &[8, 9]);
}

#[test]
fn around_what_the_coordinator_creates_and_ends() {
    survives("journal.create-run", &[1]);
    survives("journal.run-created", &[1]);
    survives("journal.create-steps", &[1, 4]);
    survives("journal.steps-created", &[1, 5]);
    survives("journal.end-run", &[1]);
    survives("journal.run-ended", &[1]);
}

#[test]
fn around_messages() {
    survives("bus.publish", &[1, 8]);
    survives("bus.published", &[1, 12]);
    survives("bus.taken", &[1, 9]);
    survives("bus.acknowledge", &[2]);
    survives("bus.acknowledged", &[10]);
}

/// Passages 1 to 7 are the catalog's files, the last ones the report's and the page's.
#[test]
fn around_an_artifact() {
    survives("artifact.begin", &[1, 11]);
    survives("artifact.written", &[3, 15]);
    survives("artifact.linked", &[2, 14, 20]);
    survives("artifact.synced", &[6, 16]);
    survives("artifact.committed", &[4, 12, 22]);
}

/// An answer that was kept is taken by the next process, which is killed while it does.
#[test]
fn while_a_kept_answer_is_adopted() {
    let topdown = collected();
    assert_eq!(killed(&topdown, DEMO, "call.kept=return").code, KILLED);
    assert_eq!(killed(&topdown, DEMO, "adopt.after=return").code, KILLED);
    let run = ends_as_undisturbed(&topdown, "adopt.after");
    let month = run["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1M-report").unwrap();
    assert_eq!(month["intents"], serde_json::json!([1]), "one call was paid for");
    assert_eq!(month["fence"], 3, "the third worker ended it");
}

//! What is paid for, counted by the vendor: once a call, and once more for a kill between intent and durable
//! answer.

use serde_json::{Value, json};
use sim::Service;

use super::bench::{KILLED, RUN, collected_in, killed, run, runs, world};
use super::invariants;

/// Kills a run at a place and lets a second command end it and make a run of its own.
struct Killed {
    /// Calls that reached the vendor, of all commands.
    calls: u64,
    /// The run that was killed, as it ended, and the one after it.
    runs: Vec<Value>,
}

async fn killed_at(points: &str) -> Killed {
    let world = world().await;
    let topdown = collected_in(&world);
    let died = tokio::task::block_in_place(|| killed(&topdown, RUN, points));
    assert_eq!(died.code, KILLED, "{points} was not passed: {}", died.stderr);
    let before = invariants::steps(&topdown.data());
    let finished = run(&topdown);
    assert_eq!(finished.code, 0, "{points}: {}", finished.stderr);
    let calls = world.count(Service::OpenAi);
    assert_eq!(invariants::broken(&topdown, &before, calls, 1), Vec::<String>::new(), "{points}");
    Killed { calls, runs: tokio::task::block_in_place(|| runs(&topdown)) }
}

fn intents(run: &Value, step: &str) -> Value {
    let steps = run["steps"].as_array().unwrap();
    steps.iter().find(|found| found["step_id"] == step).unwrap()["intents"].clone()
}

/// The killed run needs two calls, a month's and a week's. The second run sees the same instant: its month is the
/// same bytes and costs nothing; its week is given its own month's id, so it is one more call.
async fn pays(points: &str, calls: u64, month: Value, week: Value) {
    let killed = killed_at(points).await;
    assert_eq!(killed.calls, calls + 1, "{points}");
    let [first, second] = killed.runs.as_slice() else { panic!("{points}: {} runs", killed.runs.len()) };
    assert_eq!((&first["status"], &second["status"]), (&json!("done"), &json!("done")), "{points}");
    assert_eq!((intents(first, "1M-report"), intents(first, "1w-report")), (month, week), "{points}");
    // an answer that another step paid for was taken without an intent
    assert_eq!((intents(second, "1M-report"), intents(second, "1w-report")), (Value::Null, json!([1])));
    let month = second["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1M-report");
    assert_eq!(month.unwrap()["cost_usd"], "0", "what another run paid costs this one nothing");
    let of = |run: &Value| run["model_calls"].as_u64().unwrap();
    assert_eq!(of(second), 1, "{points}");
    assert_eq!(first["report"]["report"], second["report"]["report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_outside_the_window_costs_nothing() {
    for points in ["pin.before=return", "adopt.before=1*off->return", "intent.before=return"] {
        pays(points, 2, json!([1]), json!([1])).await;
    }
    pays("call.kept=return", 2, json!([1]), json!([1])).await;
    pays("commit.before=7*off->return", 2, json!([1]), json!([1])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_answer_and_its_file_costs_one_call() {
    pays("call.answered=return", 3, json!([2]), json!([1])).await;
    pays("call.answered=1*off->return", 3, json!([1]), json!([2])).await;
}

/// The intent stands although nothing was sent: nobody can know, so it counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_intent_and_call_is_counted_as_a_call() {
    pays("intent.after=return", 2, json!([2]), json!([1])).await;
}

/// Twice in the window of one call: the step gives up, says why, and a third call is never sent.
#[tokio::test(flavor = "multi_thread")]
async fn two_kills_in_one_window_spend_the_budget() {
    let world = world().await;
    let topdown = collected_in(&world);
    for _ in 0..2 {
        let died = tokio::task::block_in_place(|| killed(&topdown, RUN, "call.answered=return"));
        assert_eq!(died.code, KILLED, "{}", died.stderr);
    }
    // the killed run is ended first; then the command's own asks for the same and pays for itself
    let finished = run(&topdown);
    let runs = tokio::task::block_in_place(|| runs(&topdown));
    let month = runs[0]["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1M-report");
    let month = month.unwrap();
    assert_eq!((&month["status"], &month["intents"]), (&json!("failed"), &json!([2])), "{month}");
    let reason = month["reason"].as_str().unwrap();
    assert!(reason.contains("2 times without a durable answer") && reason.contains("resume"), "{reason}");
    assert_eq!(runs[0]["status"], "failed");
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    assert_eq!(runs[1]["status"], "done");
    assert_eq!(world.count(Service::OpenAi), 4, "two lost, and the two of the run that ended well");
}

//! What the day's budget is charged where no answer came, and where none had to be paid for.

use rust_decimal::Decimal;
use serde_json::Value;
use sim::{Fault, Rule, Service};
use tests::{Finished, Topdown};

use super::bench::{collected_in, run, world};
use super::budget::{charged, is_refused, money, usd};

fn step<'a>(outcome: &'a Value, id: &str) -> &'a Value {
    outcome["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == id).unwrap()
}

fn outcome(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{e}: {}", finished.stderr))
}

/// A run whose first call meets the fault, every time it is made.
async fn met(fault: Fault) -> (Topdown, Value) {
    let world = world().await;
    let topdown = collected_in(&world);
    world.faults().inject(Rule::next(Service::OpenAi, fault).times(99));
    let finished = run(&topdown);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    (topdown, outcome(&finished))
}

/// What the day was asked for before anything was sent.
fn reserved(topdown: &Topdown) -> Decimal {
    let day = std::fs::read_dir(topdown.data().join("budget")).unwrap().next().unwrap().unwrap();
    let entry: Value = serde_json::from_slice(&std::fs::read(day.path().join("0.json")).unwrap()).unwrap();
    assert_eq!(entry["kind"], "reserved");
    money(&entry["usd"])
}

/// Charged for so many calls of a step that may make four, two of each of its questions. The answer to the first has
/// 12,000 tokens at most, at 5 USD per million; the second is a longer question with a longer answer.
fn assert_most(topdown: &Topdown, calls: u32, shown: &str) {
    let (charged, reserved, calls) = (charged(topdown), reserved(topdown), Decimal::from(calls));
    assert!(charged > usd(6) * calls, "{shown}: {charged}");
    assert!(charged * Decimal::from(4) < reserved * calls, "{shown}: {charged} of {reserved}");
}

/// The vendor may have done the work, and charge for it: the day has lost the most that it can be.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_call_counts_as_the_most_it_can_cost() {
    let lost = [(Fault::ServerError(500), 2), (Fault::Cut { after: 0 }, 2), (Fault::Page, 2)];
    for (fault, calls) in lost {
        let shown = format!("{fault:?}");
        let (topdown, outcome) = met(fault).await;
        assert_eq!(step(&outcome, "1M-report")["intents"], serde_json::json!([calls]), "{shown}");
        assert_most(&topdown, calls, &shown);
    }
    // it would come to the same again, so it is sent once
    let (topdown, outcome) = met(super::memory::gzip_bomb()).await;
    assert_eq!(step(&outcome, "1M-report")["intents"], serde_json::json!([1]));
    assert_most(&topdown, 1, "a bomb");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_vendor_refused_before_any_work_costs_nothing() {
    for fault in [Fault::Firewall, Fault::QuotaExceeded, Fault::TooManyRequests { retry_after_s: 0 }] {
        let shown = format!("{fault:?}");
        let (topdown, _) = met(fault).await;
        assert_eq!(charged(&topdown), Decimal::ZERO, "{shown}");
        assert!(topdown.data().join("budget").is_dir(), "{shown}: it was reserved");
    }
}

/// Nobody listens where the model should be: no byte was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_not_there_costs_nothing() {
    let world = world().await;
    // the discard port
    let topdown = collected_in(&world).with("OPENAI_BASE_URL", "http://127.0.0.1:9/v1");
    let finished = run(&topdown);
    let outcome = outcome(&finished);
    let month = step(&outcome, "1M-report");
    assert_eq!((finished.code, &month["intents"]), (1, &serde_json::json!([2])), "{month}");
    assert!(month["reason"].as_str().unwrap().contains("cannot be reached"), "{month}");
    assert_eq!(charged(&topdown), Decimal::ZERO);
}

/// The second run of an instant asks for the month again in the same bytes, and is given its answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_kept_answer_needs_no_money() {
    let world = world().await;
    let topdown = collected_in(&world);
    assert_eq!(run(&topdown).code, 0);
    world.forget_requests();
    let poor = topdown.with("TOPDOWN_MAX_USD_PER_DAY", "0.00");
    let finished = run(&poor);
    let outcome = outcome(&finished);
    let month = step(&outcome, "1M-report");
    assert_eq!((&month["status"], money(&month["cost_usd"])), (&"done".into(), Decimal::ZERO), "{month}");
    // the week is given this run's month, so it is another question
    is_refused(step(&outcome, "1w-report"), "0.00");
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
}

/// The answer came and could not be kept: it was paid for, and what was reserved for further calls is free again.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_storage_leaves_nothing_reserved() {
    let world = world().await;
    let topdown = collected_in(&world);
    // where answers are kept there is a file instead of a folder
    let paid = topdown.data().join("paid");
    std::fs::create_dir_all(&paid).unwrap();
    std::fs::write(paid.join("openai"), "").unwrap();
    let finished = run(&topdown);
    assert_eq!((finished.code, world.count(Service::OpenAi)), (1, 1), "{}", finished.stdout);
    assert_most(&topdown, 1, "an answer that was not kept");
}

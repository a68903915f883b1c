//! The day's budget: reserved at its worst before anything is sent, shared by instances, settled by what was paid,
//! never overdrawn by what was reserved.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use runtime::{Budget, BudgetError, Clock, LEASE, SystemClock};
use rust_decimal::Decimal;
use serde_json::Value;
use sim::{Fault, Rule, Service};
use storage::StepDocument;
use tests::Topdown;

use super::bench::{collected_in, run, runs, world};
use super::desk::Desk;

pub(super) fn usd(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

pub(super) fn money(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("{value}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_day_and_each_day_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let (first, second) = (desk.report("r-1").await, desk.report("r-2").await);
    let (first, second) = (desk.claim(&first).await, desk.claim(&second).await);
    let (one, two) = (Budget::new(usd(200)), Budget::new(usd(200)));
    let reserved = one.reserve(&desk.services, &first, usd(150)).await.unwrap();
    let refused = two.reserve(&desk.services, &second, usd(201)).await.unwrap_err();
    assert!(matches!(refused, BudgetError::Spent { .. }), "{refused}");
    let told = refused.to_string();
    assert!(told.contains("2.00 USD for 2026-04-30") && told.contains("TOPDOWN_MAX_USD_PER_DAY"), "{told}");
    let taken = two.reserve(&desk.services, &without_time(&second), usd(51)).await.unwrap_err();
    assert!(matches!(taken, BudgetError::Taken { .. }), "what is open may be settled at less: {taken}");
    // what one did not spend is anyone's to reserve
    one.settle(&desk.services, &first, reserved, usd(10)).await.unwrap();
    let again = two.reserve(&desk.services, &second, usd(190)).await.unwrap();
    assert!(one.reserve(&desk.services, &without_time(&first), usd(1)).await.is_err());
    two.settle(&desk.services, &second, again, usd(189)).await.unwrap();
    let last = one.reserve(&desk.services, &first, usd(1)).await.unwrap();
    assert!(one.reserve(&desk.services, &without_time(&first), usd(1)).await.is_err());

    desk.clock.pass(SignedDuration::from_hours(24));
    let next = two.reserve(&desk.services, &second, usd(200)).await;
    assert!(next.is_ok(), "2026-05-01 is another day");
    // a step that ends after midnight is the day's in which it began
    one.settle(&desk.services, &first, last, Decimal::ZERO).await.unwrap();
    assert!(
        one.reserve(&desk.services, &without_time(&first), usd(1)).await.is_err(),
        "of the new day nothing is left"
    );
}

/// With so little of its lease left that it cannot wait: a call takes a minute at least, and what follows it a minute
/// and a half.
fn without_time(step: &StepDocument) -> StepDocument {
    let lease_until = step.lease_until.map(|until| until - LEASE + SignedDuration::from_secs(150));
    StepDocument { lease_until, ..step.clone() }
}

/// A step that the day's money would do for once others have settled is not failed for what they reserved.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_waits_for_what_is_open_and_fails_for_what_is_spent() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let mut held = Vec::new();
    for run in ["r-1", "r-2", "r-3"] {
        held.push(desk.claim(&desk.report(run).await).await);
    }
    // an instance of its own each, on the same day
    let [one, two, three] = [(); 3].map(|()| Budget::new(usd(200)));
    let reserved = one.reserve(&desk.services, &held[0], usd(150)).await.unwrap();
    let second = two.reserve(&desk.services, &held[1], usd(150));
    let settles = async {
        one.settle(&desk.services, &held[0], reserved, usd(40)).await.unwrap();
    };
    let (second, ()) = tokio::join!(second, settles);
    // 0.40 + 1.50 are open or spent: 0.11 more waits, and what was spent in the end refuses it
    let third = three.reserve(&desk.services, &held[2], usd(11));
    let settles = async {
        two.settle(&desk.services, &held[1], second.unwrap(), usd(150)).await.unwrap();
    };
    let (third, ()) = tokio::join!(third, settles);
    assert!(matches!(third, Err(BudgetError::Spent { .. })), "{third:?}");
    // within one instance nothing need be looked for
    let reserved = three.reserve(&desk.services, &held[2], usd(10)).await.unwrap();
    let next = three.reserve(&desk.services, &held[0], usd(10));
    let settles = async {
        three.settle(&desk.services, &held[2], reserved, Decimal::ZERO).await.unwrap();
    };
    let (next, ()) = tokio::join!(next, settles);
    assert_eq!(next.unwrap().usd(), usd(10));
}

/// What comes to more than was reserved, for a server that answers at a length nobody asked for.
#[tokio::test(flavor = "multi_thread")]
async fn what_costs_more_than_was_reserved_is_charged_to_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let step = desk.claim(&desk.report("r-1").await).await;
    let mut granted = 0;
    for _ in 0..4 {
        // a process each
        let budget = Budget::new(usd(2_000));
        match budget.reserve(&desk.services, &step, usd(70)).await {
            Ok(reserved) => {
                budget.settle(&desk.services, &step, reserved, usd(1_010)).await.unwrap();
                granted += 1;
            }
            Err(error) => assert!(matches!(error, BudgetError::Spent { .. }), "{error}"),
        }
        desk.clock.pass(SignedDuration::from_secs(1));
    }
    assert_eq!(granted, 2, "10.10 + 0.70 is within 20, 20.20 is not");
}

/// The simulated model under the prices of a real one: a step that could cost more than the day has left sends
/// nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_beyond_the_budget_sends_nothing_and_says_what_to_do() {
    let world = world().await;
    let poor = collected_in(&world).with("TOPDOWN_MAX_USD_PER_DAY", "0.10");
    let finished = run(&poor);
    assert_eq!(finished.code, 1, "{}", finished.stdout);
    let outcome: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    is_refused(month(&outcome), "0.10");
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
    assert_eq!(outcome["cost_usd"], "0");
}

pub(super) fn is_refused(step: &Value, limit: &str) {
    let reason = step["reason"].as_str().unwrap_or_else(|| panic!("{step}"));
    assert!(reason.contains(&format!("budget of {limit} USD for 2")), "{reason}");
    assert!(
        reason.contains("resume the run on the next day (UTC), or raise TOPDOWN_MAX_USD_PER_DAY"),
        "{reason}"
    );
}

fn month(outcome: &Value) -> &Value {
    let steps = outcome["steps"].as_array().unwrap();
    steps.iter().find(|step| step["step_id"] == "1M-report").unwrap()
}

/// What the data folder's budget has come to, over all days: the total of each day's last entry.
pub(super) fn charged(topdown: &Topdown) -> Decimal {
    let Ok(days) = std::fs::read_dir(topdown.data().join("budget")) else { return Decimal::ZERO };
    days.map(|day| {
        let day = day.unwrap().path();
        let last = std::fs::read_dir(&day).unwrap().count() - 1;
        let entry = std::fs::read(day.join(format!("{last}.json"))).unwrap();
        money(&serde_json::from_slice::<Value>(&entry).unwrap()["total"])
    })
    .sum()
}

/// Each command is a process of its own, and reserves many times what it spends.
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_end_leave_what_they_did_not_spend() {
    let world = world().await;
    let topdown = collected_in(&world).with("TOPDOWN_MAX_USD_PER_DAY", "1");
    for _ in 0..3 {
        let finished = run(&topdown);
        assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
    }
    let runs = tokio::task::block_in_place(|| runs(&topdown));
    let steps = runs.iter().flat_map(|run| run["steps"].as_array().unwrap());
    let cost: Decimal =
        steps.filter(|step| step["cost_usd"].is_string()).map(|step| money(&step["cost_usd"])).sum();
    assert!(cost > Decimal::ZERO);
    assert_eq!(charged(&topdown), cost, "the day's budget has lost what runs cost, and no more");
}

/// An answer of the model that is none, with a count of tokens.
fn counted(prompt: u64, completion: u64) -> Fault {
    let body = format!(
        r#"{{"model":"x","choices":[{{"finish_reason":"stop","message":{{"content":"{{}}"}}}}],
            "usage":{{"prompt_tokens":{prompt},"completion_tokens":{completion}}}}}"#
    );
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Fault::Answer { status: 200, headers, body: body.into_bytes() }
}

/// A count that overflows once it is summed is kept with the answer that was paid for, and met again whenever the run
/// is gone on with.
#[tokio::test(flavor = "multi_thread")]
async fn absurd_counts_end_a_step_and_nothing_else() {
    let world = world().await;
    let topdown = collected_in(&world);
    world.faults().inject(Rule::next(Service::OpenAi, counted(u64::MAX, u64::MAX)).times(2));
    let finished = run(&topdown);
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    let outcome: Value = serde_json::from_str(&finished.stdout).unwrap();
    let month = month(&outcome);
    let reason = month["reason"].as_str().unwrap();
    assert!(reason.contains("no answer of the schema in two calls"), "{reason}");
    assert_eq!((&month["prompt_tokens"], &month["completion_tokens"]), (&0.into(), &0.into()), "{month}");
    assert_eq!((outcome["model_calls"].as_u64(), money(&outcome["cost_usd"])), (Some(2), Decimal::ZERO));
    // what it cost nobody knows: the day keeps the most it can have been
    assert!(charged(&topdown) > usd(10), "{}", charged(&topdown));
    let id = outcome["run_id"].as_str().unwrap();
    let resume = ["resume", id, "--catalog", "catalog", "--json"];
    let resumed = tokio::task::block_in_place(|| topdown.run(&resume));
    let resumed: Value =
        serde_json::from_str(&resumed.stdout).unwrap_or_else(|e| panic!("{e}: {}", resumed.stderr));
    assert_eq!(resumed["status"], "failed", "the kept answers are no better");
    let other = ["run", "1", "BTCUSDT", "--as-of", "2026-04-29T04:00:00Z", "--catalog", "catalog", "--json"];
    let other = tokio::task::block_in_place(|| topdown.json(&other));
    assert_eq!(other["status"], "done", "and no other run is held up");
}

/// The server answers at a length nobody asked for: what it charges is known only then, and ends the day.
#[tokio::test(flavor = "multi_thread")]
async fn a_cost_beyond_the_reservation_ends_the_day() {
    let world = world().await;
    let today = || TimeZone::UTC.to_datetime(SystemClock.now()).date();
    let other = ["run", "1", "BTCUSDT", "--as-of", "2026-04-29T04:00:00Z", "--catalog", "catalog", "--json"];
    let (outcome, next) = loop {
        let topdown = collected_in(&world).with("TOPDOWN_MAX_USD_PER_DAY", "5");
        world.faults().clear();
        world.faults().inject(Rule::next(Service::OpenAi, counted(50_000, 1_000_000)).times(2));
        let day = today();
        let finished = run(&topdown);
        let outcome: Value = serde_json::from_str(&finished.stdout).unwrap();
        world.forget_requests();
        let next = tokio::task::block_in_place(|| topdown.run(&other));
        // another day has a budget of its own
        if today() == day {
            break (outcome, next);
        }
    };
    // (50,000 x 1 + 1,000,000 x 5) / 1,000,000, twice
    assert_eq!(money(&outcome["cost_usd"]), usd(1_010));
    assert_eq!(next.code, 1, "{}", next.stdout);
    let next: Value = serde_json::from_str(&next.stdout).unwrap();
    is_refused(month(&next), "5");
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
}

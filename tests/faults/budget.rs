//! The day's budget: reserved at its worst before anything is sent, shared by instances, settled by what was paid,
//! never overdrawn by what was reserved.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use runtime::{Budget, BudgetError, Clock, SystemClock};
use rust_decimal::Decimal;
use serde_json::Value;
use sim::{Fault, Rule, Service};
use tests::Topdown;

use super::bench::{collected_in, run, runs, world};
use super::desk::Desk;

fn usd(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

fn money(value: &Value) -> Decimal {
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
    let refused = two.reserve(&desk.services, &second, usd(51)).await.unwrap_err();
    assert!(matches!(refused, BudgetError::Spent { .. }), "{refused}");
    let told = refused.to_string();
    assert!(told.contains("2.00 USD for 2026-04-30") && told.contains("TOPDOWN_MAX_USD_PER_DAY"), "{told}");
    // what one did not spend is anyone's to reserve
    one.settle(&desk.services, &first, reserved, usd(10)).await.unwrap();
    let again = two.reserve(&desk.services, &second, usd(190)).await.unwrap();
    assert!(one.reserve(&desk.services, &first, usd(1)).await.is_err());
    two.settle(&desk.services, &second, again, usd(189)).await.unwrap();
    let last = one.reserve(&desk.services, &first, usd(1)).await.unwrap();
    assert!(one.reserve(&desk.services, &first, usd(1)).await.is_err());

    desk.clock.pass(SignedDuration::from_hours(24));
    let next = two.reserve(&desk.services, &second, usd(200)).await;
    assert!(next.is_ok(), "2026-05-01 is another day");
    // a step that ends after midnight is the day's in which it began
    one.settle(&desk.services, &first, last, Decimal::ZERO).await.unwrap();
    assert!(one.reserve(&desk.services, &first, usd(1)).await.is_err(), "of the new day nothing is left");
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
    is_refused(&outcome, "0.10");
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
    assert_eq!(outcome["cost_usd"], "0");
}

fn is_refused(outcome: &Value, limit: &str) {
    let reason = month(outcome)["reason"].as_str().unwrap_or_else(|| panic!("{outcome}"));
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
fn charged(topdown: &Topdown) -> Decimal {
    let days = std::fs::read_dir(topdown.data().join("budget")).unwrap();
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
    let (outcome, resumed) = loop {
        let topdown = collected_in(&world).with("TOPDOWN_MAX_USD_PER_DAY", "5");
        world.faults().clear();
        world.faults().inject(Rule::next(Service::OpenAi, counted(50_000, 1_000_000)).times(2));
        let day = today();
        let finished = run(&topdown);
        let outcome: Value = serde_json::from_str(&finished.stdout).unwrap();
        let resume = ["resume", outcome["run_id"].as_str().unwrap(), "--catalog", "catalog", "--json"];
        world.forget_requests();
        let resumed = tokio::task::block_in_place(|| topdown.run(&resume));
        // another day has a budget of its own
        if today() == day {
            break (outcome, resumed);
        }
    };
    // (50,000 x 1 + 1,000,000 x 5) / 1,000,000, twice
    assert_eq!(money(&outcome["cost_usd"]), usd(1_010));
    assert_eq!(resumed.code, 1, "{}", resumed.stdout);
    let resumed: Value = serde_json::from_str(&resumed.stdout).unwrap();
    is_refused(&resumed, "5");
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
}

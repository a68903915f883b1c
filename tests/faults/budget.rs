//! The day's budget: reserved at its worst before anything is sent, shared by instances, never overdrawn.

use jiff::SignedDuration;
use runtime::{Budget, BudgetError};
use rust_decimal::Decimal;
use sim::Service;

use super::bench::{collected_in, run, world};
use super::desk::Desk;

fn usd(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_share_a_day_and_each_day_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let report = desk.report("r-1").await;
    let step = desk.claim(&report).await;
    // 2 USD a day in blocks of one cent
    let (one, two) = (Budget::new(usd(200)), Budget::new(usd(200)));
    let reserved = one.reserve(&desk.services, &step, usd(150)).await.unwrap();
    let refused = two.reserve(&desk.services, &step, usd(51)).await.unwrap_err();
    assert!(matches!(refused, BudgetError::Spent { .. }), "{refused}");
    let told = refused.to_string();
    assert!(told.contains("2.00 USD for 2026-04-30") && told.contains("TOPDOWN_MAX_USD_PER_DAY"), "{told}");
    // what the other did not spend is its own to reserve again
    one.settle(reserved, usd(10)).await;
    let again = one.reserve(&desk.services, &step, usd(140)).await.unwrap();
    one.settle(again, usd(140)).await;
    assert!(one.reserve(&desk.services, &step, usd(1)).await.is_err(), "50 cents are the other's");
    assert!(two.reserve(&desk.services, &step, usd(50)).await.is_ok());
    let blocks = std::fs::read_dir(folder.path().join("budget/2026-04-30")).unwrap().count();
    assert_eq!(blocks, 200, "each block has one owner");

    desk.clock.pass(SignedDuration::from_hours(24));
    let next = two.reserve(&desk.services, &step, usd(200)).await;
    assert!(next.is_ok(), "2026-05-01 is another day");
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
    let steps = outcome["steps"].as_array().unwrap();
    let month = steps.iter().find(|step| step["step_id"] == "1M-report").unwrap();
    let reason = month["reason"].as_str().unwrap();
    assert!(reason.contains("budget of 0.10 USD for 2"), "{reason}");
    assert!(
        reason.contains("resume the run on the next day (UTC), or raise TOPDOWN_MAX_USD_PER_DAY"),
        "{reason}"
    );
    assert_eq!(world.count(Service::OpenAi), 0, "nothing was sent");
    assert_eq!(outcome["cost_usd"], "0");
}

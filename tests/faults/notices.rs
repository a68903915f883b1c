//! A messenger that is down: the reports are there all the same, and the run says what was not sent.

use serde_json::Value;
use sim::{Fault, Rule, Service};

use super::bench::{collected_in, run, world};

/// The run meets the fault and is done. Answers how many messages arrived all the same.
async fn met(fault: Fault, says: &str) -> usize {
    let world = world().await;
    let topdown = collected_in(&world)
        .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
        .with("TELEGRAM_BOT_TOKEN", "1:token-of-a-test")
        .with("TELEGRAM_CHAT_ID", "1");
    world.faults().inject(Rule::next(Service::Telegram, fault).forever());
    let finished = run(&topdown);
    assert_eq!(finished.code, 0, "the reports are there: {}", finished.stderr);
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(run["status"], "done");
    let steps = run["steps"].as_array().unwrap();
    let notice = steps.iter().find(|step| step["step_id"] == "notification").unwrap();
    assert_eq!(notice["status"], "done", "the page is written");
    let reason = notice["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("Telegram: ") && reason.contains(says), "{reason}");
    assert!(!finished.stderr.contains("token-of-a-test") && !finished.stdout.contains("token-of-a-test"));
    let shown = tokio::task::block_in_place(|| topdown.run(&["show", run["run_id"].as_str().unwrap()]));
    assert!(shown.stdout.contains(reason), "a person reads it too: {}", shown.stdout);
    world.messages().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_that_is_down_fails_no_run() {
    assert_eq!(met(Fault::ServerError(502), "502").await, 0);
    assert_eq!(met(Fault::Page, "200").await, 0);
    // its answer was cut off: it is not sent twice
    assert_eq!(met(Fault::Cut { after: 4 }, "").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_that_leads_elsewhere_is_not_followed() {
    let elsewhere = world().await;
    let to = format!("{}/bot1:x/sendDocument", elsewhere.telegram_url());
    assert_eq!(met(Fault::Redirect(to), "307").await, 0);
    assert_eq!(elsewhere.count(Service::Telegram), 0);
}

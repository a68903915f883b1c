//! A messenger that is down: the reports are there all the same, and the run says what was not sent.

use serde_json::Value;
use sim::{Fault, Rule, Service, World};
use tests::Topdown;

use super::bench::{collected_in, failed_demo, run, world};

fn with_telegram(world: &World) -> Topdown {
    collected_in(world)
        .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
        .with("TELEGRAM_BOT_TOKEN", "1:token-of-a-test")
        .with("TELEGRAM_CHAT_ID", "1")
}

/// The run, which ends as done, and what it says of its notice.
fn told(topdown: &Topdown) -> (Value, String) {
    let finished = run(topdown);
    assert_eq!(finished.code, 0, "the reports are there: {}", finished.stderr);
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(run["status"], "done");
    let steps = run["steps"].as_array().unwrap();
    let notice = steps.iter().find(|step| step["step_id"] == "notification").unwrap();
    assert_eq!(notice["status"], "done", "the page is written");
    assert!(!finished.stderr.contains("token-of-a-test") && !finished.stdout.contains("token-of-a-test"));
    let reason = notice["reason"].as_str().unwrap_or_default().to_owned();
    (run, reason)
}

/// The run meets the fault and is done. Answers how many messages arrived all the same.
async fn met(fault: Fault, says: &str) -> usize {
    let world = world().await;
    let topdown = with_telegram(&world);
    world.faults().inject(Rule::next(Service::Telegram, fault).forever());
    let (run, reason) = told(&topdown);
    assert!(reason.starts_with("Telegram: ") && reason.contains(says), "{reason}");
    let shown = tokio::task::block_in_place(|| topdown.run(&["show", run["run_id"].as_str().unwrap()]));
    assert!(shown.stdout.contains(&reason), "a person reads it too: {}", shown.stdout);
    world.messages().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_that_is_busy_is_waited_for() {
    let world = world().await;
    let topdown = with_telegram(&world);
    let busy = Fault::TooManyRequests { retry_after_s: 1 };
    world.faults().inject(Rule::next(Service::Telegram, busy).times(2));
    assert_eq!(told(&topdown).1, "");
    assert_eq!((world.messages().len(), world.count(Service::Telegram)), (1, 3));
}

/// A run of a simulated market that is gone on with where a real messenger is configured.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_a_simulated_market() {
    let world = world().await;
    let topdown = with_telegram(&world);
    tokio::task::block_in_place(|| {
        let failed = failed_demo(&topdown);
        let resumed = topdown.json(&["resume", &failed, "--model", "rule-analyst", "--json"]);
        assert_eq!(resumed["status"], "done");
    });
    assert_eq!(world.count(Service::Telegram), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_that_asks_for_an_hour_is_not() {
    assert_eq!(met(Fault::TooManyRequests { retry_after_s: 3600 }, "no message for 3600 s").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_that_has_moved_is_followed_and_the_user_told() {
    let world = world().await;
    let topdown = with_telegram(&world);
    let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let answer = Fault::Answer { status: 400, headers, body: moved.as_bytes().to_vec() };
    world.faults().inject(Rule::next(Service::Telegram, answer));
    let (_, reason) = told(&topdown);
    assert!(reason.contains("moved to -1001234567890") && reason.contains("TELEGRAM_CHAT_ID"), "{reason}");
    let chats: Vec<String> = world.messages().into_iter().map(|message| message.chat_id).collect();
    assert_eq!(chats, ["-1001234567890"]);
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

//! A failed run is gone on from: what was done is taken, the rest is done in new documents.

use jiff::Timestamp;
use sim::{Fault, Rule, Service, SimClock, World, WorldConfig};
use tests::Topdown;

use super::{step, text};

/// The program with its exchange and its model in the test's own world.
async fn world() -> (World, Topdown) {
    let now: Timestamp = "2026-04-30T04:00:00Z".parse().unwrap();
    let world = World::start(WorldConfig::seeded(1, SimClock::fixed(now))).await.unwrap();
    let topdown = Topdown::new()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("OPENAI_BASE_URL", &world.openai_url())
        .with("OPENAI_API_KEY", "key-of-a-test");
    // the world's model answers by its own name only
    let prompts = topdown.path("catalog/prompts");
    std::fs::create_dir_all(&prompts).unwrap();
    let models = include_str!("../../prompts/models.toml").replace("gpt-6.1-terra", "rule-analyst");
    std::fs::write(prompts.join("models.toml"), models).unwrap();
    (world, topdown)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_not_done_again() {
    let (world, topdown) = world().await;
    // the month is answered, both intents of the week are lost
    world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).after(1).times(2));
    let arguments =
        ["run", "1", "BTCUSDT", "--as-of", "2026-04-30T04:00:00Z", "--catalog", "catalog", "--json"];
    let failed = tokio::task::block_in_place(|| topdown.run(&arguments));
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    let failed: serde_json::Value = serde_json::from_str(&failed.stdout).unwrap();
    assert_eq!(step(&failed, "1w-report")["status"], "failed");
    assert_eq!(step(&failed, "1w-report")["intents"], serde_json::json!([2]), "two intents, then no more");
    let asked = world.count(Service::OpenAi);
    assert_eq!(asked, 3, "one for the month, two for the week");

    let id = text(&failed, "run_id").to_owned();
    let resumed =
        tokio::task::block_in_place(|| topdown.json(&["resume", &id, "--catalog", "catalog", "--json"]));
    assert_eq!(resumed["status"], "done");
    assert_eq!(world.count(Service::OpenAi) - asked, 1, "the week alone");
    let month = step(&resumed, "1M-report");
    assert_eq!(month["reused_from"], failed["run_id"]);
    assert_eq!(month["sha256"], step(&failed, "1M-report")["sha256"]);
    assert_eq!(resumed["report"]["parent_report_id"], month["report_id"]);

    // the failed run is as it was, and resuming it again is the same run
    let shown = tokio::task::block_in_place(|| topdown.json(&["show", &id, "--json"]));
    assert_eq!(shown["steps"], failed["steps"]);
    let again =
        tokio::task::block_in_place(|| topdown.json(&["resume", &id, "--catalog", "catalog", "--json"]));
    assert_eq!(again["run_id"], resumed["run_id"]);
    let done = tokio::task::block_in_place(|| topdown.run(&["resume", text(&resumed, "run_id")]));
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("only a failed or cancelled run"), "{}", done.stderr);
}

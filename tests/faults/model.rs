//! A model that is busy, breaks, lies or leads elsewhere, met by the whole program. The week's call meets it: the
//! month has been paid for by then and must not be lost.

use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::{Fault, Rule, Service, World};
use tests::{Finished, Topdown};
use tokio::time::Instant;

use super::bench::{collected_in, run, world};
use super::memory::gzip_bomb;

/// Price of a step's one call at 1 USD per million tokens in and 5 out, as models.toml has the profile `openai`.
fn price(step: &Value) -> Decimal {
    let tokens = |name: &str| Decimal::from(step[name].as_u64().unwrap());
    (tokens("prompt_tokens") + tokens("completion_tokens") * Decimal::from(5)) / Decimal::from(1_000_000)
}

fn cost(step: &Value) -> Decimal {
    step["cost_usd"].as_str().unwrap().parse().unwrap()
}

/// What a run came to.
struct Came {
    world: World,
    topdown: Topdown,
    finished: Finished,
    run: Value,
    took: Duration,
}

impl Came {
    fn step(&self, id: &str) -> &Value {
        self.run["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == id).unwrap()
    }

    fn calls(&self) -> u64 {
        self.world.count(Service::OpenAi)
    }

    /// The week's report is there, after so many intents and so many requests to the model in all.
    fn is_done(&self, intents: u64, requests: u64) {
        assert_eq!(self.finished.code, 0, "{}", self.finished.stderr);
        let week = self.step("1w-report");
        assert_eq!((&week["status"], &week["intents"]), (&json!("done"), &json!([intents])));
        assert_eq!(self.calls(), requests);
    }

    /// The week failed for `reason`, after so many intents and requests; the month stands, the exit code says so,
    /// and going on pays for the week alone.
    async fn fails(self, reason: &str, intents: u64, requests: u64) {
        assert_eq!(self.finished.code, 1, "{}", self.finished.stderr);
        let week = self.step("1w-report");
        let said = week["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{said}");
        assert_eq!((&week["status"], &week["intents"]), (&json!("failed"), &json!([intents])), "{said}");
        assert_eq!(self.calls(), requests, "{said}");
        assert_eq!(self.step("1M-report")["status"], "done");
        assert!(self.run["reason"].as_str().unwrap().starts_with("1w-report: "), "{}", self.run["reason"]);
        let id = self.run["run_id"].as_str().unwrap();
        assert!(
            self.finished.stderr.contains(id) && self.finished.stderr.contains("do  "),
            "it says what to do"
        );
        self.world.faults().clear();
        self.world.forget_requests();
        let arguments = ["resume", id, "--catalog", "catalog", "--json"];
        let resumed = tokio::task::block_in_place(|| self.topdown.json(&arguments));
        assert_eq!(resumed["status"], "done");
        assert_eq!(self.world.count(Service::OpenAi), 1, "the month is not asked for again");
    }
}

/// A run whose second request to the model meets the fault, and so many after it.
async fn met(fault: Fault, times: u32) -> Came {
    let world = world().await;
    let topdown = collected_in(&world);
    world.faults().inject(Rule::next(Service::OpenAi, fault).after(1).times(times));
    came(world, topdown)
}

fn came(world: World, topdown: Topdown) -> Came {
    let begun = Instant::now();
    let finished = run(&topdown);
    let took = begun.elapsed();
    let run = serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{e}: {}", finished.stderr));
    Came { world, topdown, finished, run, took }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_model_is_waited_for_as_it_asks_and_costs_nothing() {
    let came = met(Fault::TooManyRequests { retry_after_s: 1 }, 2).await;
    came.is_done(1, 2 + 2);
    assert!(came.took >= Duration::from_secs(2), "two waits of a second each: {:?}", came.took);
    let week = came.step("1w-report");
    assert_eq!(cost(week), price(week));
    assert_eq!(came.run["model_calls"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_stays_busy_fails_the_step() {
    met(Fault::TooManyRequests { retry_after_s: 0 }, 99).await.fails("asked too often", 1, 1 + 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_account_is_not_asked_twice() {
    met(Fault::QuotaExceeded, 99).await.fails("no credit left; add some", 1, 1 + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_error_is_asked_once_more() {
    met(Fault::ServerError(500), 1).await.is_done(2, 3);
    met(Fault::ServerError(503), 2).await.fails("answered 503", 2, 3).await;
}

/// The vendor did the work: what it may charge for is what it was asked, not what arrived.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_is_asked_for_once_more_and_counted_twice() {
    for after in [0, 1, 700] {
        let came = met(Fault::Cut { after }, 1).await;
        came.is_done(2, 3);
        let week = came.step("1w-report");
        assert_eq!(cost(week), price(week) * Decimal::TWO);
        assert_eq!(came.run["model_calls"], 3, "the ledger has what the vendor counted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_its_end_is_no_answer() {
    // complete as far as HTTP can tell: a proxy that buffered half of it
    met(Fault::Truncated { keep: 300 }, 1).await.is_done(2, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_model_is_given_up_after_the_profiles_time() {
    let world = world().await;
    let topdown = collected_in(&world);
    let models = topdown.path("catalog/prompts/models.toml");
    let text = std::fs::read_to_string(&models).unwrap();
    std::fs::write(&models, text.replace("timeout_s = 300", "timeout_s = 4")).unwrap();
    world.faults().inject(Rule::next(Service::OpenAi, Fault::Hang).after(1));
    let came = came(world, topdown);
    came.is_done(2, 3);
    assert!(came.took >= Duration::from_secs(4), "{:?}", came.took);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_leads_elsewhere_is_not_followed() {
    let elsewhere = world().await;
    let to = format!("{}/chat/completions", elsewhere.openai_url());
    let came = met(Fault::Redirect(to), 99).await;
    let requests = elsewhere.requests();
    came.fails("rejected the request (307)", 1, 2).await;
    assert!(requests.is_empty(), "neither key nor prompt went there: {requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_no_answer() {
    met(Fault::Page, 1).await.is_done(2, 3);
    met(Fault::Page, 2).await.fails("something else than an answer", 2, 3).await;
    met(Fault::Firewall, 99).await.fails("does not accept the key", 1, 2).await;
}

/// As many bytes are unpacked as an answer may have, no more.
#[tokio::test(flavor = "multi_thread")]
async fn a_bomb_is_not_unpacked() {
    met(gzip_bomb(), 99).await.fails("over 8 MiB", 1, 2).await;
}

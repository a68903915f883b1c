//! The backends behind a proxy that refuses and resets: each call is repeated where that does no harm, and what became
//! of a write whose answer was lost is read before it is done again.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Sha256Hex;
use platform_gcp::bigquery::{BigQueryCandles, BigQueryConfig, BigQueryEmulator};
use platform_gcp::{BucketConfig, CloudArtifacts, CollectorState, Identity, PubsubBus, PubsubConfig};
use serde_json::json;
use sim::proxy::{Fault, Proxy, Rule};
use storage::{
    ArtifactKey, ArtifactStore, Bus, CandleStore, Journal, MESSAGE_VERSION, Message, StoreError, Topic,
};
use tests::{Emulator, http, unique};
use tokio::time::Instant;

use super::bigquery::{at, closes, hour, hours};
use super::cloud_storage::Bucket;
use super::firestore::{Database, LEASE, held};
use super::warehouse::Warehouse;
use crate::contracts::samples;

/// What a call may meet that ends well.
const PASSING: [Fault; 4] = [Fault::Status(429), Fault::Status(503), Fault::ResetBefore, Fault::ResetAfter];

async fn proxied(test: &str) -> Option<(Proxy, Database)> {
    let address = Emulator::Firestore.address(test)?;
    let proxy = Proxy::before(&address).await.unwrap();
    let database = Database::at(address, &proxy.address(), unique("demo"));
    Some((proxy, database))
}

/// A commit that was applied and whose answer was lost is found to be ours; one that never arrived is sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_unknown_outcome_is_read_again_before_it_is_retried() {
    let test = "a_commit_of_unknown_outcome_is_read_again_before_it_is_retried";
    let Some((proxy, database)) = proxied(test).await else { return };
    let journal = &database.journal;
    for (number, fault) in PASSING.into_iter().enumerate() {
        let run = samples::run(&format!("r-{number}"));
        let step = samples::step(&run, "1w-report");
        let lose = || proxy.inject(Rule::next("Firestore/Commit", fault));
        lose();
        assert!(journal.create_run(&run).await.unwrap(), "{fault:?}: it is this call that created it");
        assert!(!journal.create_run(&run).await.unwrap(), "{fault:?}");
        lose();
        let created = journal.create_steps(std::slice::from_ref(&step)).await.unwrap();
        assert_eq!(created, std::slice::from_ref(&step.step_id), "{fault:?}");
        lose();
        let ids = [step.step_id.clone()];
        let ours = held(journal.claim(&run.run_id, &ids, at("2026-04-30T04:00:00Z"), LEASE).await.unwrap());
        assert_eq!(ours.fence, 1, "{fault:?}: claimed once");
        let seen = proxy.calls().len();
        lose();
        assert_eq!(journal.intend(&ours, 0).await.unwrap(), 1, "{fault:?}: set out once");
        let path = format!("flow_runs/{}/steps/1w-report", run.run_id);
        assert_eq!(database.fields(&path)["fence"], json!({"integerValue": "1"}));

        // read, commit, read again, and commit again only where nothing was written
        let calls = proxy.calls().split_off(seen);
        let kinds: Vec<_> = calls.iter().map(|call| call.rsplit('/').next().unwrap()).collect();
        let (read, commit) = ("BatchGetDocuments", "Commit");
        let expected: &[&str] = match fault {
            Fault::ResetAfter => &[read, commit, read],
            _ => &[read, commit, read, commit],
        };
        assert_eq!(kinds, expected, "{fault:?}");
    }
    assert_eq!(proxy.struck().len(), 4 * PASSING.len());
}

async fn bucket(test: &str) -> Option<(Proxy, Bucket, CloudArtifacts)> {
    let bucket = Bucket::new(test)?;
    let proxy = Proxy::before(&bucket.address).await.unwrap();
    let emulator = Some(format!("http://{}", proxy.address()));
    let config = BucketConfig { emulator, ..bucket.config.clone() };
    let artifacts = CloudArtifacts::new(config, None, Identity::anonymous());
    Some((proxy, bucket, artifacts))
}

const UPLOAD: &str = "POST /upload";

#[tokio::test(flavor = "multi_thread")]
async fn a_create_only_write_whose_answer_was_lost_is_found_as_it_was_written() {
    let test = "a_create_only_write_whose_answer_was_lost_is_found_as_it_was_written";
    let Some((proxy, bucket, artifacts)) = bucket(test).await else { return };
    for (number, fault) in PASSING.into_iter().enumerate() {
        let key = ArtifactKey::new(&format!("runs/r-1/{number}.json")).unwrap();
        proxy.inject(Rule::next(UPLOAD, fault));
        let ours = artifacts.put(&key, "application/json", b"{\"ours\":1}").await.unwrap();
        assert_eq!(ours.artifact.sha256, Sha256Hex::of(b"{\"ours\":1}"), "{fault:?}");
        assert_eq!(artifacts.get(&ours.artifact.gcs_uri).await.unwrap(), b"{\"ours\":1}", "{fault:?}");
        // written once: whoever comes later finds it
        let theirs = artifacts.put(&key, "application/json", b"{\"theirs\":1}").await.unwrap();
        assert!(!theirs.created, "{fault:?}");
        assert_eq!(theirs.artifact, ours.artifact, "{fault:?}");
        let path = format!("/storage/v1/b/{}/o/runs%2Fr-1%2F{number}.json?alt=media", bucket.config.bucket);
        assert_eq!(http(&bucket.address, "GET", &path, None), (200, b"{\"ours\":1}".to_vec()), "{fault:?}");
    }
    assert_eq!(proxy.struck().len(), PASSING.len());
}

/// Without the right to delete, an object that exists is refused rather than found: 403 says "exists", and what is there
/// is then read. Where nothing is there it says what it said.
#[tokio::test(flavor = "multi_thread")]
async fn a_403_on_a_create_only_write_is_looked_into() {
    let test = "a_403_on_a_create_only_write_is_looked_into";
    let Some((proxy, _bucket, artifacts)) = bucket(test).await else { return };
    let key = ArtifactKey::new("runs/r-1/1w-ohlcv.json").unwrap();
    let first = artifacts.put(&key, "application/json", b"{}").await.unwrap();
    proxy.inject(Rule::next(UPLOAD, Fault::Status(403)).times(2));
    let second = artifacts.put(&key, "application/json", b"[]").await.unwrap();
    assert_eq!((second.created, second.artifact), (false, first.artifact));

    let other = ArtifactKey::new("runs/r-1/1M-ohlcv.json").unwrap();
    let refused = artifacts.put(&other, "application/json", b"{}").await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable(why) if why.contains("neither written nor read")),
        "{refused}"
    );
    assert_eq!(proxy.struck().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_whose_acknowledgement_was_lost_count_once() {
    let test = "rows_whose_acknowledgement_was_lost_count_once";
    let Some(warehouse) = Warehouse::new(test) else { return };
    let emulator = warehouse.config.emulator.clone().unwrap();
    let rest = Proxy::before(emulator.rest.trim_start_matches("http://")).await.unwrap();
    let write = Proxy::before(&emulator.storage).await.unwrap();
    let config = BigQueryConfig {
        emulator: Some(BigQueryEmulator {
            rest: format!("http://{}", rest.address()),
            storage: write.address(),
        }),
        ..warehouse.config.clone()
    };
    let state = CollectorState::new(warehouse.firestore().clone(), Identity::anonymous(), 2);
    let candles = BigQueryCandles::new(config, None, state, Identity::anonymous()).unwrap();
    let series = hours("BTCUSDT");
    for (number, fault) in PASSING.into_iter().enumerate() {
        let bar = hour(&format!("2026-04-30T0{number}:00:00Z"), &format!("10{number}"));
        write.inject(Rule::next("AppendRows", fault));
        rest.inject(Rule::next("POST", fault));
        let appended = candles.append(&series, &[bar], at("2026-04-30T05:00:00Z")).await.unwrap();
        assert_eq!(appended.new, 1, "{fault:?}");
    }
    assert_eq!(write.struck().len(), PASSING.len());
    assert_eq!(rest.struck().len(), PASSING.len());
    assert_eq!(closes(&candles, &series).await, ["100", "101", "102", "103"]);
    // the one that was forwarded before its answer was lost is there twice
    assert_eq!(warehouse.sql("SELECT COUNT(*) FROM topdown_market.ohlcv_raw"), [[json!("5")]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_acknowledgement_was_lost_is_published_again() {
    let test = "a_message_whose_acknowledgement_was_lost_is_published_again";
    let Some(address) = Emulator::PubSub.address(test) else { return };
    let proxy = Proxy::before(&address).await.unwrap();
    let project = unique("demo");
    let of = |what: &str| format!("/v1/projects/{project}/{what}");
    let topic = format!("projects/{project}/topics/flow-events");
    assert_eq!(http(&address, "PUT", &of("topics/flow-events"), Some(&json!({}))).0, 200);
    let subscription = of("subscriptions/test");
    assert_eq!(http(&address, "PUT", &subscription, Some(&json!({"topic": topic}))).0, 200);
    let bus = PubsubBus::new(
        PubsubConfig { project: project.clone(), emulator: Some(proxy.address()) },
        Identity::anonymous(),
    );
    for fault in PASSING {
        proxy.inject(Rule::next("Publisher/Publish", fault));
        let run_id = "r-1".parse().unwrap();
        let message = Message { v: MESSAGE_VERSION, topic: Topic::FlowEvents, run_id, steps: Vec::new() };
        bus.publish(&message).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
    }
    assert_eq!(proxy.struck().len(), PASSING.len());
    // the emulator hands over what it has when it likes, and again what is acknowledged late
    let until = Instant::now() + Duration::from_secs(180);
    let mut published = BTreeSet::new();
    while published.len() < PASSING.len() + 1 {
        assert!(Instant::now() < until, "{published:?}, and no more");
        let (status, answer) =
            http(&address, "POST", &format!("{subscription}:pull"), Some(&json!({"maxMessages": 10})));
        assert_eq!(status, 200);
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let messages = answer["receivedMessages"].as_array().cloned().unwrap_or_default();
        let ids: Vec<_> = messages.iter().map(|message| message["ackId"].clone()).collect();
        published.extend(messages.iter().map(|message| message["message"]["messageId"].to_string()));
        if !ids.is_empty() {
            http(&address, "POST", &format!("{subscription}:acknowledge"), Some(&json!({"ackIds": ids})));
        }
    }
}

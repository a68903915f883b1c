//! The emulator answers without indexes and indexes whatever it is given: what Google Cloud needs is in a file.
use std::collections::BTreeSet;

use serde_json::Value;
use storage::{Claim, Journal, RunEnd, Status, StepResult};

use super::firestore::{Database, LEASE, held};
use crate::contracts::samples;

fn listed() -> Value {
    let path = tests::repository().join("infra/firestore.indexes.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Fields that no index holds, of a collection group.
fn exempt(group: &str) -> BTreeSet<String> {
    let overrides = listed()["fieldOverrides"].as_array().unwrap().clone();
    let of = overrides
        .iter()
        .filter(|field| field["collectionGroup"] == group && field["indexes"] == Value::Array(vec![]));
    of.map(|field| field["fieldPath"].as_str().unwrap().to_owned()).collect()
}

fn timestamps(fields: &Value) -> BTreeSet<String> {
    let of = fields.as_object().unwrap().iter().filter(|(_, value)| value.get("timestampValue").is_some());
    of.map(|(name, _)| name.clone()).collect()
}

/// An index over a growing value alone takes 500 writes a second.
#[tokio::test(flavor = "multi_thread")]
async fn every_timestamp_is_exempt_from_indexes() {
    let Some(database) = Database::new("every_timestamp_is_exempt_from_indexes") else { return };
    let journal = &database.journal;
    let now = "2026-04-30T04:00:01Z".parse().unwrap();
    let run = samples::run("r-1");
    journal.create_run(&run).await.unwrap();
    journal.create_steps(&[samples::step(&run, "1w-report")]).await.unwrap();
    let ids = ["1w-report".parse().unwrap()];
    let claims: Vec<Claim> = journal.claim(&run.run_id, &ids, now, LEASE).await.unwrap();
    let mut found = timestamps(&database.fields("flow_runs/r-1/steps/1w-report"));
    let mut step = held(claims);
    step.status = Status::Done;
    step.ended_at = Some(now);
    step.result = StepResult { expires_at: Some(now), ..StepResult::default() };
    journal.commit(&step).await.unwrap();
    found.extend(timestamps(&database.fields("flow_runs/r-1/steps/1w-report")));
    assert!(found.len() >= 7, "the search sees the timestamps: {found:?}");
    assert!(found.is_subset(&exempt("steps")), "{found:?}");

    let end = RunEnd { status: Status::Done, ended_at: now, reason: None };
    journal.end_run(&run.run_id, &end).await.unwrap();
    let found = timestamps(&database.fields("flow_runs/r-1"));
    assert!(found.len() >= 5, "the search sees the timestamps: {found:?}");
    assert!(found.is_subset(&exempt("flow_runs")), "{found:?}");
}

#[test]
fn runs_and_steps_expire() {
    for group in ["flow_runs", "steps"] {
        let overrides = listed()["fieldOverrides"].as_array().unwrap().clone();
        let expiring: Vec<_> = overrides
            .iter()
            .filter(|field| field["collectionGroup"] == group && field["ttl"] == true)
            .map(|field| field["fieldPath"].as_str().unwrap())
            .collect();
        assert_eq!(expiring, ["expire_at"], "deleting a run does not delete its steps: {group}");
    }
}

/// Each begins with the shard, which spreads growing times over the key space.
#[test]
fn the_sweepers_index_is_listed() {
    let indexes = listed()["indexes"].as_array().unwrap().clone();
    let names = |index: &Value| {
        let fields = index["fields"].as_array().unwrap();
        fields.iter().map(|field| field["fieldPath"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(indexes.iter().all(|index| names(index)[0] == "shard"));
    let sweeper = ["shard", "status", "lease_until"];
    assert!(indexes.iter().any(|index| {
        index["collectionGroup"] == "steps"
            && index["queryScope"] == "COLLECTION_GROUP"
            && names(index) == sweeper
    }));
}

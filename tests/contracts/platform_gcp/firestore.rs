//! The journal on Firestore: what a document looks like to others, and what no other backend meets.
use std::sync::Arc;

use domain::RunId;
use jiff::{SignedDuration, Timestamp};
use platform_gcp::{FirestoreConfig, FirestoreJournal, Identity};
use serde_json::{Value, json};
use storage::{Claim, Journal, RunEnd, Status, StepDocument, StoreError, conformance};
use tests::{Emulator, http, unique};

use crate::contracts::samples;

pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(600);

pub(super) struct Database {
    pub(super) address: String,
    pub(super) project: String,
    pub(super) journal: FirestoreJournal,
}

impl Database {
    /// An empty database; `None` where the emulator does not run.
    pub(super) fn new(test: &str) -> Option<Self> {
        let address = Emulator::Firestore.address(test)?;
        Some(Self::at(address.clone(), &address, unique("demo")))
    }

    /// A database at an address, reached by another.
    pub(super) fn at(address: String, reached_by: &str, project: String) -> Self {
        let config = FirestoreConfig {
            project: project.clone(),
            database: "topdown".to_owned(),
            emulator: Some(reached_by.to_owned()),
        };
        Self { address, project, journal: FirestoreJournal::new(config, Identity::anonymous()) }
    }

    /// A document's fields as Firestore's own REST interface shows them.
    pub(super) fn fields(&self, path: &str) -> Value {
        let (status, body) = http(&self.address, "GET", &self.path(path), None);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        serde_json::from_slice::<Value>(&body).unwrap()["fields"].take()
    }

    /// Sets fields of a document, behind the journal's back.
    fn set(&self, path: &str, fields: &Value) {
        let names = fields.as_object().unwrap().keys();
        let mask: Vec<_> = names.map(|name| format!("updateMask.fieldPaths={name}")).collect();
        let path = format!("{}?{}", self.path(path), mask.join("&"));
        let (status, body) = http(&self.address, "PATCH", &path, Some(&json!({"fields": fields})));
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }

    /// Sets the same fields of many documents.
    fn set_all(&self, paths: &[String], fields: &Value) {
        let documents = format!("projects/{}/databases/topdown/documents", self.project);
        for part in paths.chunks(250) {
            let write =
                |path: &String| json!({"update": {"name": format!("{documents}/{path}"), "fields": fields}});
            let writes: Vec<_> = part.iter().map(write).collect();
            let commit = format!("/v1/{documents}:commit");
            let (status, body) = http(&self.address, "POST", &commit, Some(&json!({"writes": writes})));
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        }
    }

    fn path(&self, path: &str) -> String {
        format!("/v1/projects/{}/databases/topdown/documents/{path}", self.project)
    }
}

pub(super) fn held(claims: Vec<Claim>) -> StepDocument {
    match claims.into_iter().next() {
        Some(Claim::Held(step)) => step,
        other => panic!("expected a held claim, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_passes_its_suite() {
    let Some(database) = Database::new("the_journal_passes_its_suite") else { return };
    conformance::journal(&database.journal).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn expiry_and_lease_are_timestamps_to_others() {
    let Some(database) = Database::new("expiry_and_lease_are_timestamps_to_others") else { return };
    let run = samples::run("r-1");
    let step = samples::step(&run, "1w-report");
    database.journal.create_run(&run).await.unwrap();
    database.journal.create_steps(std::slice::from_ref(&step)).await.unwrap();
    let now: Timestamp = "2026-04-30T04:00:01.123456Z".parse().unwrap();
    let ids = [step.step_id.clone()];
    database.journal.claim(&run.run_id, &ids, now, LEASE).await.unwrap();

    let fields = database.fields("flow_runs/r-1");
    assert_eq!(fields["expire_at"], json!({"timestampValue": "2027-06-04T04:00:00Z"}));
    assert_eq!(fields["status"], json!({"stringValue": "running"}));
    let fields = database.fields("flow_runs/r-1/steps/1w-report");
    assert_eq!(fields["expire_at"], json!({"timestampValue": "2027-06-04T04:00:00Z"}));
    assert_eq!(fields["lease_until"], json!({"timestampValue": "2026-04-30T04:10:01.123456Z"}));
    assert_eq!(fields["fence"], json!({"integerValue": "1"}));
    assert_eq!(fields["symbol"], json!({"stringValue": "BTCUSDT"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_newer_version_is_left_untouched() {
    let Some(database) = Database::new("a_document_of_a_newer_version_is_left_untouched") else { return };
    let journal = &database.journal;
    let (run, other) = (samples::run("r-1"), samples::run("r-2"));
    let steps = [samples::step(&run, "1M-report"), samples::step(&run, "1w-report")];
    journal.create_run(&run).await.unwrap();
    journal.create_run(&other).await.unwrap();
    journal.create_steps(&steps).await.unwrap();
    let newer = json!({"v": {"integerValue": "2"}, "status": {"stringValue": "pending"}});
    database.set("flow_runs/r-1/steps/1w-report", &newer);
    let before = database.fields("flow_runs/r-1/steps/1w-report");

    let is_newer = |error| matches!(error, StoreError::Newer { found: 2, known: 1, .. });
    let ids: Vec<_> = steps.iter().map(|step| step.step_id.clone()).collect();
    let now = "2026-05-30T04:00:00Z".parse().unwrap();
    assert!(is_newer(journal.steps(&run.run_id).await.unwrap_err()));
    assert!(is_newer(journal.claim(&run.run_id, &ids, now, LEASE).await.unwrap_err()));
    assert_eq!(database.fields("flow_runs/r-1/steps/1w-report"), before);
    // all or nothing: the step beside it was not claimed
    assert_eq!(database.fields("flow_runs/r-1/steps/1M-report")["fence"], json!({"integerValue": "0"}));
    // the sweeper goes on with what it can read
    let stale = journal.stale(now, now).await.unwrap();
    assert_eq!(stale.iter().map(|step| step.step_id.as_str()).collect::<Vec<_>>(), ["1M-report"]);

    database.set("flow_runs/r-1", &json!({"v": {"integerValue": "3"}}));
    let error = journal.run(&run.run_id).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 3, .. }), "{error}");
    let end = RunEnd { status: Status::Done, ended_at: now, reason: None };
    assert!(journal.end_run(&run.run_id, &end).await.is_err());
    assert_eq!(database.fields("flow_runs/r-1")["status"], json!({"stringValue": "running"}));
    let unfinished = journal.unfinished().await.unwrap();
    assert_eq!(unfinished.into_iter().map(|run| run.run_id).collect::<Vec<RunId>>(), [other.run_id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_a_later_release_survive_a_change() {
    let Some(database) = Database::new("fields_of_a_later_release_survive_a_change") else { return };
    let run = samples::run("r-1");
    let step = samples::step(&run, "1w-report");
    database.journal.create_steps(std::slice::from_ref(&step)).await.unwrap();
    database.set("flow_runs/r-1/steps/1w-report", &json!({"hint": {"stringValue": "kept"}}));
    let now = "2026-04-30T04:00:01Z".parse().unwrap();
    let ids = [step.step_id.clone()];
    let mut step = held(database.journal.claim(&run.run_id, &ids, now, LEASE).await.unwrap());
    step.status = Status::Done;
    database.journal.commit(&step).await.unwrap();
    let fields = database.fields("flow_runs/r-1/steps/1w-report");
    assert_eq!(fields["hint"], json!({"stringValue": "kept"}));
    assert_eq!(fields["status"], json!({"stringValue": "done"}));
    assert_eq!(fields["lease_until"], Value::Null, "an ended step is in no sweep");
}

/// Workers that meet at one step: one of them holds it, and the fence grows by one.
#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_claims_holds() {
    let Some(database) = Database::new("one_of_many_claims_holds") else { return };
    let run = samples::run("r-1");
    let steps = [samples::step(&run, "1M-report"), samples::step(&run, "1w-report")];
    let journal = Arc::new(database.journal);
    journal.create_steps(&steps).await.unwrap();
    let ids: Vec<_> = steps.iter().map(|step| step.step_id.clone()).collect();
    let now = "2026-04-30T04:00:01Z".parse().unwrap();
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..6 {
        let (journal, run_id, mut ids) = (Arc::clone(&journal), run.run_id.clone(), ids.clone());
        // both orders: two workers could each hold one of the two
        if worker % 2 == 1 {
            ids.reverse();
        }
        workers.spawn(async move { journal.claim(&run_id, &ids, now, LEASE).await.unwrap() });
    }
    let claims = workers.join_all().await;
    let all = |held: bool| {
        let same = |claims: &&Vec<Claim>| claims.iter().all(|c| matches!(c, Claim::Held(_)) == held);
        claims.iter().filter(same).count()
    };
    assert_eq!((all(true), all(false)), (1, 5), "{claims:?}");
    let kept = journal.steps(&run.run_id).await.unwrap();
    assert!(kept.iter().all(|step| step.fence == 1 && step.status == Status::Running), "{kept:?}");
}

/// Whatever cannot be read, and however much of it, is passed over: what lies behind it is found.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_hides_nothing_behind_it() {
    let Some(database) = Database::new("what_cannot_be_read_hides_nothing_behind_it") else { return };
    let (old, run) = (samples::run("r-0"), samples::run("r-1"));
    for run in [&old, &run] {
        database.journal.create_run(run).await.unwrap();
    }
    let steps = [samples::step(&run, "1M-report"), samples::step(&run, "1w-report")];
    database.journal.create_steps(&steps).await.unwrap();
    let now: Timestamp = "2026-04-30T04:00:01Z".parse().unwrap();
    let ids = [steps[0].step_id.clone()];
    held(database.journal.claim(&run.run_id, &ids, now, LEASE).await.unwrap());
    // more than a sweep takes up, all of them older: of a newer version, pending and running
    let shard = json!({"integerValue": run.shard.to_string()});
    let at = json!({"timestampValue": "2020-01-01T00:00:00Z"});
    for status in ["pending", "running"] {
        let newer = json!({
            "v": {"integerValue": "2"}, "shard": shard, "status": {"stringValue": status},
            "created_at": at, "lease_until": at, "requested_at": at,
        });
        let paths: Vec<_> = (0..501).map(|n| format!("flow_runs/r-0/steps/{status}-{n}")).collect();
        database.set_all(&paths, &newer);
    }
    let later: Timestamp = "2026-05-30T04:00:00Z".parse().unwrap();
    let stale = database.journal.stale(later, later).await.unwrap();
    let mut stale: Vec<_> = stale.iter().map(|step| step.step_id.as_str()).collect();
    stale.sort_unstable();
    assert_eq!(stale, ["1M-report", "1w-report"]);

    // the same of a list of runs: two that are newer stand before the one
    let newest = json!({
        "v": {"integerValue": "2"}, "shard": shard, "status": {"stringValue": "done"},
        "requested_at": {"timestampValue": "2030-01-01T00:00:00Z"},
    });
    database.set_all(&["flow_runs/r-8".to_owned(), "flow_runs/r-9".to_owned()], &newest);
    let newest = database.journal.runs(1).await.unwrap();
    assert_eq!(newest.len(), 1, "{newest:?}");
}

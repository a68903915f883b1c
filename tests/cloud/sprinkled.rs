//! A bad day of every service at once.

use std::time::Duration;

use sim::Service;
use sim::proxy::{Fault, Rule};

use super::flow::{DONE, Left, collects};
use super::stage::{Stage, tick};

/// What a busy service takes for some of its answers.
const LATE: Fault = Fault::Delay(Duration::from_millis(300));

/// Refusals, delays, and connections that are reset before and after a call was forwarded: some of the calls to each service.
#[tokio::test(flavor = "multi_thread")]
async fn flow_1_bears_faults_of_every_service_and_pays_once() {
    let test = "flow_1_bears_faults_of_every_service_and_pays_once";
    let Some((stage, proxies)) = Stage::behind_proxies(test).await else { return };
    for (emulator, call, fault, one_in) in [
        ("FIRESTORE_EMULATOR_HOST", "Firestore/Commit", Fault::ResetAfter, 5),
        ("FIRESTORE_EMULATOR_HOST", "Firestore/Commit", Fault::Status(503), 7),
        ("FIRESTORE_EMULATOR_HOST", "Firestore/BatchGetDocuments", Fault::ResetBefore, 11),
        ("PUBSUB_EMULATOR_HOST", "Publisher/Publish", Fault::ResetAfter, 3),
        ("PUBSUB_EMULATOR_HOST", "Publisher/Publish", Fault::Status(429), 4),
        ("STORAGE_EMULATOR_HOST", "POST /upload", Fault::ResetAfter, 3),
        ("STORAGE_EMULATOR_HOST", "POST /upload", Fault::Status(429), 5),
        ("STORAGE_EMULATOR_HOST", "GET /", Fault::ResetBefore, 7),
        ("BIGQUERY_EMULATOR_HOST", "POST /", Fault::Status(503), 3),
        ("BIGQUERY_EMULATOR_HOST", "POST /", Fault::ResetAfter, 7),
        ("BIGQUERY_STORAGE_EMULATOR_HOST", "AppendRows", Fault::ResetAfter, 2),
        ("FIRESTORE_EMULATOR_HOST", "Firestore/RunQuery", LATE, 3),
        ("STORAGE_EMULATOR_HOST", "GET /", LATE, 2),
    ] {
        // the first of each passes, for not all of them are called more than a few times
        proxies[emulator].inject(Rule::next(call, fault).after(1).one_in(one_in));
    }
    tokio::task::block_in_place(|| {
        let functions = stage.all();
        collects(&functions);
        assert_eq!(tick(&functions["coordinator"].address(), "/tick"), 204);
        functions["coordinator"].waits_for(" ended\"");
        for (emulator, proxy) in &proxies {
            assert!(!proxy.struck().is_empty(), "{emulator} met no fault in {:?}", proxy.calls());
        }
        assert_eq!(Left::of(&stage).statuses(), DONE);
        assert_eq!(stage.world.count(Service::OpenAi), 2, "two reports, each paid for once");
        let rows = stage.warehouse.sql("SELECT report_id FROM topdown_reports.reports_once");
        assert_eq!(rows.len(), 2, "each report counts once, however often it was appended");
    });
}

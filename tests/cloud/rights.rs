//! What each function asks of the platform is what its account may do: emulators refuse nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tests::FUNCTIONS;

use super::api::ask;
use super::flow::collects;
use super::stage::Stage;
use crate::infra::agreed;

/// Role, and the bucket it is on; empty where a call does not say what it is on.
type Right = (&'static str, String);

/// What a call to Cloud Storage needs, by its address.
fn of_storage(call: &str, buckets: &BTreeMap<&str, &str>) -> Right {
    let bucket =
        call.split_once("/b/").and_then(|(_, rest)| rest.split(['/', '?']).next()).unwrap_or_default();
    let role = match call.split_once(' ') {
        Some(("POST" | "PUT", path)) if path.contains("/upload/") => "storage.objectCreator",
        Some(("GET", path)) if path.contains("/o/") || path.contains("/o?") => "storage.objectViewer",
        _ => panic!("no function asks {call}"),
    };
    (
        role,
        (*buckets.get(bucket).unwrap_or_else(|| panic!("no function knows the bucket of {call}"))).to_owned(),
    )
}

fn of_publisher(call: &str) -> Right {
    assert!(call.contains("google.pubsub.v1.Publisher/Publish"), "no function asks {call}");
    ("pubsub.publisher", String::new())
}

fn of_bigquery(call: &str) -> Right {
    assert!(call.contains("/jobs") || call.contains("/queries"), "no function asks {call}");
    ("bigquery.jobUser", "project".to_owned())
}

fn of_appender(call: &str) -> Right {
    assert!(call.contains("BigQueryWrite/"), "no function asks {call}");
    ("bqAppender", String::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_asks_for_what_it_may_have() {
    let Some(stage) = Stage::new("a_function_asks_for_what_it_may_have").await else { return };
    let mut before = BTreeMap::new();
    for name in FUNCTIONS {
        before.insert(name, stage.proxies().await);
    }
    tokio::task::block_in_place(|| {
        let mut functions = BTreeMap::new();
        for (name, (variables, _)) in &before {
            let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let function = stage.start(name, &variables);
            stage.subscribe(name, &function.address());
            functions.insert(*name, function);
        }
        collects(&functions);
        let address = functions["coordinator"].address();
        let (status, run) = ask(&address, "POST", "/v1/runs", None, &json!({"flow": 4, "symbol": "BTCUSDT"}));
        assert_eq!(status, 202, "{run}");
        functions["coordinator"].waits_for(" ended\"");
        let whole = ask(&address, "GET", run["href"].as_str().unwrap(), None, &json!(null)).1;
        assert_eq!(whole["state"], "done", "{whole:#}");
    });

    let staging = stage.warehouse.staging_bucket();
    let buckets = BTreeMap::from([
        (stage.artifacts.as_str(), "artifacts"),
        (stage.account_files.as_str(), "account-files"),
        (stage.catalog.as_str(), "catalog"),
        (staging, "staging"),
    ]);
    let granted = agreed();
    for (name, (_, proxies)) in &before {
        let calls = |emulator| BTreeSet::from_iter(proxies[emulator].calls());
        let mut needed: BTreeSet<Right> = BTreeSet::new();
        needed.extend(calls("STORAGE_EMULATOR_HOST").iter().map(|call| of_storage(call, &buckets)));
        needed.extend(calls("PUBSUB_EMULATOR_HOST").iter().map(|call| of_publisher(call)));
        needed.extend(calls("BIGQUERY_EMULATOR_HOST").iter().map(|call| of_bigquery(call)));
        needed.extend(calls("BIGQUERY_STORAGE_EMULATOR_HOST").iter().map(|call| of_appender(call)));
        let has = |(role, on): &Right| {
            granted.iter().any(|(account, granted, to)| {
                account == name && granted == role && (on.is_empty() || on == to)
            })
        };
        let refused: Vec<_> = needed.iter().filter(|right| !has(right)).collect();
        assert!(refused.is_empty(), "{name} would be refused {refused:?}");

        // what it may write it does; to read is for whoever comes after a killed writer too
        let files = granted.iter().filter(|(account, role, on)| {
            account == name
                && role == "storage.objectCreator"
                && ["artifacts", "account-files"].contains(&on.as_str())
        });
        for (_, role, on) in files {
            let is_needed = needed.iter().any(|(needed, of)| needed == role && of == on);
            assert!(is_needed, "{name} may do {role} on {on} for nothing");
        }
    }
}

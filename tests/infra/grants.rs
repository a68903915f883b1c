//! Who may do what on what: all of it, and no more than was agreed.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::{FUNCTIONS, left_out, repository};

use super::plan::{Resource, Shown, shown};

/// Account, role, what it is on.
pub(crate) type Grant = (String, String, String);

/// Resources that name what their grant is on in this attribute. Of any other kind there is none.
const ON: [(&str, &str); 10] = [
    ("google_artifact_registry_repository_iam_member", "repository"),
    ("google_bigquery_dataset_iam_member", "dataset_id"),
    ("google_bigquery_table_iam_member", "table_id"),
    ("google_cloud_run_v2_service_iam_member", "name"),
    ("google_project_iam_member", "project"),
    ("google_pubsub_subscription_iam_member", "subscription"),
    ("google_pubsub_topic_iam_member", "topic"),
    ("google_secret_manager_secret_iam_member", "secret_id"),
    ("google_service_account_iam_member", "service_account_id"),
    ("google_storage_bucket_iam_member", "bucket"),
];

const STEPS: [&str; 5] = ["account-exporter", "ohlcv-exporter", "chart-exporter", "llm-analyst", "notifier"];

/// The agreed table, a line for each account or kind of account: roles and what they are on.
const AGREED: &str = "
ohlcv-collector: bqAppender ohlcv_raw, storage.objectCreator staging, storage.objectViewer staging
ohlcv-collector: storage.legacyBucketReader staging
ohlcv-collector: bigquery.dataViewer topdown_market, bigquery.jobUser project, pubsub.publisher collector-shards
ohlcv-exporter: bigquery.dataViewer topdown_market, bigquery.jobUser project
llm-analyst: bqAppender reports, bqAppender recommendations, predict project
coordinator: pubsub.publisher ohlcv-export, pubsub.publisher chart-export, pubsub.publisher llm-analyst
coordinator: pubsub.publisher account-export
coordinator: pubsub.publisher notifier, pubsub.publisher flow-events, storage.objectCreator artifacts
coordinator: storage.objectViewer artifacts
coordinator: bigquery.dataViewer topdown_market, bigquery.jobUser project, iam.serviceAccountTokenCreator signer
coordinator: storage.objectViewer account-files, iam.serviceAccountTokenCreator account-signer
llm-analyst: storage.objectViewer account-files
account-exporter: secretmanager.secretAccessor binance-api-key, secretmanager.secretAccessor binance-api-secret
account-exporter: secretmanager.secretAccessor bybit-api-key, secretmanager.secretAccessor bybit-api-secret
account-exporter: storage.objectCreator account-files, storage.objectViewer account-files
account-exporter: iam.serviceAccountTokenCreator account-signer
notifier: secretmanager.secretAccessor telegram-bot-token
FUNCTIONS: datastore.user project
coordinator: storage.objectViewer catalog
llm-analyst: storage.objectViewer catalog
ohlcv-collector: storage.objectViewer catalog
OF_ARTIFACTS: storage.objectCreator artifacts, storage.objectViewer artifacts, iam.serviceAccountTokenCreator signer
STEPS: pubsub.publisher flow-events
signer: storage.objectViewer artifacts, iam.serviceAccountTokenCreator signer
account-signer: storage.objectViewer account-files, iam.serviceAccountTokenCreator account-signer
tick-ohlcv-collector: run.servicesInvoker ohlcv-collector
tick-coordinator: run.servicesInvoker coordinator
builder: artifactregistry.writer topdown, logging.logWriter project, storage.objectViewer source
builder: storage.objectViewer catalog, storage.objectCreator catalog
deployer: bigquery.dataOwner project, cloudscheduler.admin project, datastore.owner project
deployer: logging.configWriter project, logging.logWriter project, monitoring.editor project, pubsub.admin project
deployer: run.admin project, storage.admin project, bucketMaker project, storage.objectUser state, storage.objectViewer source
deployer: artifactregistry.reader topdown, storage.objectViewer catalog, storage.objectUser catalog
service-123456789012: pubsub.publisher dead-letters, pubsub.subscriber flow-events
service-123456789012: pubsub.subscriber account-export
service-123456789012: pubsub.subscriber ohlcv-export, pubsub.subscriber chart-export
service-123456789012: pubsub.subscriber llm-analyst, pubsub.subscriber notifier, pubsub.subscriber collector-shards
";

/// All of them.
pub(crate) fn agreed() -> BTreeSet<Grant> {
    let mut all = BTreeSet::new();
    let mut add = |account: &str, role: &str, on: &str| {
        all.insert((account.to_owned(), role.to_owned(), on.to_owned()))
    };
    for line in AGREED.trim().lines() {
        let (account, grants) = line.split_once(": ").unwrap();
        for grant in grants.split(", ") {
            let (role, on) = grant.split_once(' ').unwrap();
            let accounts = match account {
                "FUNCTIONS" => FUNCTIONS.to_vec(),
                "STEPS" => STEPS.to_vec(),
                "OF_ARTIFACTS" => STEPS[1..].to_vec(),
                one => vec![one],
            };
            accounts.into_iter().for_each(|account| _ = add(account, role, on));
        }
    }
    for function in FUNCTIONS {
        add(&format!("push-{function}"), "run.servicesInvoker", function);
    }
    let attached = FUNCTIONS.iter().map(|name| (*name).to_owned());
    let pushing = FUNCTIONS.iter().map(|name| format!("push-{name}"));
    let ticking = ["tick-ohlcv-collector", "tick-coordinator"].map(str::to_owned);
    for account in attached.chain(pushing).chain(ticking) {
        add("deployer", "iam.serviceAccountUser", &account);
    }
    all
}

/// What a resource grants, if it is of the kind that does.
pub(super) fn grant(resource: &Resource) -> Result<Option<Grant>, String> {
    if ["_access_control", "_acl", "_dataset_access"].iter().any(|kind| resource.kind.ends_with(kind)) {
        return Err(format!("{} grants beside IAM", resource.address));
    }
    if !resource.kind.contains("_iam_") || resource.kind == "google_project_iam_custom_role" {
        return Ok(None);
    }
    let on = ON.iter().find(|(kind, _)| *kind == resource.kind);
    let (_, attribute) = on.ok_or(format!("{}: grants go by member, on one thing", resource.address))?;
    let text = |key: &str| match &resource.values[key] {
        Value::String(text) => Ok(text.clone()),
        other => Err(format!("{}: {key} is {other}", resource.address)),
    };
    let member = text("member")?;
    let (account, _) = member
        .strip_prefix("serviceAccount:")
        .and_then(|email| email.split_once('@'))
        .ok_or(format!("{}: {member} is no service account", resource.address))?;
    let role = text("role")?;
    let role = role.strip_prefix("roles/").or(role.strip_prefix("projects/a-project/roles/"));
    let role = role.ok_or(format!("{}: {role:?} is no role", resource.address))?.to_owned();
    let on = text(attribute)?;
    let on = on.rsplit('/').next().unwrap();
    let on = on.strip_prefix("a-project-topdown-").unwrap_or(on).split('@').next().unwrap();
    let on = if resource.kind == "google_project_iam_member" { "project" } else { on };
    Ok(Some((account.to_owned(), role, on.to_owned())))
}

/// What differs from the agreed table.
pub(super) fn differences(infra: &Shown, bootstrap: &Shown) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for resource in infra.plan("services").iter().chain(bootstrap.plan("grants")) {
        match grant(resource) {
            Ok(Some(grant)) => _ = found.insert(grant),
            Ok(None) => {}
            Err(why) => wrong.push(why),
        }
    }
    let agreed = agreed();
    wrong.extend(
        found.difference(&agreed).map(|(who, role, on)| format!("{who} has {role} on {on}: not agreed")),
    );
    wrong.extend(agreed.difference(&found).map(|(who, role, on)| format!("{who} lacks {role} on {on}")));
    wrong
}

#[test]
fn grants_are_those_agreed() {
    let Some([infra, bootstrap]) = shown("grants_are_those_agreed") else { return };
    assert_eq!(differences(infra, bootstrap), Vec::<String>::new());
}

/// Whoever applies bootstrap may do everything: what he applies is out of the deployer's reach.
#[test]
fn the_deployer_administers_the_buckets_that_it_makes_and_no_other() {
    let test = "the_deployer_administers_the_buckets_that_it_makes_and_no_other";
    let Some([infra, bootstrap]) = shown(test) else { return };
    let names = |shown: &Shown, run: &str| -> BTreeSet<String> {
        let buckets = shown.plan(run).iter().filter(|resource| resource.kind == "google_storage_bucket");
        buckets.map(|bucket| bucket.values["name"].as_str().unwrap().to_owned()).collect()
    };
    let (made, kept) = (names(infra, "services"), names(bootstrap, "grants"));
    assert!(made.len() == 3 && kept.contains("a-project-topdown-bootstrap"), "{made:?} {kept:?}");
    let admin = |resource: &&Resource| resource.values["role"] == "roles/storage.admin";
    let grants: Vec<&Resource> = bootstrap.plan("grants").iter().filter(admin).collect();
    let [grant] = grants[..] else { panic!("{grants:?}") };
    let condition = grant.values["condition"][0]["expression"].as_str().unwrap();
    let named = |name: &String| condition.contains(&format!("== \"projects/_/buckets/{name}\""));
    assert!(made.iter().all(named) && !kept.iter().any(named), "{condition}");
    // no part of it speaks of anything else
    assert_eq!(condition.split(" || ").count(), 2 * made.len(), "{condition}");
    let reaches_it = |resource: &&Resource| resource.values["bucket"] == "a-project-topdown-bootstrap";
    assert_eq!(bootstrap.plan("grants").iter().find(reaches_it).map(|it| &it.address), None);
}

/// Functions that the table has and the repository has not.
const LATER: [&str; 2] = ["context", "outcome resolver (F)"];

/// What a phrase of the table means, for the account of its row.
fn meaning(phrase: &str) -> Option<Vec<(&'static str, &'static str)>> {
    Some(match phrase {
        "`bqAppender`* on ohlcv_raw" => vec![("bqAppender", "ohlcv_raw")],
        "`bqAppender`* on report tables" => {
            vec![("bqAppender", "reports"), ("bqAppender", "recommendations")]
        }
        "objectCreator, objectViewer on staging" => {
            vec![("storage.objectCreator", "staging"), ("storage.objectViewer", "staging")]
        }
        "jobUser (load jobs)" | "jobUser" => vec![("bigquery.jobUser", "project")],
        "publisher on shards" => vec![("pubsub.publisher", "collector-shards")],
        "dataViewer on the market dataset, jobUser" => {
            vec![("bigquery.dataViewer", "topdown_market"), ("bigquery.jobUser", "project")]
        }
        "dataViewer on reports, jobUser" => {
            vec![("bigquery.dataViewer", "topdown_reports"), ("bigquery.jobUser", "project")]
        }
        "`predict`* or one model secret" => vec![("predict", "project")],
        "publisher on step topics" => vec![
            ("pubsub.publisher", "ohlcv-export"),
            ("pubsub.publisher", "chart-export"),
            ("pubsub.publisher", "account-export"),
            ("pubsub.publisher", "llm-analyst"),
            ("pubsub.publisher", "notifier"),
        ],
        "objectViewer on artifacts" => vec![("storage.objectViewer", "artifacts")],
        "tokenCreator on signers" => vec![
            ("iam.serviceAccountTokenCreator", "signer"),
            ("iam.serviceAccountTokenCreator", "account-signer"),
        ],
        "the exchange secret, held by no other" => vec![
            ("secretmanager.secretAccessor", "binance-api-key"),
            ("secretmanager.secretAccessor", "binance-api-secret"),
            ("secretmanager.secretAccessor", "bybit-api-key"),
            ("secretmanager.secretAccessor", "bybit-api-secret"),
        ],
        // no grant: the services' own test asserts it
        "static egress" | "own secrets, if any" => vec![],
        "datastore.user, objectViewer on catalog" => {
            vec![("datastore.user", "project"), ("storage.objectViewer", "catalog")]
        }
        "objectCreator and objectViewer on artifacts (a retry reads), tokenCreator on signer, publisher on flow-events" =>
        {
            vec![
                ("storage.objectCreator", "artifacts"),
                ("storage.objectViewer", "artifacts"),
                ("iam.serviceAccountTokenCreator", "signer"),
                ("pubsub.publisher", "flow-events"),
            ]
        }
        "tokenCreator on itself" => vec![("iam.serviceAccountTokenCreator", "signer")],
        "for account files an own bucket and signer" => vec![],
        "Artifact Registry writer, logWriter, source bucket viewer" => vec![
            ("artifactregistry.writer", "topdown"),
            ("logging.logWriter", "project"),
            ("storage.objectViewer", "source"),
        ],
        _ => return None,
    })
}

/// The accounts of a row; none where the agreed table above says more than the row does.
fn accounts(row: &str) -> Option<Vec<&'static str>> {
    Some(match row {
        "collector" => vec!["ohlcv-collector"],
        "OHLCV export" => vec!["ohlcv-exporter"],
        "analyst" => vec!["llm-analyst"],
        "coordinator" => vec!["coordinator"],
        "account export" => vec!["account-exporter"],
        "chart export, notifier" => vec!["chart-exporter", "notifier"],
        "every service" => FUNCTIONS.to_vec(),
        "every step service" => STEPS.to_vec(),
        "signer (runs nothing)" => vec!["signer"],
        "builder" => vec!["builder"],
        "push and scheduler invokers" | "deployer" => vec![],
        _ => return None,
    })
}

/// Of functions, signer and builder: what the agreed table has beyond the contract's.
const BEYOND: [(&str, &str, &str); 10] = [
    // a plan is held against the account, and pages show what it was held against
    ("llm-analyst", "storage.objectViewer", "account-files"),
    ("coordinator", "storage.objectViewer", "account-files"),
    // what it appends is compared with what is kept
    ("ohlcv-collector", "bigquery.dataViewer", "topdown_market"),
    // what became of a recommendation is told from the candles after it
    ("coordinator", "bigquery.dataViewer", "topdown_market"),
    // a run begins with what it is pinned to
    ("coordinator", "storage.objectCreator", "artifacts"),
    // a load job asks for the bucket too
    ("ohlcv-collector", "storage.legacyBucketReader", "staging"),
    // its sweep and its schedules announce runs to itself
    ("coordinator", "pubsub.publisher", "flow-events"),
    // a build adds prompts and templates, and what it made
    ("builder", "storage.objectCreator", "catalog"),
    ("builder", "storage.objectViewer", "catalog"),
    ("notifier", "secretmanager.secretAccessor", "telegram-bot-token"),
];

/// What the contract grants and these programs do not use: the coordinator asks candles of BigQuery and no reports, and
/// the catalog is read by who lists symbols, who begins runs and who compares symbols.
fn without() -> BTreeSet<Grant> {
    let own = |who: &str, role: &str, on: &str| (who.to_owned(), role.to_owned(), on.to_owned());
    let readers = ["coordinator", "llm-analyst", "ohlcv-collector"];
    let others = FUNCTIONS.iter().filter(|name| !readers.contains(name));
    let mut all: BTreeSet<Grant> = others.map(|who| own(who, "storage.objectViewer", "catalog")).collect();
    all.insert(own("coordinator", "bigquery.dataViewer", "topdown_reports"));
    all
}

/// The same of account files, which the contract gives a bucket and a signer of their own.
fn of_account_files((who, role, on): Grant) -> Grant {
    let own = |name: String| match name.as_str() {
        "artifacts" => "account-files".to_owned(),
        "signer" => "account-signer".to_owned(),
        _ => name,
    };
    (own(who), role, own(on))
}

#[test]
fn the_agreed_grants_are_those_of_the_contract() {
    let path = repository().join("../shared/contracts/google-cloud.md");
    let Ok(text) = std::fs::read_to_string(path) else {
        left_out(
            "the_agreed_grants_are_those_of_the_contract",
            "the contract does not lie beside the repository",
        );
        return;
    };
    let section = text.split("## Least privilege").nth(1).expect("the section");
    let rows =
        section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let mut found = BTreeSet::new();
    for (row, phrases) in rows.filter(|(row, _)| *row != "account" && !LATER.contains(row)) {
        let accounts = accounts(row).unwrap_or_else(|| panic!("a row of its own: {row}"));
        for phrase in phrases.split("; ").filter(|_| !accounts.is_empty()) {
            let grants = meaning(phrase).unwrap_or_else(|| panic!("{row}: `{phrase}` is not understood"));
            let of = |account: &&str| {
                grants
                    .iter()
                    .map(|(role, on)| (account.to_string(), role.to_string(), on.to_string()))
                    .collect::<Vec<_>>()
            };
            found.extend(accounts.iter().flat_map(of));
        }
    }
    let without = without();
    assert!(without.is_subset(&found), "the contract grants less: {without:?}");
    found.retain(|grant| !without.contains(grant));
    let apart = |(who, ..): &Grant| ["account-exporter", "signer"].contains(&who.as_str());
    let (mut found, files): (BTreeSet<Grant>, BTreeSet<Grant>) =
        found.into_iter().partition(|grant| !apart(grant));
    found.extend(files.iter().filter(|(who, ..)| who == "signer").cloned());
    found.extend(files.into_iter().map(of_account_files));
    found.extend(BEYOND.map(|(who, role, on)| (who.to_owned(), role.to_owned(), on.to_owned())));
    let told = ["signer", "account-signer", "builder"]
        .iter()
        .chain(&FUNCTIONS)
        .map(|name| (*name).to_owned())
        .collect::<BTreeSet<_>>();
    let agreed: BTreeSet<Grant> = agreed().into_iter().filter(|(who, ..)| told.contains(who)).collect();
    assert_eq!(found, agreed);
}

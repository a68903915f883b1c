//! What is deployed is what there is: functions, and the variables that each documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tests::repository;

use super::plan::{Resource, Shown, shown};

/// Variables by service, of those that a run plans.
pub(super) fn environments(shown: &Shown, run: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let services = shown.plan(run).iter().filter(|resource| resource.kind == "google_cloud_run_v2_service");
    services
        .map(|service| (service.values["name"].as_str().unwrap().to_owned(), environment(service)))
        .collect()
}

fn environment(service: &Resource) -> BTreeMap<String, String> {
    let env = service.values["template"][0]["containers"][0]["env"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    env.iter().map(|pair| (text(&pair["name"]), text(&pair["value"]))).collect()
}

/// The folders of functions/ that become services.
pub(super) fn deployed() -> BTreeSet<String> {
    let folders = std::fs::read_dir(repository().join("functions")).unwrap();
    let mut functions: BTreeSet<String> =
        folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    assert!(functions.remove("local"));
    functions
}

/// Those of them that are processes of their own.
pub(super) fn programs() -> BTreeSet<String> {
    let is_process = |name: &String| repository().join("functions").join(name).join("src/main.rs").exists();
    deployed().into_iter().filter(is_process).collect()
}

/// A function's program, as this build has it.
pub(super) fn program(function: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join(function)
}

/// The variables that a function documents.
pub(super) fn documented(function: &str) -> Vec<Value> {
    let output = Command::new(program(function)).arg("--env").output().unwrap();
    assert!(output.status.success(), "{function}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn each_function_but_local_is_deployed() {
    let Some([infra, _]) = shown("each_function_but_local_is_deployed") else { return };
    assert_eq!(environments(infra, "services").into_keys().collect::<BTreeSet<_>>(), deployed());
}

/// What the platform sets.
const OF_THE_PLATFORM: [&str; 2] = ["PORT", "K_SERVICE"];

/// What has no place in a deployment: the addresses of emulators and simulators, and what checks tokens in the
/// platform's stead.
fn is_for_elsewhere(name: &str) -> bool {
    let simulated =
        ["TOPDOWN_RULES_URL", "TOPDOWN_CHART_IMG_URL", "TOPDOWN_TELEGRAM_URL", "TOPDOWN_BINANCE_ACCOUNT_URL"];
    let others = [
        "TOPDOWN_BINANCE_FUTURES_URL",
        "TOPDOWN_BYBIT_ACCOUNT_URL",
        "TOPDOWN_SLACK_URL",
        "GOOGLE_ACCESS_TOKEN",
        "OIDC_JWKS_URL",
    ];
    name.ends_with("_EMULATOR_HOST") || simulated.contains(&name) || others.contains(&name)
}

/// What stays as the program has it.
const AS_BUILT: [&str; 11] = [
    "BIGQUERY_MAXIMUM_BYTES_BILLED",
    // the schedule starts Flow 1 with the default model
    "TOPDOWN_FLOW",
    "TOPDOWN_MODEL",
    "TOPDOWN_DEADLINE_MINUTES",
    // of OpenAI's own host, to which its key is bound
    "OPENAI_BASE_URL",
    "TOPDOWN_MAX_TOKENS",
    "TOPDOWN_MAX_INPUT_USD",
    "TOPDOWN_MAX_OUTPUT_USD",
    "TOPDOWN_MIN_INPUT_USD",
    "TOPDOWN_MIN_OUTPUT_USD",
    "RUST_LOG",
];

/// The variables of a function by the names that it is given them under, and whether each is required.
fn known(function: &str) -> BTreeMap<String, bool> {
    let named = documented(function).into_iter().map(|variable| {
        let name = variable["name"].as_str().unwrap();
        let file = if variable["secret"] == true { "_FILE" } else { "" };
        (format!("{name}{file}"), variable["required"] == true)
    });
    named.collect()
}

/// The run of Terraform's tests that switches every feature on.
const ALL_FEATURES: &str = "every_secret_is_a_file_of_one_version";

#[test]
fn each_function_is_given_what_it_documents() {
    let Some([infra, _]) = shown("each_function_is_given_what_it_documents") else { return };
    let settable = environments(infra, ALL_FEATURES);
    for (run, planned) in [("services", environments(infra, "services")), (ALL_FEATURES, settable.clone())] {
        for function in programs() {
            let (given, known) = (&planned[&function], known(&function));
            let unknown: Vec<&String> = given.keys().filter(|name| !known.contains_key(*name)).collect();
            assert!(unknown.is_empty(), "{function} is given what it does not read: {unknown:?}");
            let required = known.iter().filter(|(_, required)| **required).map(|(name, _)| name);
            let missing: Vec<&String> = required.filter(|name| !given.contains_key(*name)).collect();
            assert!(missing.is_empty(), "{run}: {function} is not given what it needs: {missing:?}");
        }
    }
    let bare = environments(infra, "services");
    let given: BTreeSet<&String> = settable.values().chain(bare.values()).flat_map(BTreeMap::keys).collect();
    for function in programs() {
        let is_left = |name: &String| {
            let name = name.strip_suffix("_FILE").unwrap_or(name);
            AS_BUILT.contains(&name) || OF_THE_PLATFORM.contains(&name) || is_for_elsewhere(name)
        };
        let known = known(&function);
        let never: Vec<_> = known.keys().filter(|name| !is_left(name) && !given.contains(name)).collect();
        assert!(never.is_empty(), "{function} documents what Terraform sets for none: {never:?}");
    }
}

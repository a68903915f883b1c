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

/// What the platform sets, and what only tests set.
const NOT_TERRAFORMS: [&str; 2] = ["PORT", "K_SERVICE"];

#[test]
fn each_function_is_given_what_it_documents() {
    let Some([infra, _]) = shown("each_function_is_given_what_it_documents") else { return };
    for run in ["services", "every_secret_is_a_file_of_one_version"] {
        for (function, given) in
            environments(infra, run).into_iter().filter(|(name, _)| programs().contains(name))
        {
            let documented = documented(&function);
            let name = |variable: &Value| variable["name"].as_str().unwrap().to_owned();
            let known: BTreeSet<String> = documented
                .iter()
                .map(
                    |variable| {
                        if variable["secret"] == true { name(variable) + "_FILE" } else { name(variable) }
                    },
                )
                .collect();
            let unknown: Vec<&String> = given.keys().filter(|name| !known.contains(*name)).collect();
            assert!(unknown.is_empty(), "{function} is given what it does not read: {unknown:?}");
            let required = documented.iter().filter(|variable| variable["required"] == true).map(name);
            let missing: Vec<String> = required
                .filter(|name| !given.contains_key(name) && !NOT_TERRAFORMS.contains(&name.as_str()))
                .collect();
            assert!(missing.is_empty(), "{function} is not given what it needs: {missing:?}");
        }
    }
}

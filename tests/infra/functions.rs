//! What is deployed is what there is: functions, and the variables that each documents.

use std::collections::{BTreeMap, BTreeSet};

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
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    env.iter().map(|pair| (text(&pair["name"]), text(&pair["value"]))).collect()
}

#[test]
fn each_function_but_local_is_deployed() {
    let Some([infra, _]) = shown("each_function_but_local_is_deployed") else { return };
    let folders = std::fs::read_dir(repository().join("functions")).unwrap();
    let mut functions: BTreeSet<String> =
        folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect();
    assert!(functions.remove("local"));
    let deployed: BTreeSet<String> = environments(infra, "services").into_keys().collect();
    assert_eq!(deployed, functions);
}

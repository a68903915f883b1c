//! What is built from elsewhere: licences, sources, build scripts, as `deny.toml` allows them.

use std::collections::BTreeSet;

use super::{list, metadata, text};

fn deny() -> toml::Table {
    std::fs::read_to_string(tests::repository().join("deny.toml")).unwrap().parse().unwrap()
}

fn strings(value: &toml::Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression is satisfied: `OR` needs one side, `AND` all, in the simple forms crates use.
fn allowed(expression: &str, allow: &BTreeSet<String>) -> bool {
    let plain = expression.replace(['(', ')'], "");
    plain.split(" AND ").all(|all| {
        let any = all.replace(" / ", " OR ").replace('/', " OR ");
        any.split(" OR ").any(|one| allow.contains(one.trim()))
    })
}

#[test]
fn every_licence_is_allowed() {
    let licenses = &deny()["licenses"];
    let allow = strings(&licenses["allow"]);
    let exceptions: Vec<&toml::Value> = licenses["exceptions"].as_array().unwrap().iter().collect();
    for package in list(metadata(), "packages").iter().filter(|p| !p["source"].is_null()) {
        let (name, license) = (text(package, "name"), text(package, "license"));
        let excepted = exceptions.iter().find(|e| e["crate"].as_str() == Some(name));
        let fits =
            allowed(license, &allow) || excepted.is_some_and(|e| allowed(license, &strings(&e["allow"])));
        assert!(fits, "{name}: `{license}` is not allowed in deny.toml");
    }
    assert!(!allowed("GPL-3.0-only", &allow), "the search finds a planted licence");
    assert!(!allowed("MIT AND GPL-3.0-only", &allow));
}

#[test]
fn every_package_comes_from_the_registry() {
    let sources: BTreeSet<&str> =
        list(metadata(), "packages").iter().filter_map(|p| p["source"].as_str()).collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(sources.iter().all(|source| source.starts_with("registry+")), "{sources:?}");
}

#[test]
fn every_build_script_is_listed() {
    let listed = strings(&deny()["bans"]["build"]["allow-build-scripts"]);
    let mut found = BTreeSet::new();
    for package in list(metadata(), "packages").iter().filter(|p| !p["source"].is_null()) {
        let scripts =
            |target: &serde_json::Value| list(target, "kind").iter().any(|kind| kind == "custom-build");
        if list(package, "targets").iter().any(scripts) {
            found.insert(text(package, "name").to_owned());
        }
    }
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "build scripts that deny.toml does not list: {unlisted:?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "deny.toml lists build scripts that are not there: {gone:?}");
}

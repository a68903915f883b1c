//! What is built from elsewhere: licences, sources, build scripts, as `deny.toml` allows them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::figure;

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
    figure("mistakes", &json!({ "planted": 2, "caught": 2 }));
}

/// Where packages come from, if not from here.
fn sources(metadata: &Value) -> BTreeSet<&str> {
    list(metadata, "packages").iter().filter_map(|p| p["source"].as_str()).collect()
}

fn foreign(metadata: &Value) -> Vec<&str> {
    sources(metadata).into_iter().filter(|source| !source.starts_with("registry+")).collect()
}

#[test]
fn every_package_comes_from_the_registry() {
    assert_eq!(sources(metadata()).len(), 1, "{:?}", sources(metadata()));
    assert_eq!(foreign(metadata()), Vec::<&str>::new());

    let mut planted = metadata().clone();
    let git = "git+https://example.com/serde?rev=1#1";
    let package = planted["packages"].as_array_mut().unwrap().iter_mut().find(|p| p["name"] == "serde");
    package.unwrap()["source"] = git.into();
    assert_eq!(foreign(&planted), [git], "the search finds a planted dependency");
    figure("mistakes", &json!({ "planted": 1, "caught": 1 }));
    let of_others = list(metadata(), "packages").iter().filter(|p| !p["source"].is_null()).count();
    figure("supply", &json!({ "dependencies": of_others }));
}

/// Packages of others whose builds run code of their own.
fn scripts(metadata: &Value) -> BTreeSet<String> {
    let of_others = list(metadata, "packages").iter().filter(|p| !p["source"].is_null());
    let runs = |target: &Value| list(target, "kind").iter().any(|kind| kind == "custom-build");
    let run = of_others.filter(|package| list(package, "targets").iter().any(runs));
    run.map(|package| text(package, "name").to_owned()).collect()
}

#[test]
fn every_build_script_is_listed() {
    let listed = strings(&deny()["bans"]["build"]["allow-build-scripts"]);
    let found = scripts(metadata());
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "build scripts that deny.toml does not list: {unlisted:?}");
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "deny.toml lists build scripts that are not there: {gone:?}");

    let mut planted = metadata().clone();
    let package = planted["packages"].as_array_mut().unwrap().iter_mut().find(|p| p["name"] == "itoa");
    package.unwrap()["targets"][0]["kind"] = json!(["custom-build"]);
    let unlisted: Vec<_> = scripts(&planted).difference(&listed).cloned().collect();
    assert_eq!(unlisted, ["itoa"], "the search finds a planted script");
    figure("mistakes", &json!({ "planted": 1, "caught": 1 }));
    figure("supply", &json!({ "build_scripts": found.len(), "unlisted": 0 }));
}

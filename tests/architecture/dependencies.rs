//! Dependencies point one way.

use std::collections::{BTreeMap, BTreeSet};

use tests::FUNCTIONS;

use super::{list, metadata, text};

/// Which crates of the workspace each crate of `shared/` may see, tests aside.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("egress", &[]),
    ("market", &["domain"]),
    ("charts", &["domain"]),
    ("llm", &["domain"]),
    ("notify", &["domain", "egress"]),
    ("flows", &["domain"]),
    ("storage", &["domain"]),
    ("runtime", &["domain", "storage", "flows"]),
    ("platform-local", &["domain", "storage"]),
    ("platform-gcp", &["domain", "storage"]),
    ("sim", &["domain", "charts"]),
];

/// Functions see anything of `shared/` but these, and no other function.
const NOT_FOR_FUNCTIONS: &[&str] = &["platform-local", "sim", "local"];

fn seen() -> BTreeMap<String, BTreeSet<String>> {
    let own: BTreeSet<&str> = list(metadata(), "packages")
        .iter()
        .filter(|package| package["source"].is_null())
        .map(|package| text(package, "name"))
        .collect();
    let packages = list(metadata(), "packages").iter().filter(|package| package["source"].is_null());
    packages
        .map(|package| {
            let dependencies = list(package, "dependencies").iter().filter(|d| d["kind"].is_null());
            let names = dependencies.map(|d| text(d, "name")).filter(|name| own.contains(name));
            (text(package, "name").to_owned(), names.map(str::to_owned).collect())
        })
        .collect()
}

fn forbidden(name: &str, sees: &BTreeSet<String>) -> Vec<String> {
    let allowed = MAY_SEE.iter().find(|(of, _)| *of == name).map(|(_, allowed)| *allowed);
    sees.iter()
        .filter(|other| match allowed {
            Some(allowed) => !allowed.contains(&other.as_str()),
            None if FUNCTIONS.contains(&name) => {
                NOT_FOR_FUNCTIONS.contains(&other.as_str()) || FUNCTIONS.contains(&other.as_str())
            }
            None => other.as_str() == "tests",
        })
        .map(|other| format!("{name} -> {other}"))
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    let found: Vec<String> = seen().iter().flat_map(|(name, sees)| forbidden(name, sees)).collect();
    assert!(found.is_empty(), "{found:?}");
    for (name, _) in MAY_SEE {
        assert!(seen().contains_key(*name), "{name} is named here and is no crate");
    }
}

#[test]
fn the_search_finds_a_planted_arrow() {
    let sees = |name: &str| BTreeSet::from([name.to_owned()]);
    assert_eq!(forbidden("domain", &sees("storage")), ["domain -> storage"]);
    assert_eq!(forbidden("market", &sees("llm")), ["market -> llm"]);
    assert_eq!(forbidden("notifier", &sees("platform-local")), ["notifier -> platform-local"]);
    assert_eq!(forbidden("notifier", &sees("coordinator")), ["notifier -> coordinator"]);
    tests::figure("mistakes", &serde_json::json!({ "planted": 4, "caught": 4 }));
}

/// serde_json reads its own floats back exactly in every build, keeps map order by key and rounds no number.
#[test]
fn json_is_the_same_in_every_build() {
    let resolve = list(&metadata()["resolve"], "nodes");
    let node = resolve.iter().find(|node| text(node, "id").contains("#serde_json@")).unwrap();
    let features: Vec<&str> = list(node, "features").iter().filter_map(|f| f.as_str()).collect();
    assert!(features.contains(&"float_roundtrip"), "{features:?}");
    for forbidden in ["preserve_order", "arbitrary_precision"] {
        assert!(!features.contains(&forbidden), "{forbidden} changes what is hashed");
    }
}

/// Packages that a build of `local` alone compiles: its own features, as `cargo run` has them.
fn of_a_laptop() -> BTreeSet<String> {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "--locked", "--package", "local", "--edges", "normal,build", "--prefix", "none"]);
    let tree = cargo.current_dir(tests::repository()).output().expect("cargo starts");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn a_laptop_compiles_nothing_of_googles() {
    let names = of_a_laptop();
    assert!(names.contains("async-openai"), "the search sees the packages");
    for name in names {
        assert!(!name.starts_with("google-cloud"), "{name}");
        assert!(
            !["gcp-bigquery-client", "firestore", "gcloud-sdk", "platform-gcp"].contains(&name.as_str()),
            "{name}"
        );
    }
}

#[test]
fn no_binary_links_openssl() {
    let names: BTreeSet<&str> = list(metadata(), "packages").iter().map(|p| text(p, "name")).collect();
    assert!(names.contains("rustls"), "the search sees the packages");
    for name in names {
        assert!(!["openssl-sys", "native-tls"].contains(&name), "{name}");
    }
}

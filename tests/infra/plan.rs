//! The plans and states that `terraform test` shows on its way.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::terraform::{Copy, ROOTS, complaints, text};

/// What the whole configuration comes to.
pub(super) struct Shown {
    /// All that was printed, for searches.
    pub(super) lines: Vec<Value>,
    plans: BTreeMap<String, Vec<Resource>>,
}

/// A resource of a plan.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) kind: String,
    pub(super) address: String,
    pub(super) values: Value,
}

impl Shown {
    /// Reads what a test run printed.
    pub(super) fn of(lines: Vec<Value>) -> Self {
        let plan = |line: &Value| {
            let run = line["@testrun"].as_str()?.to_owned();
            let changes = line["test_plan"]["resource_changes"].as_array()?;
            Some((run, changes.iter().filter(|change| change["mode"] == "managed").map(resource).collect()))
        };
        let plans = lines.iter().filter_map(plan).collect();
        Self { lines, plans }
    }

    /// The resources that a run plans.
    pub(super) fn plan(&self, run: &str) -> &[Resource] {
        self.plans.get(run).unwrap_or_else(|| panic!("no run {run} that plans something"))
    }
}

fn resource(change: &Value) -> Resource {
    let text = |key: &str| change[key].as_str().unwrap().to_owned();
    Resource { kind: text("type"), address: text("address"), values: change["change"]["after"].clone() }
}

/// What the tests of both roots show as they are; `None`, and one line, where Terraform cannot be had.
pub(super) fn shown(test: &str) -> Option<&'static [Shown; 2]> {
    static SHOWN: OnceLock<[Shown; 2]> = OnceLock::new();
    let copy = Copy::new(test)?;
    Some(SHOWN.get_or_init(|| {
        std::thread::scope(|scope| {
            let run = |root| {
                copy.init(root);
                let lines = copy.test(root);
                assert!(
                    lines.iter().any(|line| line["test_summary"]["status"] == "pass"),
                    "{root}: {}",
                    complaints(&lines)
                );
                Shown::of(lines)
            };
            ROOTS.map(|root| scope.spawn(move || run(root))).map(|thread| thread.join().unwrap())
        })
    }))
}

#[test]
fn terraforms_own_tests_pass() {
    let Some([infra, bootstrap]) = shown("terraforms_own_tests_pass") else { return };
    let runs = |shown: &Shown| shown.lines.iter().filter(|line| line["test_run"]["status"] == "pass").count();
    assert!(runs(infra) > 10 && runs(bootstrap) > 3, "the runs are seen");
}

#[test]
fn the_configuration_is_formatted_and_valid() {
    let Some(copy) = Copy::new("the_configuration_is_formatted_and_valid") else { return };
    let format = copy.command("infra", &["fmt", "-check", "-recursive", "-diff", "-no-color"]);
    assert!(format.status.success(), "{}", text(&format));
    for root in ROOTS {
        copy.init(root);
        let valid = copy.command(root, &["validate", "-no-color"]);
        assert!(valid.status.success(), "{root}: {}", text(&valid));
    }
}

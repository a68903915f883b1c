//! No secret passes through Terraform: none is in a plan, a state or what it printed.

use serde_json::Value;
use tests::repository;

use super::plan::{Resource, shown};
use super::terraform::Copy;
use crate::faults::secrets::forms;

/// What holds a secret's value, or would.
pub(super) fn holders(resources: &[Resource]) -> Vec<String> {
    let kinds =
        ["google_secret_manager_secret_version", "google_service_account_key", "google_storage_hmac_key"];
    let held = resources.iter().filter(|resource| kinds.iter().any(|kind| resource.kind.starts_with(kind)));
    held.map(|resource| resource.address.clone()).collect()
}

/// Forty characters, some of which encodings change.
const CANARY: &str = "canary/operator+5f1c0e7b9a3d4826b7e1f09=";

/// The forms in which it stands there.
fn found(lines: &[Value]) -> Vec<&'static str> {
    let text: String = lines.iter().map(Value::to_string).collect();
    let stands = |needle: &[u8]| text.contains(str::from_utf8(needle).unwrap());
    forms(CANARY).into_iter().filter(|(_, needle)| stands(needle)).map(|(form, _)| form).collect()
}

/// The variables that hold a secret of a feature.
fn variables() -> Vec<String> {
    let features = std::fs::read_to_string(repository().join("infra/features.yaml")).unwrap();
    let lines = features.lines().filter_map(|line| line.trim().strip_prefix("secrets: {")?.strip_suffix('}'));
    let names =
        lines.flat_map(|line| line.split(", ")).map(|pair| pair.split(": ").next().unwrap().to_owned());
    names.collect()
}

#[test]
fn no_resource_holds_a_secret() {
    let Some(both) = shown("no_resource_holds_a_secret") else { return };
    let [infra, bootstrap] = both;
    assert_eq!(holders(infra.plan("services")), Vec::<String>::new());
    assert_eq!(holders(bootstrap.plan("grants")), Vec::<String>::new());
}

/// The operator's environment holds the secrets that functions are given, and every feature is on somewhere; a planted
/// version is found, as it is or encoded.
#[test]
fn no_secret_of_the_operator_reaches_plan_or_state() {
    let Some(copy) = Copy::new("no_secret_of_the_operator_reaches_plan_or_state") else { return };
    let variables = variables();
    assert!(variables.len() >= 5, "{variables:?}");
    let sweep = |root: &str, files: &[&str], shown: &str| {
        let filters = files.iter().map(|file| format!("-filter=tests/{file}.tftest.hcl")).collect::<Vec<_>>();
        let mut command = copy.prepared(root, &["test", "-json", "-verbose"]);
        command.args(filters).env("GOOGLE_ACCESS_TOKEN", CANARY).env("TF_VAR_secret", CANARY);
        variables.iter().for_each(|name| _ = command.env(name, CANARY));
        let output = command.output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert!(lines.iter().any(|line| line[shown].is_object()), "{root}: no {shown} is shown");
        found(&lines)
    };
    let roots = [
        ("infra", &["features", "state"][..], "test_state", "var.secret"),
        ("infra/bootstrap", &["bootstrap", "state"], "test_state", "base64encode(var.secret)"),
    ];
    for (root, files, shown, value) in roots {
        copy.init(root);
        assert_eq!(sweep(root, files, shown), Vec::<&str>::new(), "{root}");
        let planted = format!(
            r#"
variable "secret" {{
  type = string
}}

resource "google_secret_manager_secret_version" "planted" {{
  secret      = "planted"
  secret_data = {value}
}}
"#
        );
        copy.append(&format!("{root}/outputs.tf"), &planted);
        let form = if value == "var.secret" { "raw" } else { "base64" };
        assert!(sweep(root, files, shown).contains(&form), "{root}: the sweep finds a planted secret");
    }
}

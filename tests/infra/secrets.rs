//! No secret passes through Terraform: none is in a plan, a state or what it printed.

use serde_json::Value;

use super::plan::{Resource, shown};
use super::terraform::Copy;

/// What holds a secret's value, or would.
pub(super) fn holders(resources: &[Resource]) -> Vec<String> {
    let kinds =
        ["google_secret_manager_secret_version", "google_service_account_key", "google_storage_hmac_key"];
    let held = resources.iter().filter(|resource| kinds.iter().any(|kind| resource.kind.starts_with(kind)));
    held.map(|resource| resource.address.clone()).collect()
}

const CANARY: &str = "canary-5f1c0e7b9a3d4826b7e1f09c6d2a8b34";

fn holds(lines: &[Value]) -> bool {
    lines.iter().any(|line| line.to_string().contains(CANARY))
}

#[test]
fn no_resource_holds_a_secret() {
    let Some(both) = shown("no_resource_holds_a_secret") else { return };
    let [infra, bootstrap] = both;
    assert_eq!(holders(infra.plan("services")), Vec::<String>::new());
    assert_eq!(holders(bootstrap.plan("grants")), Vec::<String>::new());
}

/// The operator's environment holds the secrets that functions are given; a planted version is found.
#[test]
fn no_secret_of_the_operator_reaches_plan_or_state() {
    let Some(copy) = Copy::new("no_secret_of_the_operator_reaches_plan_or_state") else { return };
    copy.init("infra");
    let sweep = |copy: &Copy| {
        let mut command =
            copy.prepared("infra", &["test", "-json", "-verbose", "-filter=tests/state.tftest.hcl"]);
        for name in [
            "TELEGRAM_BOT_TOKEN",
            "OPENAI_API_KEY",
            "CHART_IMG_API_KEY",
            "TOPDOWN_WEBHOOK_URL",
            "TOPDOWN_WEBHOOK_SECRET",
            "SLACK_WEBHOOK_URL",
            "SMTP_PASSWORD",
            "GOOGLE_ACCESS_TOKEN",
            "TF_VAR_secret",
        ] {
            command.env(name, CANARY);
        }
        let output = command.output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert!(lines.iter().any(|line| line["test_state"].is_object()), "a state is shown");
        holds(&lines)
    };
    assert!(!sweep(&copy));
    let planted = r#"
variable "secret" {
  type = string
}

resource "google_secret_manager_secret_version" "planted" {
  secret      = "planted"
  secret_data = var.secret
}
"#;
    copy.append("infra/outputs.tf", planted);
    assert!(sweep(&copy), "the sweep finds a planted secret");
}

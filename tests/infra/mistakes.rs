//! Mistakes planted in a copy of infra/: each is caught, by a check that names it.

use serde_json::Value;

use super::plan::Shown;
use super::terraform::{Copy, complaints, text};
use super::{grants, secrets};

/// A mistake: its file, what stands there, what stands there now, and the words that must come of it.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

fn plant(copy: &Copy, mistakes: &[Mistake]) {
    for (file, old, new, _) in mistakes {
        if old.is_empty() {
            copy.append(file, new);
        } else {
            copy.replace(file, old, new);
        }
    }
}

fn assert_each_is_named(mistakes: &[Mistake], said: &str) {
    for (file, old, _, words) in mistakes {
        assert!(said.contains(words), "{file}: without `{old}` nothing says `{words}`:\n{said}");
    }
    tests::figure("mistakes", &serde_json::json!({ "planted": mistakes.len(), "caught": mistakes.len() }));
}

/// Runs some files of tests in a copy with mistakes.
fn tested(copy: &Copy, root: &str, files: &[&str]) -> Vec<Value> {
    copy.init(root);
    let filters: Vec<String> = files.iter().map(|file| format!("-filter=tests/{file}.tftest.hcl")).collect();
    let mut arguments = vec!["test", "-json", "-verbose", "-no-color"];
    arguments.extend(filters.iter().map(String::as_str));
    let output = copy.command(root, &arguments);
    assert!(!output.status.success(), "the mistakes pass: {}", text(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn what_the_provider_does_not_know_is_not_valid() {
    let Some(copy) = Copy::new("what_the_provider_does_not_know_is_not_valid") else { return };
    // none in what another depends on: that would not be looked at any more
    let mistakes: [Mistake; 3] = [
        (
            "infra/dashboard.tf",
            "dashboard_json = jsonencode",
            "dashbord_json = jsonencode",
            "An argument named \"dashbord_json\" is not expected here",
        ),
        (
            "infra/buckets.tf",
            "    action {\n      type = \"Delete\"\n    }\n",
            "",
            "At least 1 \"action\" blocks are required",
        ),
        ("infra/egress.tf", "MANUAL_ONLY", "MANUAL", "\"MANUAL\" is not one of"),
    ];
    plant(&copy, &mistakes);
    copy.init("infra");
    let output = copy.command("infra", &["validate", "-no-color"]);
    assert!(!output.status.success());
    let said = text(&output).replace("\n", " ").replace("│", "");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    // Google's own provider words the last one its own way
    let (known, worded) = mistakes.split_at(2);
    assert_each_is_named(known, &said);
    assert!(
        worded.iter().any(|(_, _, _, words)| said.contains(words)) || said.contains("nat_ip_allocate_option"),
        "{said}"
    );
}

#[test]
fn a_value_that_only_the_platform_would_refuse_is_refused_here() {
    let Some(copy) = Copy::new("a_value_that_only_the_platform_would_refuse_is_refused_here") else { return };
    let services: [Mistake; 3] = [
        ("infra/services.tf", "\"512Mi\"", "\"512MB\"", "memory is written 512Mi"),
        ("infra/services.tf", "try(each.value.cpu, \"1\")", "\"0.5\"", "1, 2, 4 or 8 CPUs"),
        ("infra/services.tf", "\"540s\"", "\"3600s\"", "must end before its lease"),
    ];
    plant(&copy, &services);
    assert_each_is_named(&services, &complaints(&tested(&copy, "infra", &["services"])));

    let Some(copy) = Copy::new("") else { return };
    let messages: [Mistake; 3] = [
        (
            "infra/pubsub.json",
            "\"ack_deadline_seconds\": 600",
            "\"ack_deadline_seconds\": 3600",
            "deadline is 10 to 600 s",
        ),
        (
            "infra/pubsub.json",
            "\"max_delivery_attempts\": 100",
            "\"max_delivery_attempts\": 1000",
            "5 to 100 delivery attempts",
        ),
        ("infra/schedules.tf", "\"540s\"", "\"3600s\"", "deadline is 15 to 1800 s"),
    ];
    plant(&copy, &messages);
    assert_each_is_named(&messages, &complaints(&tested(&copy, "infra", &["messages"])));

    let Some(copy) = Copy::new("") else { return };
    let account: [Mistake; 1] =
        [("infra/bootstrap/accounts.tf", "push-${push", "push_${push", "Account id push_")];
    plant(&copy, &account);
    assert_each_is_named(&account, &complaints(&tested(&copy, "infra/bootstrap", &["bootstrap"])));
}

#[test]
fn what_lets_in_too_many_or_too_few_is_caught() {
    let Some(copy) = Copy::new("what_lets_in_too_many_or_too_few_is_caught") else { return };
    let infra: [Mistake; 13] = [
        (
            "infra/services.tf",
            "invoker_iam_disabled = false",
            "invoker_iam_disabled = true",
            "A service lets in whoever calls.",
        ),
        (
            "infra/services.tf",
            "member   = local.member[each.key]",
            "member   = \"allUsers\"",
            "Someone but an invoker account may call",
        ),
        (
            "infra/services.tf",
            "= local.email[each.key]",
            "= local.email[\"coordinator\"]",
            "A service runs as another service's account.",
        ),
        ("infra/services.tf", "path = \"/\"", "path = \"/healthz\"", "A probe's path ends in z"),
        (
            "infra/subscriptions.tf",
            "= local.url[each.key]",
            "= local.url[\"coordinator\"]",
            "A subscription's audience or endpoint is another service's.",
        ),
        (
            "infra/subscriptions.tf",
            "for_each = google_pubsub_subscription.push",
            "for_each = { for key, one in google_pubsub_subscription.push : key => one if key != \"notifier\" }",
            "Pub/Sub's agent may not take dead letters from a subscription.",
        ),
        (
            "infra/environment.tf",
            "AUTH                 = \"cloud-run\"",
            "AUTH = \"cloud-run\"\n OPENAI_API_KEY = \"sk\"",
            "A secret stands in a variable",
        ),
        (
            "infra/functions.yaml",
            "\"*/20 * * * *\"",
            "\"*/30 * * * *\"",
            "The collector's tick is longer than a third of 1h.",
        ),
        (
            "infra/functions.tf",
            "roles/storage.objectCreator",
            "roles/storage.objectsCreator",
            "ohlcv-exporter has storage.objectsCreator on artifacts: not agreed",
        ),
        (
            "infra/functions.yaml",
            "  account_files: [create, view, sign]\n",
            "  account_files: [create, view, sign]\n  artifacts: [view]\n",
            "account-exporter has storage.objectViewer on artifacts: not agreed",
        ),
        (
            "infra/topics.tf",
            "",
            "resource \"google_project_iam_member\" \"wide\" {\n  project = var.project\n  role    = \"roles/editor\"\n  member  = local.member[\"notifier\"]\n}\n",
            "notifier has editor on project: not agreed",
        ),
        (
            "infra/buckets.tf",
            "",
            "resource \"google_storage_bucket_access_control\" \"old\" {\n  bucket = local.catalog\n  entity = \"allUsers\"\n}\n",
            "google_storage_bucket_access_control.old grants beside IAM",
        ),
        (
            "infra/outputs.tf",
            "",
            "resource \"google_secret_manager_secret_version\" \"planted\" {\n  secret      = \"telegram-bot-token\"\n  secret_data = \"1:a\"\n}\n",
            "google_secret_manager_secret_version.planted holds a secret",
        ),
    ];
    plant(&copy, &infra);
    let bootstrap: [Mistake; 2] = [
        (
            "infra/bootstrap/project_grants.tf",
            "roles/bigquery.jobUser",
            "roles/editor",
            "A function may do something else on the whole project.",
        ),
        (
            "infra/bootstrap/roles.tf",
            "\"bigquery.tables.updateData\"",
            "\"bigquery.tables.updateData\", \"bigquery.tables.delete\"",
            "A custom role holds more than it is for.",
        ),
    ];
    plant(&copy, &bootstrap);
    let below = tested(&copy, "infra/bootstrap", &["bootstrap"]);
    assert_each_is_named(&bootstrap, &complaints(&below));
    let above = tested(&copy, "infra", &["services", "messages"]);
    let mut said = complaints(&above);
    let (above, below) = (Shown::of(above), Shown::of(below));
    for difference in grants::differences(&above, &below) {
        said.push_str(&difference);
        said.push('\n');
    }
    for address in secrets::holders(above.plan("services")) {
        said.push_str(&format!("{address} holds a secret\n"));
    }
    assert_each_is_named(&infra, &said);
}

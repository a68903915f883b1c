//! The scripts of builds and deployments, with stand-ins for the programs that need an account.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use tests::repository;

/// Runs a script with programs of its own before the machine's.
fn run(script: &str, arguments: &[&str], programs: &[(&str, &str)], folder: &Path) -> Output {
    for (name, text) in programs {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/usr/bin/env bash\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    let mut command = Command::new("bash");
    command.arg(repository().join(script)).args(arguments).env("PATH", path).env("RECORD", folder);
    command.current_dir(repository()).output().unwrap()
}

/// A builder that writes what the real one writes: beside the digest of the image that of its configuration.
const DOCKER: &str = r#"
while [ $# -gt 1 ]; do
    case $1 in --metadata-file) to=$2 ;; --tag) tag=$2 ;; esac
    shift
done
echo "$tag" >>"$RECORD/pushed"
digest=$(printf %s "$tag" | sha256sum | cut -d ' ' -f 1)
printf '{\n  "buildx.build.ref": "b/b0/x",\n  "containerimage.config.digest": "sha256:%064d",\n  "containerimage.digest": "%s",\n  "image.name": "%s"\n}\n' 7 "${DIGEST-sha256:$digest}" "$tag" >"$to""#;

#[test]
fn images_are_named_by_the_digests_of_their_build_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let output = run("infra/images", &["registry/topdown", "abc"], &[("docker", DOCKER)], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let images = printed["images"].as_object().unwrap();
    assert_eq!(images.len(), 7);
    for (name, image) in images {
        let digest = domain::Sha256Hex::of(format!("registry/topdown/{name}:abc").as_bytes());
        assert_eq!(*image, format!("registry/topdown/{name}@sha256:{digest}"));
    }
    let pushed = std::fs::read_to_string(folder.path().join("pushed")).unwrap();
    assert_eq!(pushed.lines().count(), 7, "{pushed}");
    let nameless = DOCKER.replace("${DIGEST-sha256:$digest}", "");
    let output = run("infra/images", &["registry/topdown", "abc"], &[("docker", &nameless)], folder.path());
    assert!(!output.status.success() && output.stdout.is_empty());
}

/// Storage in a folder: `cp` with its precondition, `cat`.
const STORAGE: &str = r#"
at() { echo "${1/gs:\/\//$RECORD/}"; }
case "$2 $3" in
    "cp --if-generation-match=0")
        [ ! -e "$(at "$5")" ] || { echo "HTTPError 412" >&2; exit 1; }
        mkdir -p "$(dirname "$(at "$5")")" && cp "$4" "$(at "$5")" ;;
    cat*) cat "$(at "$3")" ;;
    *) exit 2 ;;
esac"#;

#[test]
fn what_was_built_of_a_commit_is_written_down_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("images.auto.tfvars.json");
    let record = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let arguments = ["gs://catalog", "abc", file.to_str().unwrap()];
        run("infra/record", &arguments, &[("gcloud", STORAGE)], folder.path())
    };
    assert!(record("first").status.success());
    let kept = folder.path().join("catalog/builds/abc/images.auto.tfvars.json");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "first");
    assert!(record("first").status.success(), "built again to the same images");
    let other = record("second");
    assert!(!other.status.success() && String::from_utf8_lossy(&other.stderr).contains("something else"));
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "first", "what was approved stays");
}

#[test]
fn a_deployment_is_given_variables_and_provider_together_or_neither() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("infra");
    std::fs::create_dir(&own).unwrap();
    std::fs::copy(repository().join("infra/variables"), own.join("variables")).unwrap();
    let script = own.join("variables");
    let record = [
        ("terraform", "echo \"${@:2}\" >>\"$RECORD/said\""),
        ("gcloud", "echo \"${@: -1}\" >>\"$RECORD/said\""),
    ];
    let put = || run(script.to_str().unwrap(), &["gs://state"], &record, folder.path());
    std::fs::write(own.join("terraform.tfvars"), "").unwrap();
    let refused = put();
    assert!(!refused.status.success() && !folder.path().join("said").exists());
    std::fs::write(own.join(".terraform.lock.hcl"), "").unwrap();
    assert!(put().status.success());
    let said = std::fs::read_to_string(folder.path().join("said")).unwrap();
    let put = "gs://state/terraform.tfvars\ngs://state/.terraform.lock.hcl\n";
    // made on another system, a lock lacks what the deployment runs on
    assert_eq!(said, format!("providers lock -platform=linux_amd64\n{put}"));
}

#[test]
fn a_plan_that_takes_something_away_is_not_applied() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.json");
    let guard = |kind: &str, actions: &[&str]| {
        let change = json!({ "address": "it", "type": kind, "change": { "actions": actions } });
        let drift = json!({ "address": "seen gone", "type": kind, "change": { "actions": ["delete"] } });
        let text = json!({ "resource_changes": [change], "resource_drift": [drift] }).to_string();
        std::fs::write(&plan, text).unwrap();
        let script = repository().join("infra/guard");
        Command::new("python3").arg(script).arg(&plan).output().unwrap()
    };
    let table = "google_bigquery_table";
    for actions in [&["create"][..], &["update"], &["no-op"]] {
        assert!(guard(table, actions).status.success(), "{actions:?}");
    }
    for actions in [&["delete"][..], &["delete", "create"], &["create", "delete"]] {
        let refused = guard(table, actions);
        assert!(!refused.status.success(), "{actions:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("it would be deleted"), "{actions:?}");
    }
    assert!(guard("google_cloud_run_v2_service_iam_member", &["delete"]).status.success());
}

/// A column that is left out of a table's schema is dropped with what is in it, and the table is updated, not deleted.
#[test]
fn a_plan_that_drops_a_column_is_not_applied() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.json");
    let schema = |names: &[&str]| {
        let mut fields: Vec<_> = names.iter().map(|name| json!({ "name": name, "type": "STRING" })).collect();
        fields.push(
            json!({ "name": "plan", "type": "RECORD", "fields": [{ "name": "stop", "type": "STRING" }] }),
        );
        json!(fields)
    };
    let guard = |before: &serde_json::Value, after: &serde_json::Value| {
        let side = |schema: &serde_json::Value| json!({ "schema": schema.to_string() });
        let change = json!({ "actions": ["update"], "before": side(before), "after": side(after) });
        let change = json!({ "address": "it", "type": "google_bigquery_table", "change": change });
        std::fs::write(&plan, json!({ "resource_changes": [change] }).to_string()).unwrap();
        Command::new("python3").arg(repository().join("infra/guard")).arg(&plan).output().unwrap()
    };
    let before = schema(&["run_id", "summary"]);
    for after in [&before, &schema(&["run_id", "summary", "more"])] {
        assert!(guard(&before, after).status.success(), "{after}");
    }
    let mut shallow = before.clone();
    shallow[2]["fields"] = json!([]);
    for (after, column) in [(schema(&["run_id"]), "summary"), (shallow, "plan.stop")] {
        let refused = guard(&before, &after);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && said.contains(&format!("it would lose its column {column}")),
            "{said}"
        );
    }
}

#[test]
fn the_catalog_is_named_by_the_hashes_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let copy = "mkdir -p \"$RECORD/to\"; cp \"${@:3:$#-3}\" \"$RECORD/to/\" 2>/dev/null || cp \"${@:4:$#-4}\" \"$RECORD/to/\"; echo \"${@: -1}\" >>\"$RECORD/order\"";
    let output = run("infra/catalog", &[".", "gs://catalog"], &[("gcloud", copy)], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let order = std::fs::read_to_string(folder.path().join("order")).unwrap();
    assert_eq!(order, "gs://catalog/files/\ngs://catalog/catalog.json\n", "the manifest comes last");
    let to = folder.path().join("to");
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(to.join("catalog.json")).unwrap()).unwrap();
    assert_eq!(manifest["v"], 1);
    let files = manifest["files"].as_object().unwrap();
    for path in [
        "prompts/weekly-report.prompt",
        "prompts/_report.prompt",
        "prompts/models.toml",
        "chart_templates/trend.toml",
    ] {
        let hash = files[path].as_str().unwrap();
        let bytes = std::fs::read(to.join(hash)).unwrap();
        assert_eq!(bytes, std::fs::read(repository().join(path)).unwrap());
        assert_eq!(domain::Sha256Hex::of(&bytes).to_string(), hash);
    }
    // of a commit that is only built: the same, but nothing in force
    let folder = tempfile::tempdir().unwrap();
    let output = run("infra/catalog", &[".", "gs://catalog", "abc"], &[("gcloud", copy)], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let order = std::fs::read_to_string(folder.path().join("order")).unwrap();
    assert_eq!(order, "gs://catalog/files/\ngs://catalog/builds/abc/catalog.json\n");
    let empty = tempfile::tempdir().unwrap();
    let output = run("infra/catalog", &[empty.path().to_str().unwrap(), "gs://catalog"], &[], folder.path());
    assert!(!output.status.success(), "an empty folder would take every file away");
}

#[test]
fn a_service_that_lets_anyone_in_is_seen_after_a_deployment() {
    let folder = tempfile::tempdir().unwrap();
    let urls = folder.path().join("urls.json");
    std::fs::write(
        &urls,
        "{\n  \"coordinator\": \"https://c.example\",\n  \"notifier\": \"https://n.example\"\n}\n",
    )
    .unwrap();
    let arguments = [urls.to_str().unwrap()];
    let closed = run("infra/smoke", &arguments, &[("curl", "echo 403")], folder.path());
    assert!(closed.status.success());
    assert_eq!(String::from_utf8_lossy(&closed.stdout), "403 https://c.example\n403 https://n.example\n");
    for open in ["case \"${@: -1}\" in *//n.*) echo 200 ;; *) echo 403 ;; esac", "echo 000; exit 7"] {
        assert!(!run("infra/smoke", &arguments, &[("curl", open)], folder.path()).status.success());
    }
    std::fs::write(&urls, "{}").unwrap();
    assert!(!run("infra/smoke", &arguments, &[("curl", "echo 403")], folder.path()).status.success());
}

#[test]
fn an_image_over_25_mb_is_not_laid_out() {
    let (programs, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let laid_out = |bytes: u64| {
        std::fs::File::create(programs.path().join("notifier")).unwrap().set_len(bytes).unwrap();
        let arguments = [&path(&programs), &path(&to), "notifier"];
        // no program that could be stripped; the list is tested with the images
        run("infra/stage", &arguments, &[("strip", ":"), ("python3", "echo {}")], programs.path())
    };
    let fits = laid_out(24_000_000);
    assert!(fits.status.success(), "{}", String::from_utf8_lossy(&fits.stderr));
    assert!(to.path().join("notifier/etc/ssl/certs/ca-certificates.crt").exists());
    let refused = laid_out(25_000_000);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("over 25000000 bytes"), "{said}");
}

//! The real program, in a copy of infra/: it writes nothing into the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tests::{left_out, repository};

/// A configuration of its own: `infra` or `infra/bootstrap`.
pub(super) const ROOTS: [&str; 2] = ["infra", "infra/bootstrap"];

/// A copy of infra/ in which Terraform runs.
pub(super) struct Copy {
    folder: TempDir,
}

impl Copy {
    /// A copy; `None`, and one line, where Terraform or its provider cannot be had.
    pub(super) fn new(test: &str) -> Option<Self> {
        match source() {
            Ok(_) => Some(Self::without_provider()),
            Err(why) => {
                left_out(test, why);
                None
            }
        }
    }

    fn without_provider() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&repository().join("infra"), &folder.path().join("infra"));
        Self { folder }
    }

    /// Where a file of the repository is in the copy.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Changes one place of a file.
    pub(super) fn replace(&self, file: &str, old: &str, new: &str) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{file} holds `{old}` once");
        std::fs::write(path, text.replace(old, new)).unwrap();
    }

    /// Adds to a file.
    pub(super) fn append(&self, file: &str, more: &str) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text + more).unwrap();
    }

    /// Fetches the provider.
    pub(super) fn init(&self, root: &str) {
        let output = self.command(root, &["init", "-backend=false", "-input=false", "-no-color"]);
        assert!(output.status.success(), "{root}: {}", text(&output));
    }

    /// Runs it in a root.
    pub(super) fn command(&self, root: &str, arguments: &[&str]) -> Output {
        self.prepared(root, arguments).output().unwrap()
    }

    /// What would run.
    pub(super) fn prepared(&self, root: &str, arguments: &[&str]) -> Command {
        let mut command = program(&self.path(root), arguments);
        if let Ok(Some(config)) = source() {
            command.env("TF_CLI_CONFIG_FILE", config);
        }
        command
    }

    /// `terraform test` with plans and states, one JSON value a line.
    pub(super) fn test(&self, root: &str) -> Vec<Value> {
        let output = self.command(root, &["test", "-json", "-verbose", "-no-color"]);
        let lines = String::from_utf8(output.stdout).unwrap();
        // what comes before Terraform has read its options is no JSON
        lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// What it printed.
pub(super) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The messages of `terraform test` and `validate` that say what is wrong.
pub(super) fn complaints(lines: &[Value]) -> String {
    let wrong = lines.iter().filter(|line| line["@level"] == "error");
    let all = wrong.map(|line| format!("{} {}\n", line["@message"], line["diagnostic"]["detail"]));
    all.collect()
}

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("terraform");
    command.arg(format!("-chdir={}", folder.display())).args(arguments);
    command.env("TF_IN_AUTOMATION", "1").env("CHECKPOINT_DISABLE", "1");
    // shared by all copies, where the provider comes from its registry
    let cache = target().join("terraform-plugins");
    std::fs::create_dir_all(&cache).unwrap();
    command.env("TF_PLUGIN_CACHE_DIR", cache).env("TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE", "1");
    command
}

/// target/, whatever the profile.
pub(super) fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(3).expect("target/PROFILE/deps/all").to_owned()
}

/// Whose provider: `None` as the machine is set up, or a file of settings that names the stand-in beside the
/// repository; or why there is neither.
fn source() -> Result<&'static Option<PathBuf>, &'static String> {
    static FOUND: OnceLock<Result<Option<PathBuf>, String>> = OnceLock::new();
    FOUND.get_or_init(find).as_ref()
}

fn find() -> Result<Option<PathBuf>, String> {
    let probe = Copy::without_provider();
    let mut init = program(&probe.path("infra"), &["init", "-backend=false", "-input=false", "-no-color"]);
    let output = init.output().map_err(|error| format!("terraform: {error}"))?;
    if output.status.success() {
        return Ok(None);
    }
    let setup = repository().join("../shared/tools/terraform-mirror/setup.sh");
    if !setup.exists() {
        return Err("the provider registry does not answer".to_owned());
    }
    let output = Command::new("bash").arg(setup).output().map_err(|error| error.to_string())?;
    let said = text(&output);
    let config = said.split('\'').nth(1).filter(|_| output.status.success());
    config.map(|path| Some(path.into())).ok_or(said.trim().to_owned())
}

/// What infra/.gitignore keeps out of the repository.
fn is_of_a_person(name: &str) -> bool {
    name.starts_with(".terraform")
        || [".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup"].iter().any(|end| name.ends_with(end))
        || ["backend.tf", "urls.json"].contains(&name)
}

#[test]
fn what_a_person_has_deployed_from_here_changes_no_test() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir(from.path().join("bootstrap")).unwrap();
    let ignored = std::fs::read_to_string(repository().join("infra/.gitignore")).unwrap();
    let names: Vec<String> = ignored.lines().map(|line| line.replace('*', "terraform")).collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names.iter().map(String::as_str).chain(["buckets.tf", "bootstrap/buckets.tf"]) {
        if let Some(folder) = name.strip_suffix('/') {
            std::fs::create_dir(from.path().join(folder)).unwrap();
        } else {
            std::fs::write(from.path().join(name), "region = \"us-central1\"").unwrap();
        }
    }
    copy(from.path(), to.path());
    let names = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names(to.path()), ["bootstrap", "buckets.tf"].map(str::to_owned).into());
    assert_eq!(names(&to.path().join("bootstrap")), ["buckets.tf"].map(str::to_owned).into());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (name, path) = (entry.file_name(), entry.path());
        match entry.file_type().unwrap() {
            // of a person who deploys from there: values and state of his own, which no test is about
            _ if is_of_a_person(&name.to_string_lossy()) => {}
            kind if kind.is_dir() => copy(&path, &to.join(name)),
            _ => _ = std::fs::copy(&path, to.join(name)).unwrap(),
        }
    }
}

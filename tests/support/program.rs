use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A binary of the workspace, built with this test by `--all-targets`.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let folder = test.ancestors().nth(2).expect("target/PROFILE/deps");
    let binary = folder.join(name);
    assert!(binary.exists(), "{} is missing: cargo build --workspace --all-targets first", binary.display());
    binary
}

/// The program on a data folder of its own, with nothing of the caller's environment.
pub struct Topdown {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a command left.
pub struct Finished {
    /// Exit code; -1 for a signal.
    pub code: i32,
    /// Results.
    pub stdout: String,
    /// Progress and errors.
    pub stderr: String,
}

impl Default for Topdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Topdown {
    /// The program on an empty data folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, variables: Vec::new() }
    }

    /// With a variable of the environment.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The command, in the folder above the data folder, so that `data` is where it looks by itself.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary("topdown"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command to its end; one that hangs is ended after two minutes and fails the test.
    pub fn run(&self, arguments: &[&str]) -> Finished {
        let inner = self.command(arguments);
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "120"]).arg(inner.get_program()).args(inner.get_args());
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().expect("the program starts");
        assert_ne!(output.status.code(), Some(124), "{arguments:?} hangs");
        Finished {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs the command, which must succeed, and reads its one JSON object.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let finished = self.run(arguments);
        assert_eq!(finished.code, 0, "{arguments:?}\n{}{}", finished.stdout, finished.stderr);
        serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{e}: {}", finished.stdout))
    }

    /// The bytes of an artifact.
    pub fn cat(&self, uri: &str) -> Vec<u8> {
        let output = self.command(&["cat", uri]).output().expect("the program starts");
        assert!(output.status.success(), "cat {uri}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// An artifact that is JSON.
    pub fn cat_json(&self, uri: &str) -> Value {
        serde_json::from_slice(&self.cat(uri)).unwrap_or_else(|e| panic!("{uri}: {e}"))
    }

    /// A file below the folder the command runs in.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }
}

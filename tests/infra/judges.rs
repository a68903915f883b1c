//! Programs of others that say whether a file is what it should be.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tests::{left_out, repository};

use super::terraform::{target, text};

/// Folder of the programs, installed at first use; `None`, and one line, where that cannot be.
pub(super) fn judges(test: &str) -> Option<&'static Path> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let mut command = Command::new("bash");
        command.arg(repository().join("tests/peers/setup.sh")).arg(target().join("judges"));
        command.arg(repository().join("tests/infra/requirements.txt"));
        let output = command.output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(text(&output).trim().to_owned());
        }
        let python = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Path::new(&python).parent().unwrap().to_owned())
    });
    match made {
        Ok(folder) => Some(folder),
        Err(why) => {
            left_out(test, why);
            None
        }
    }
}

/// Runs one, in the repository; what it said if it found something.
pub(super) fn judged(program: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(repository()).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(text(&output)) }
}

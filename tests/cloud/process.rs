use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;
use tests::binary;
use tokio::time::Instant;

/// Longest wait for a line of a log: a backfill into an emulator is the slowest thing that is waited for.
const PATIENCE: Duration = Duration::from_secs(180);

/// A function as a process. It is killed when it is dropped.
pub(super) struct Function {
    child: Child,
    name: String,
    lines: Arc<(Mutex<Vec<String>>, Condvar)>,
}

impl Function {
    /// Starts the function's binary with nothing in its environment but `variables`.
    pub(super) fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary(name));
        command.env_clear().envs(variables.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the function starts");
        let lines = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let (log, kept) = (child.stderr.take().expect("a pipe"), lines.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                kept.0.lock().unwrap().push(line);
                kept.1.notify_all();
            }
        });
        Self { child, name: name.to_owned(), lines }
    }

    /// `HOST:PORT`, once it listens.
    pub(super) fn address(&self) -> String {
        let line = self.waits_for("\"ready\"");
        let line: Value =
            serde_json::from_str(&line).unwrap_or_else(|e| panic!("{}: {e}: {line}", self.name));
        let address = line["address"].as_str().unwrap_or_else(|| panic!("{}: {line}", self.name));
        address.replace("0.0.0.0", "127.0.0.1")
    }

    /// The first line that holds `part`, as soon as it is written.
    pub(super) fn waits_for(&self, part: &str) -> String {
        self.waits_for_after(0, part).1
    }

    /// The first line after so many that holds `part`, and its number.
    pub(super) fn waits_for_after(&self, after: usize, part: &str) -> (usize, String) {
        let until = Instant::now() + PATIENCE;
        let mut lines = self.lines.0.lock().unwrap();
        loop {
            let found = lines.iter().enumerate().skip(after).find(|(_, line)| line.contains(part));
            if let Some((at, line)) = found {
                return (at + 1, line.clone());
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} never says {part}:\n{}", self.name, lines.join("\n"));
            lines = self.lines.1.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// Every line so far.
    pub(super) fn log(&self) -> Vec<String> {
        self.lines.0.lock().unwrap().clone()
    }

    /// Waits until it has been killed.
    pub(super) fn dies(&mut self) {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(self.child.wait().expect("it ends").signal(), Some(9), "{}", self.name);
    }

    /// Waits until it ends by itself; answers its exit code.
    pub(super) fn ends(&mut self) -> Option<i32> {
        self.child.wait().expect("it ends").code()
    }

    /// Asks it to stop; answers its exit code.
    pub(super) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill starts").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tests::binary;
use tokio::time::Instant;

/// Longest wait for a line of a log: a backfill into an emulator is the slowest thing that is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

/// A function as a process. It is killed when it is dropped.
pub(super) struct Function {
    child: Child,
    name: String,
    log: Arc<(Mutex<Log>, Condvar)>,
}

/// What a function has written.
#[derive(Default)]
struct Log {
    lines: Vec<String>,
    /// Whether no more can come: the process has ended.
    ended: bool,
}

impl Function {
    /// Starts the function's binary with nothing in its environment but `variables`.
    pub(super) fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary(name));
        command.env_clear().envs(variables.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the function starts");
        let log = Arc::new((Mutex::new(Log::default()), Condvar::new()));
        let (written, kept) = (child.stderr.take().expect("a pipe"), log.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(written).lines().map_while(Result::ok) {
                kept.0.lock().unwrap_or_else(PoisonError::into_inner).lines.push(line);
                kept.1.notify_all();
            }
            kept.0.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
            kept.1.notify_all();
        });
        Self { child, name: name.to_owned(), log }
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
        self.waits(&format!("says {part}"), |log| {
            let found = log.lines.iter().enumerate().skip(after).find(|(_, line)| line.contains(part));
            found.map(|(at, line)| (at + 1, line.clone()))
        })
    }

    /// Looks at the log whenever it changes.
    fn waits<T>(&self, what: &str, look: impl Fn(&Log) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut log = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(found) = look(&log) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !log.ended, "{} never {what}:\n{}", self.name, log.lines.join("\n"));
            log = self.log.1.wait_timeout(log, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn status(&mut self) -> ExitStatus {
        self.waits("ends", |log| log.ended.then_some(()));
        self.child.wait().expect("it ends")
    }

    /// Every line so far.
    pub(super) fn log(&self) -> Vec<String> {
        self.log.0.lock().unwrap_or_else(PoisonError::into_inner).lines.clone()
    }

    /// Waits until it has been killed.
    pub(super) fn dies(&mut self) {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(self.status().signal(), Some(9), "{}", self.name);
    }

    /// Waits until it ends by itself; answers its exit code.
    pub(super) fn ends(&mut self) -> Option<i32> {
        self.status().code()
    }

    /// Asks it to stop; answers its exit code.
    pub(super) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill starts").success());
        self.status().code()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

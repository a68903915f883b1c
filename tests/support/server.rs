use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::Topdown;

/// `topdown serve` as a process. It is killed when it is dropped.
pub struct Server {
    child: Child,
    /// Where it answers.
    pub address: SocketAddr,
    /// The address that lets a browser in.
    pub entrance: String,
    stderr: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it with a look every second and, by the shell, at most so many open files; waits until it answers.
    pub fn start(topdown: &Topdown, files: u32) -> Self {
        Self::start_with(topdown, files, &["--catalog", "catalog"])
    }

    /// The same with these arguments.
    pub fn start_with(topdown: &Topdown, files: u32, arguments: &[&str]) -> Self {
        let own = ["serve", "--port", "0", "--tick", "1"];
        let serve = topdown.command(&[&own, arguments].concat());
        let mut command = Command::new("bash");
        command.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "bash"]);
        command
            .arg(serve.get_program())
            .args(serve.get_args())
            .current_dir(serve.get_current_dir().expect("a test's own process"));
        command.env_clear().envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a test's own process");
        let stderr = Arc::new(Mutex::new(String::new()));
        let (mut from, to) =
            (BufReader::new(child.stderr.take().expect("a test's own process")), stderr.clone());
        std::thread::spawn(move || {
            let mut line = String::new();
            while from.read_line(&mut line).is_ok_and(|read| read > 0) {
                to.lock().expect("a test's own process").push_str(&std::mem::take(&mut line));
            }
        });
        let mut output = BufReader::new(child.stdout.take().expect("a test's own process"));
        let mut line = || {
            let mut line = String::new();
            output.read_line(&mut line).expect("a test's own process");
            line.trim().to_owned()
        };
        let (first, second) = (line(), line());
        let said = || panic!("{first} {second}{}", stderr.lock().expect("a test's own process"));
        let address = first.strip_prefix("serving on http://").unwrap_or_else(said);
        let entrance = second.strip_prefix("open ").unwrap_or_else(said).to_owned();
        Self { address: address.parse().expect("a test's own process"), entrance, child, stderr }
    }

    /// What it wrote to stderr.
    pub fn said(&self) -> String {
        self.stderr.lock().expect("a test's own process").clone()
    }

    /// Waits for something, a minute at most.
    pub fn until<T>(&mut self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = found() {
                return found;
            }
            let ended = self.child.try_wait().expect("a test's own process");
            assert!(ended.is_none(), "{what}: it ended with {ended:?}: {}", self.said());
            assert!(begun.elapsed() < Duration::from_secs(60), "{what}: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until it has written that.
    pub fn until_said(&mut self, what: &str) {
        let stderr = self.stderr.clone();
        self.until(what, || stderr.lock().expect("a test's own process").contains(what).then_some(()));
    }

    /// What it answers to a request for its root.
    pub fn get(&self) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a test's own process");
        write!(stream, "GET / HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).expect("a test's own process");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("a test's own process");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! The process keeps its memory to itself, and a panic says where it was, never what it held.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use tests::{binary, left_out, repository};

use super::bench::{DEMO, collected, killed};

/// Starts a command under no limit of core dumps and waits until it has said something.
fn started(script: &str, folder: &std::path::Path) -> Child {
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit -c unlimited; {script}")]).current_dir(folder);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("OPENAI_API_KEY", "canary-of-the-environment");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "{script} says that it has started");
    child
}

fn abort(mut child: Child) -> ExitStatus {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-ABRT", &pid]).status().unwrap().success());
    child.wait().unwrap()
}

#[test]
fn an_abort_leaves_no_core() {
    let folder = tempfile::tempdir().unwrap();
    let child = started(&format!("exec {} sim", binary("topdown").display()), folder.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"], "{core}");
    let status = abort(child);
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was left");

    // the same on a program that does nothing against it
    let other = started("echo started; exec sleep 60", folder.path());
    if !abort(other).core_dumped() {
        left_out("an_abort_leaves_no_core", "this machine keeps no cores, so there is no counterexample");
    }
}

/// Reads a process's environment as an ordinary user, who is also the process's own.
fn environment(script: &str) -> Option<Result<Vec<u8>, String>> {
    let folder = tempfile::tempdir().unwrap();
    let root =
        std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0).unwrap();
    let user = if root { "setpriv --reuid=65534 --regid=65534 --clear-groups" } else { "" };
    let mut child = started(&format!("exec {user} {script}"), folder.path());
    let reader = format!("{user} cat /proc/{}/environ", child.id());
    let output = Command::new("bash").args(["-c", &reader]).output().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    if output.status.success() {
        return Some(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if said.contains("setpriv") {
        return None;
    }
    Some(Err(said))
}

#[test]
fn the_environment_is_closed_to_its_own_user() {
    let Some(other) = environment("bash -c 'echo started; exec sleep 60'") else {
        return left_out("the_environment_is_closed_to_its_own_user", "cannot become another user");
    };
    let canary = b"canary-of-the-environment";
    let open = other.unwrap();
    assert!(open.windows(canary.len()).any(|part| part == canary), "the reader reads what is open");
    let program = format!("{} sim", binary("topdown").display());
    let closed = environment(&program).unwrap().unwrap_err();
    assert!(closed.contains("Permission denied"), "{closed}");
}

const CANARY: &str = "canary in the words of a panic";

/// A panic wherever it happens: the place is printed, its words are not, the exit code says it, nothing hangs, the
/// run can go on.
#[test]
fn a_panic_prints_its_place_alone() {
    // the first is in the command's own task, the others in those of functions
    for place in ["journal.create-run", "claim.before", "call.answered", "commit.after"] {
        let topdown = collected();
        let died = killed(&topdown, DEMO, &format!("{place}=1*panic({CANARY})"));
        assert!(died.code > 0 && died.code < 128, "{place}: {}", died.code);
        assert!(died.stderr.contains("topdown met a fault of its own"), "{place}: {}", died.stderr);
        assert!(died.stderr.contains("/src/") && died.stderr.contains(".rs:"), "{place}: {}", died.stderr);
        assert!(!died.stderr.contains(CANARY) && !died.stdout.contains(CANARY), "{place}: {}", died.stderr);
        let run = topdown.json(DEMO);
        assert_eq!(run["status"], "done", "{place}: the next command goes on");
    }
}

/// What people are given has no fail points: they come with the tests alone.
#[test]
fn the_program_by_itself_has_no_fail_points() {
    let tree = |package: &str, edges: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["tree", "--locked", "--offline", "-p", package, "-e", edges, "--prefix", "none"]);
        let output = cargo.current_dir(repository()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let has_them = |tree: String| tree.lines().any(|line| line.starts_with("fail v"));
    assert!(!has_them(tree("local", "normal")));
    assert!(has_them(tree("tests", "normal,dev")), "the search finds them where they are");
}

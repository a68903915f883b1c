//! A disk that is full, fails, may not be written or is somebody else's: the message names it, and once that is
//! mended the same command ends the run as if nothing had happened.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use platform_local::{Access, Local};
use tests::{Finished, Topdown, binary, left_out};

use super::bench::{DEMO, collected, database, finish, left, under_timeout, undisturbed};

/// Runs a shell script in the program's folder as root of a user namespace of its own, so that it may mount.
/// `None`, and one line, where the machine does not allow that.
fn as_root_of_its_own(topdown: &Topdown, test: &str, script: &str) -> Option<Finished> {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]).arg(binary("topdown")).args(DEMO);
    command.current_dir(topdown.path("")).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    let finished = finish(&mut under_timeout(&command));
    if finished.code == 127 || finished.stderr.contains("unshare: ") {
        left_out(test, finished.stderr.trim());
        return None;
    }
    Some(finished)
}

/// Ends the run by the same command on a sound disk.
fn goes_on(topdown: &Topdown, after: &str) {
    let run = topdown.json(DEMO);
    assert!(left(topdown, &run) == *undisturbed(), "{after}: the run differs from an undisturbed one");
}

/// The script puts the data folder on a disk of its own with `free` kilobytes left, starts the program, and brings
/// back what it wrote.
fn full(free: u32) {
    let test = "a_full_disk_loses_nothing";
    let topdown = collected();
    let script = format!(
        "set -e; mkdir disk; mount -t tmpfs -o size=64m tmpfs disk; cp -a data/. disk/; rm -r data; \
         fallocate -l $(( $(df --output=avail -k disk | tail -n 1) - {free} ))K disk/ballast; \
         mkdir data; mount --bind disk data; set +e; \"$@\"; code=$?; set -e; \
         umount data; rm disk/ballast; cp -a disk/. data/; exit $code"
    );
    let Some(finished) = as_root_of_its_own(&topdown, test, &script) else { return };
    assert_eq!(finished.code, 1, "{free} kB: {}{}", finished.stdout, finished.stderr);
    assert!(finished.stderr.contains("disk full in "), "{free} kB: {}", finished.stderr);
    assert!(finished.stderr.contains("free some space"), "{}", finished.stderr);
    assert!(finished.stderr.contains("give the same command again"), "{}", finished.stderr);
    assert!(finished.stdout.is_empty(), "no result: {}", finished.stdout);
    goes_on(&topdown, &format!("{free} kB"));
}

#[test]
fn a_full_disk_loses_nothing() {
    for free in [0, 24, 64, 128, 256, 384] {
        full(free);
    }
}

/// One call of the system fails, the n-th of its kind in some thread. False if no thread came that far, `None`, and one
/// line, where the machine does not allow it.
pub(super) fn fails(test: &str, call: &str, error: &str, nth: u32) -> Option<bool> {
    let topdown = collected();
    let inner = topdown.command(DEMO);
    let mut command = Command::new("strace");
    command.args(["-f", "-y", "--seccomp-bpf", "-o", "trace", "-e", &format!("trace={call}")]);
    command.args(["-e", &format!("inject={call}:error={error}:when={nth}")]);
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(topdown.path(""));
    let finished = match command.env("PATH", "/usr/bin:/bin").output() {
        Ok(output) => (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => {
            left_out(test, &format!("needs strace: {error}"));
            return None;
        }
    };
    let traced = std::fs::read_to_string(topdown.path("trace")).unwrap_or_default();
    if !traced.contains("+++ exited") {
        left_out(test, &format!("strace may not trace here: {}", finished.1));
        return None;
    }
    let case = format!("{call} number {nth} with {error}");
    let (code, stderr) = finished;
    if !traced.contains("(INJECTED)") {
        assert_eq!(code, Some(0), "{case}: {stderr}");
        return Some(false);
    }
    let met = traced.lines().find(|line| line.contains("(INJECTED)")).unwrap();
    if met.contains("topdown.sqlite") && code == Some(0) {
        // the log is copied into the database now and then; what was committed is in the log already, and stays there
        goes_on(&topdown, &case);
        return Some(true);
    }
    assert_eq!(code, Some(1), "{case}: {stderr}");
    assert!(stderr.contains("error: ") && stderr.contains("  where  data"), "{case}: {stderr}");
    goes_on(&topdown, &case);
    Some(true)
}

#[test]
fn a_failing_sync_loses_nothing() {
    let met = [1, 4, 12, 25, 45].map(|nth| fails("a_failing_sync_loses_nothing", "fsync", "EIO", nth));
    assert!(met[..3].iter().all(|met| met.unwrap_or(true)), "{met:?}");
}

#[test]
fn a_failing_write_or_name_loses_nothing() {
    let test = "a_failing_write_or_name_loses_nothing";
    let met = [
        ("pwrite64", "ENOSPC", 3),
        ("linkat", "EIO", 2),
        ("mkdir", "EROFS", 1),
        ("pwrite64", "EIO", 60),
        ("linkat", "ENOSPC", 6),
    ]
    .map(|(call, error, nth)| fails(test, call, error, nth));
    assert!(met[..3].iter().all(|met| met.unwrap_or(true)), "{met:?}");
}

#[test]
fn what_may_not_be_written_can_still_be_read() {
    let test = "what_may_not_be_written_can_still_be_read";
    let topdown = collected();
    let run = topdown.json(DEMO);
    let id = run["run_id"].as_str().unwrap();
    let program = binary("topdown");
    let script = |arguments: &str| {
        format!(
            "mount --bind data data && mount -o remount,ro,bind data && exec {} {arguments}",
            program.display()
        )
    };
    let Some(written) = as_root_of_its_own(&topdown, test, &script("demo")) else { return };
    assert_eq!(written.code, 1);
    assert!(written.stderr.contains("data/lock: Read-only file system"), "{}", written.stderr);
    let shown = as_root_of_its_own(&topdown, test, &script(&format!("show {id} --json"))).unwrap();
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let shown: serde_json::Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(shown["steps"], run["steps"]);
    let uri = run["steps"][0]["gcs_uri"].as_str().unwrap();
    let bytes = as_root_of_its_own(&topdown, test, &script(&format!("cat {uri}"))).unwrap();
    assert_eq!(bytes.stdout.as_bytes(), topdown.cat(uri));
}

#[test]
fn a_second_writer_is_told_who_is_first() {
    let topdown = collected();
    let first = Local::open(&topdown.data(), Access::Write, "http://127.0.0.1:8377").unwrap();
    let second = topdown.run(DEMO);
    assert_eq!(second.code, 1);
    let last: Vec<&str> = second.stderr.lines().rev().take(3).collect();
    let error = format!("error: the data folder is in use by another topdown (pid {})", std::process::id());
    assert_eq!(last, ["  do     stop it, or pass another --data DIR", "  where  data", error.as_str()]);
    let reader = topdown.run(&["runs"]);
    assert_eq!(reader.code, 0, "reading goes on: {}", reader.stderr);
    drop(first);
    goes_on(&topdown, "a second writer");
}

/// Another program holds the database itself: it is waited for, five seconds, and then named as in use.
#[test]
fn a_locked_database_is_waited_for_and_then_said_to_be_in_use() {
    let topdown = collected();
    let other = database(&topdown);
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = topdown.run(DEMO);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("the data folder is in use"), "{}", refused.stderr);
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    goes_on(&topdown, "a locked database");
}

/// Another program takes the database in the middle of a run and gives it back: soon, or not before the run has ended.
#[test]
fn a_lock_in_the_middle_of_a_run_is_waited_for_or_named() {
    // it is waited for five seconds
    for (held, code) in [(Some(Duration::from_secs(4)), 0), (None, 1)] {
        let topdown = collected();
        let mut command = under_timeout(&topdown.command(DEMO));
        // it gives way to the other before the first claim
        command.env("FAILPOINTS", "claim.before=1*sleep(1500)");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let begun = lines.by_ref().any(|line| line.unwrap().contains("collect"));
        assert!(begun, "the candles are there, and the run begins");
        let other = database(&topdown);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        if let Some(held) = held {
            // how long it is held is the fault itself
            std::thread::sleep(held);
            other.execute_batch("ROLLBACK").unwrap();
        }
        let said: Vec<String> = lines.map(Result::unwrap).collect();
        let status = child.wait().unwrap();
        drop(other);
        assert_eq!(status.code(), Some(code), "held {held:?}: {said:?}");
        let in_use = said.iter().any(|line| line.contains("the data folder is in use"));
        assert_eq!(in_use, code == 1, "held {held:?}: {said:?}");
        goes_on(&topdown, &format!("a lock held for {held:?}"));
    }
}

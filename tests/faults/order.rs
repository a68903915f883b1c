//! What a power cut must not undo is on the disk before anything relies on it: the order of calls to the system.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::json;
use tests::{figure, left_out};

use super::bench::{DEMO, collected};

/// The calls of a demo by thread, in order, with the paths of their files: an artifact is one thread's from its
/// first byte to its commit, and what others do meanwhile does not matter.
fn trace(test: &str) -> Option<Vec<Vec<String>>> {
    let topdown = collected();
    let inner = topdown.command(DEMO);
    let mut command = Command::new("strace");
    // -s 0: what is written is nobody's business here
    command.args(["-f", "--seccomp-bpf", "-y", "-s", "0", "-o", "trace"]);
    command.args(["-e", "trace=write,pwrite64,fsync,fdatasync,link,linkat,rename,mkdir,openat"]);
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(topdown.path(""));
    if let Err(error) = command.env("PATH", "/usr/bin:/bin").output() {
        left_out(test, &format!("needs strace: {error}"));
        return None;
    }
    let text = std::fs::read_to_string(topdown.path("trace")).unwrap_or_default();
    if !text.contains("+++ exited with 0 +++") {
        left_out(test, "strace may not trace here");
        return None;
    }
    let mut threads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (thread, call) in text.lines().filter_map(|line| line.split_once(' ')) {
        if !call.contains("= -1") {
            threads.entry(thread).or_default().push(call.trim().to_owned());
        }
    }
    Some(threads.into_values().collect())
}

/// Where the first call after `from` is that starts with `name` and holds `text`.
fn after(calls: &[String], from: usize, name: &str, text: &str) -> Option<usize> {
    let found = calls.iter().skip(from).position(|call| call.starts_with(name) && call.contains(text));
    found.map(|index| from + index)
}

/// What was wrong with the artifact that is named at `link`, if anything.
fn out_of_order(calls: &[String], link: usize) -> Option<String> {
    // linkat(AT_FDCWD, "data/unfinished/71-3", AT_FDCWD, "data/runs/r-1/1M-ohlcv.json", 0) = 0
    let names: Vec<&str> = calls[link].split('"').skip(1).step_by(2).collect();
    let [unfinished, name] = names[..] else { return Some(format!("{}: no names", calls[link])) };
    let folder = name.rsplit_once('/').unwrap().0;
    let file = format!("/{unfinished}>");
    let quoted = format!("\"{unfinished}\"");
    let opened = calls[..link].iter().rposition(|call| call.starts_with("openat") && call.contains(&quoted));
    let Some(opened) = opened else { return Some(format!("{name} was never opened")) };
    let Some(written) = after(calls, opened, "write", &file).filter(|at| *at < link) else {
        return Some(format!("{name} is named before it is written"));
    };
    let last_write = calls[..link].iter().rposition(|call| call.starts_with("write") && call.contains(&file));
    let Some(synced) = after(calls, last_write.unwrap_or(written), "fsync", &file).filter(|at| *at < link)
    else {
        return Some(format!("{name} is named before it is synced"));
    };
    // the row is the next write to the database's log, and its sync makes it true
    let Some(commit) = after(calls, link, "pwrite64", "topdown.sqlite-wal>") else {
        return Some(format!("{name} is never committed"));
    };
    let Some(folder_synced) = after(calls, link, "fsync", &format!("/{folder}>")).filter(|at| *at < commit)
    else {
        return Some(format!("{name} is committed before its folder is synced"));
    };
    let row_synced = after(calls, commit, "fsync", "topdown.sqlite-wal>")
        .or_else(|| after(calls, commit, "fdatasync", "topdown.sqlite-wal>"));
    if row_synced.is_none() {
        return Some(format!("the row of {name} is never synced"));
    }
    assert!(opened < written && synced < link && link < folder_synced);
    None
}

#[test]
fn every_artifact_is_written_synced_named_synced_committed() {
    let test = "every_artifact_is_written_synced_named_synced_committed";
    let Some(threads) = trace(test) else { return };
    let mut seen = 0;
    for calls in &threads {
        let named = |call: &String| call.starts_with("link") && call.contains("unfinished");
        let links: Vec<usize> = (0..calls.len()).filter(|at| named(&calls[*at])).collect();
        for link in &links {
            assert_eq!(out_of_order(calls, *link), None);
        }
        seen += links.len();
        // the search finds each planted disorder
        if let Some(link) = links.first() {
            for (name, text) in [("fsync", "/unfinished/"), ("fsync", "/data/"), ("write", "/unfinished/")] {
                let mut planted = calls.clone();
                for call in planted.iter_mut().filter(|call| call.starts_with(name) && call.contains(text)) {
                    *call = "gone()".to_owned();
                }
                assert!(planted != *calls && out_of_order(&planted, *link).is_some(), "no {name} {text}");
                figure("mistakes", &json!({ "planted": 1, "caught": 1 }));
            }
        }
    }
    // eight files of the catalog, two times two of candles, four charts, two times three of reports, two pages
    assert_eq!(seen, 24);
    figure("page_cache", &json!({ "artifacts": seen, "out_of_order": 0 }));
}

#[test]
fn a_new_folder_is_synced_into_the_one_above() {
    let Some(threads) = trace("a_new_folder_is_synced_into_the_one_above") else { return };
    let mut seen = 0;
    for calls in &threads {
        for (at, call) in calls.iter().enumerate().filter(|(_, call)| call.starts_with("mkdir")) {
            let name = call.split('"').nth(1).unwrap();
            let Some((above, own)) = name.rsplit_once('/').filter(|(_, own)| *own != "unfinished") else {
                continue;
            };
            let link = after(calls, at, "link", &format!("/{own}/")).expect("something is put into it");
            let synced = after(calls, at, "fsync", &format!("/{above}>"));
            assert!(synced.is_some_and(|synced| synced < link), "{name} may vanish with what is in it");
            seen += 1;
        }
    }
    assert!(seen >= 6, "catalog, runs, the run's own, paid, the vendor's, pages: {seen}");
}

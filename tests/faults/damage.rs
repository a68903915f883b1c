//! Bytes that are not those that were written: never served, named, and survived by everything that does not need
//! them.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use domain::{CandleRevision, RunId, Sha256Hex, Timeframe};
use platform_local::{Access, Local};
use serde_json::Value;
use storage::{ArtifactStore, CandleQuery, CandleStore, Journal, ReportStore, StoreError};
use tests::Topdown;

use super::bench::{DEMO, KILLED, collected, copy, database, killed, left, undisturbed};
use super::random::Random;

fn reader(data: &Path) -> Local {
    Local::open(data, Access::Read, "http://127.0.0.1:8377").unwrap()
}

/// Every way a file of these bytes can be torn that is tried here.
fn torn(bytes: &[u8]) -> Vec<Vec<u8>> {
    let flipped = |at: usize| {
        let mut other = bytes.to_vec();
        other[at] ^= 1;
        other
    };
    let mut doubled = bytes.to_vec();
    doubled.push(b' ');
    let whole = bytes.len();
    vec![
        Vec::new(),
        bytes[..1].to_vec(),
        bytes[..whole / 2].to_vec(),
        bytes[..whole - 1].to_vec(),
        flipped(0),
        flipped(whole / 3),
        flipped(whole - 1),
        doubled,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_torn_artifact_is_served() {
    let topdown = tokio::task::block_in_place(collected);
    let run = tokio::task::block_in_place(|| topdown.json(DEMO));
    let local = reader(&topdown.data());
    for step in run["steps"].as_array().unwrap() {
        let uri = step["gcs_uri"].as_str().unwrap();
        let file = file(&topdown, uri);
        let bytes = std::fs::read(&file).unwrap();
        for other in torn(&bytes) {
            std::fs::write(&file, &other).unwrap();
            let read = local.artifacts.get(uri).await;
            assert!(matches!(read, Err(StoreError::Damaged { .. })), "{uri}, {} bytes", other.len());
        }
        std::fs::remove_file(&file).unwrap();
        assert!(
            matches!(local.artifacts.get(uri).await, Err(StoreError::Damaged { .. })),
            "{uri} is missing"
        );
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(local.artifacts.get(uri).await.unwrap(), bytes, "{uri} as it was");
    }
}

fn file(topdown: &Topdown, uri: &str) -> PathBuf {
    topdown.data().join(uri.strip_prefix("gs://local/").unwrap())
}

#[test]
fn a_damaged_report_is_named_and_not_shown() {
    let topdown = collected();
    let run = topdown.json(DEMO);
    let week = run["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1w-report").unwrap();
    let uri = week["gcs_uri"].as_str().unwrap();
    std::fs::write(file(&topdown, uri), b"{}").unwrap();
    for arguments in [&["cat", uri][..], &["show", run["run_id"].as_str().unwrap()], DEMO] {
        let finished = topdown.run(arguments);
        assert_eq!(finished.code, 1, "{arguments:?}");
        assert!(finished.stdout.is_empty(), "{arguments:?}: {}", finished.stdout);
        let says = finished.stderr.contains(uri) && finished.stderr.contains("is damaged");
        assert!(says && finished.stderr.contains("new run"), "{arguments:?}: {}", finished.stderr);
    }
}

/// One damaged report is named beside the list, which goes on.
#[test]
fn a_list_of_runs_goes_on_past_a_damaged_report() {
    let topdown = collected();
    let run = topdown.json(DEMO);
    let other: Vec<&str> = DEMO.iter().copied().chain(["--lang", "ru"]).collect();
    let other = topdown.json(&other);
    let week = other["steps"].as_array().unwrap().iter().find(|step| step["step_id"] == "1w-report").unwrap();
    let uri = week["gcs_uri"].as_str().unwrap();
    std::fs::write(file(&topdown, uri), b"{}").unwrap();
    let listed = topdown.run(&["runs"]);
    assert_eq!(listed.code, 0, "{}", listed.stderr);
    let row = |run: &Value| {
        let id = run["run_id"].as_str().unwrap();
        listed
            .stdout
            .lines()
            .find(|line| line.starts_with(id))
            .unwrap_or_else(|| panic!("{id}: {}", listed.stdout))
    };
    assert!(row(&other).ends_with("damaged"), "{}", listed.stdout);
    assert!(row(&run).contains("1w ") && row(&run).contains('$'), "{}", listed.stdout);
    let says = |text: &str| assert!(listed.stderr.contains(text), "{text}: {}", listed.stderr);
    says(uri);
    says(other["run_id"].as_str().unwrap());
    assert_eq!(listed.stderr.matches("error: ").count(), 1, "{}", listed.stderr);
}

/// Damage in the middle of a run ends it, with the reason, and holds up no other run.
#[test]
fn a_damaged_input_fails_its_run_and_no_other() {
    for (points, folder, name) in [
        ("commit.after=1*off->return", "runs", "1w-series.json"),
        ("commit.after=6*off->return", "runs", "1w-ohlcv.json"),
        ("commit.after=6*off->return", "runs", "1M-report.json"),
        ("journal.run-created=return", "catalog", ""),
    ] {
        let topdown = collected();
        assert_eq!(killed(&topdown, DEMO, points).code, KILLED);
        for file in files(&topdown.data().join(folder)) {
            if file.ends_with(name) || name.is_empty() {
                std::fs::write(file, b"damaged").unwrap();
            }
        }
        let finished = topdown.run(DEMO);
        // without its series there is no chart and no page; the reports are written all the same
        assert_eq!(finished.code, 1, "{name}: {}", finished.stderr);
        let (run, steps) = documents(&topdown);
        assert_eq!(run["status"], "failed", "{name}");
        let reasons = steps.iter().filter_map(|step| step["reason"].as_str());
        let damaged = reasons.filter(|reason| reason.contains("is damaged")).count();
        assert!(damaged > 0, "{name}: {steps:?}");
        // a run that needs none of it is not held up; what is the same is written again
        let other: Vec<&str> = DEMO.iter().copied().chain(["--lang", "ru"]).collect();
        let other = topdown.json(&other);
        assert_eq!(other["status"], "done", "{name}: {other}");
    }
}

/// What a browser is given is what was written.
#[test]
fn a_page_that_is_not_as_it_was_written_is_not_opened() {
    let topdown = collected();
    let run = topdown.json(DEMO);
    let page = PathBuf::from(run["page"].as_str().unwrap());
    let page = if page.is_absolute() { page } else { topdown.path("").join(page) };
    let bin = topdown.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let script = format!("#!/bin/sh\necho \"$1\" >> '{}'\n", bin.join("opened").display());
    for name in ["xdg-open", "open"] {
        std::fs::write(bin.join(name), &script).unwrap();
        std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let person = topdown.with("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    let open = || person.run(&["open", run["run_id"].as_str().unwrap()]);
    let opened = || std::fs::read_to_string(bin.join("opened")).unwrap_or_default().lines().count();
    assert_eq!((open().code, opened()), (0, 1));
    std::fs::write(&page, "<script>planted</script>").unwrap();
    let refused = open();
    assert_eq!((refused.code, opened()), (1, 1), "{}", refused.stderr);
    assert!(refused.stderr.contains("damaged"), "{}", refused.stderr);
    std::fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &page).unwrap();
    assert_eq!((open().code, opened()), (1, 1));
    std::fs::remove_file(&page).unwrap();
    assert_eq!((open().code, opened()), (1, 1));
}

/// A document of an unfinished run that is no document any more: the run is named and left, and holds up no other.
#[test]
fn a_damaged_unfinished_run_is_named_and_left() {
    for (table, damage) in [
        ("runs", "UPDATE runs SET document = 'garbage'"),
        ("runs", "UPDATE runs SET document = replace(document, 'BTCUSDT', 'BTCUSDX')"),
        ("steps", "UPDATE steps SET document = 'garbage' WHERE number = (SELECT max(number) FROM steps)"),
    ] {
        let topdown = collected();
        assert_eq!(killed(&topdown, DEMO, "commit.after=5*off->return").code, KILLED);
        let id: String =
            database(&topdown).query_row("SELECT run_id FROM runs", [], |row| row.get(0)).unwrap();
        database(&topdown).execute(damage, []).unwrap();
        let other: Vec<&str> = DEMO.iter().copied().chain(["--lang", "ru"]).collect();
        let finished = topdown.run(&other);
        assert_eq!(finished.code, 0, "{damage}: {}", finished.stderr);
        assert!(finished.stderr.contains(&id) && finished.stderr.contains("damaged"), "{}", finished.stderr);
        let same = topdown.run(DEMO);
        assert_eq!(same.code, 1, "{damage}: {}", same.stderr);
        assert!(same.stderr.contains("damaged"), "{damage}: {}", same.stderr);
        if table == "runs" {
            let listed = topdown.run(&["runs"]);
            assert!(listed.stderr.contains(&id), "{}", listed.stderr);
        }
    }
}

/// The one run of a data folder and its steps, read past the program.
fn documents(topdown: &Topdown) -> (Value, Vec<Value>) {
    let database = database(topdown);
    let read = |sql: &str| -> Vec<Value> {
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
    };
    (read("SELECT document FROM runs").remove(0), read("SELECT document FROM steps"))
}

/// Files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The log of a killed process, torn: what is behind the tear never happened, and the run goes on from before it.
#[test]
fn a_torn_log_is_an_earlier_kill() {
    let dead = collected();
    assert_eq!(killed(&dead, DEMO, "commit.before=7*off->return").code, KILLED);
    let log = std::fs::read(dead.data().join("topdown.sqlite-wal")).unwrap();
    // the frames of the run are the last ones of a log that collection began
    for (name, from_end) in
        [("flipped", 300), ("flipped", 40_000), ("cut", 1), ("cut", 9_000), ("cut", 60_000)]
    {
        let topdown = super::bench::program();
        copy(&dead.data(), &topdown.data());
        let mut torn = log.clone();
        let at = torn.len() - from_end;
        if name == "cut" {
            torn.truncate(at)
        } else {
            torn[at] ^= 0x10
        }
        std::fs::write(topdown.data().join("topdown.sqlite-wal"), torn).unwrap();
        // the index beside the log is the kernel's memory of it: gone after a power cut
        std::fs::remove_file(topdown.data().join("topdown.sqlite-shm")).unwrap();
        let run = topdown.json(DEMO);
        let found = left(&topdown, &run);
        let wanted = undisturbed();
        assert_eq!(found.rows, wanted.rows, "{name} {from_end}");
        assert!(found.artifacts == wanted.artifacts, "{name} {from_end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_database_is_an_error_that_says_what_to_do() {
    let topdown = tokio::task::block_in_place(collected);
    let run = tokio::task::block_in_place(|| topdown.json(DEMO));
    let id = run["run_id"].as_str().unwrap();
    let whole = std::fs::read(topdown.data().join("topdown.sqlite")).unwrap();
    for keep in [100, 4_096, 20_000, whole.len() / 2, whole.len() - 4_096] {
        std::fs::write(topdown.data().join("topdown.sqlite"), &whole[..keep]).unwrap();
        let shown = tokio::task::block_in_place(|| topdown.run(&["show", id]));
        assert_eq!(shown.code, 1, "{keep} bytes: {}{}", shown.stdout, shown.stderr);
        assert!(shown.stdout.is_empty(), "{keep}: {}", shown.stdout);
        assert!(shown.stderr.contains("topdown.sqlite is damaged"), "{keep}: {}", shown.stderr);
        assert!(shown.stderr.contains("move the data folder away"), "{keep}: {}", shown.stderr);
    }
    std::fs::write(topdown.data().join("topdown.sqlite"), b"this is no database at all, but long enough")
        .unwrap();
    let started = tokio::task::block_in_place(|| topdown.run(DEMO));
    assert_eq!(started.code, 1);
    assert!(started.stderr.contains("is damaged"), "{}", started.stderr);
}

/// Everything a data folder holds of one run and its symbol, as its readers see it; documents by name, candles by
/// series.
#[derive(Debug, Default)]
struct Seen {
    documents: Vec<String>,
    candles: BTreeMap<Timeframe, Vec<CandleRevision>>,
}

async fn seen(data: &Path, run_id: &RunId) -> Result<Seen, StoreError> {
    let local = Local::open(data, Access::Read, "http://127.0.0.1:8377")?;
    let mut seen = Seen::default();
    let Some(run) = local.journal.run(run_id).await? else { return Ok(seen) };
    let query = CandleQuery {
        source: run.source.clone(),
        symbol: run.symbol.clone(),
        as_of: run.as_of,
        wants: Timeframe::ALL.map(|timeframe| (timeframe, None)).to_vec(),
    };
    seen.candles = local.candles.read(&query).await?;
    if let Some(instrument) = local.candles.instrument(&run.source, &run.symbol).await? {
        seen.documents.push(serde_json::to_string(&instrument).unwrap());
    }
    for step in local.journal.steps(run_id).await? {
        if let Some(id) = &step.result.report_id
            && let Some(row) = local.reports.report(id).await?
        {
            seen.documents.push(serde_json::to_string(&row).unwrap());
        }
        if let Some(uri) = &step.result.gcs_uri {
            match local.artifacts.get(uri).await {
                Ok(bytes) => seen.documents.push(Sha256Hex::of(&bytes).to_string()),
                Err(StoreError::NotFound(_) | StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        seen.documents.push(serde_json::to_string(&step).unwrap());
    }
    seen.documents.push(serde_json::to_string(&run).unwrap());
    Ok(seen)
}

/// A changed byte anywhere in the database: what is read is an error, or what was written, or less of it, never
/// something else.
#[tokio::test(flavor = "multi_thread")]
async fn no_changed_byte_of_the_database_is_served() {
    let topdown = super::bench::program();
    let demo: Vec<&str> = DEMO.iter().copied().chain(["--symbol", "币安人生USDT"]).collect();
    let run = tokio::task::block_in_place(|| topdown.json(&demo));
    let run_id: RunId = run["run_id"].as_str().unwrap().parse().unwrap();
    let file = topdown.data().join("topdown.sqlite");
    let whole = std::fs::read(&file).unwrap();
    let wanted = seen(&topdown.data(), &run_id).await.unwrap();
    assert!(wanted.documents.len() > 20 && wanted.candles[&Timeframe::Hour].len() > 4_000);
    let (mut random, mut refused, mut less) = (Random::new(1), 0, 0);
    for _ in 0..100 {
        let at = random.below(whole.len() as u64) as usize;
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random.below(8);
        std::fs::write(&file, bytes).unwrap();
        let Ok(found) = seen(&topdown.data(), &run_id).await else {
            refused += 1;
            continue;
        };
        let known = |document: &String| wanted.documents.contains(document);
        assert!(found.documents.iter().all(known), "byte {at}: a document is not what was written");
        less += usize::from(found.documents.len() < wanted.documents.len());
        for (timeframe, bars) in &found.candles {
            let mut written = wanted.candles[timeframe].iter();
            // in order, each as it was; some may be missing, which an artifact names as a gap
            assert!(bars.iter().all(|bar| written.any(|kept| kept == bar)), "byte {at}: a candle changed");
            less += usize::from(bars.len() < wanted.candles[timeframe].len());
        }
    }
    // most of the file is candles, and a changed one is refused
    assert!(refused > 60, "{refused} of 100 were noticed, {less} hid something");
}

//! A program whose candles are collected, to be disturbed; what an undisturbed one leaves; and the comparison.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use domain::Sha256Hex;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sim::{SimClock, World, WorldConfig};
use tests::{Finished, Topdown};

/// The demo on small charts: drawing is the slowest part of a run.
pub(super) const DEMO: &[&str] = &["demo", "--json", "--catalog", "catalog"];

/// What a finished run left.
#[derive(Debug, PartialEq)]
pub(super) struct Left {
    /// Artifacts by step, as bytes; pages apart, for they name signed addresses.
    pub(super) artifacts: BTreeMap<String, Vec<u8>>,
    /// Report rows as kept, less what a row says of calls whose answers were lost.
    pub(super) rows: Vec<Value>,
    /// Every candle of every series, hashed.
    pub(super) candles: Sha256Hex,
}

/// A program beside a catalog whose charts are small and whose models answer to the simulated world's name.
pub(super) fn program() -> Topdown {
    let topdown = Topdown::new();
    catalog(&topdown.path("catalog"));
    topdown
}

/// The same with the candles of seed 1 in its data folder and no run yet.
pub(super) fn collected() -> Topdown {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let topdown = program();
        assert_eq!(killed(&topdown, DEMO, "artifact.begin=return").code, KILLED);
        keep(&topdown.data(), "collected")
    });
    let topdown = program();
    copy(folder, &topdown.data());
    topdown
}

/// A run of a simulated market whose model refuses, so that it fails; its id.
pub(super) fn failed_demo(topdown: &Topdown) -> String {
    let failed = topdown.run(&["demo", "--symbol", "ETHUSDT", "--model", "rule-analyst:refuse", "--json"]);
    assert_eq!(failed.code, 1, "{}", failed.stderr);
    let failed: Value = serde_json::from_str(&failed.stdout).unwrap();
    failed["run_id"].as_str().unwrap().to_owned()
}

/// What the demo leaves when nothing disturbs it.
pub(super) fn undisturbed() -> &'static Left {
    static LEFT: OnceLock<Left> = OnceLock::new();
    LEFT.get_or_init(|| {
        let topdown = collected();
        let run = topdown.json(DEMO);
        left(&topdown, &run)
    })
}

/// What [`finish`] answers for a program that was killed by signal 9: `timeout` ends itself as its program ended.
pub(super) const KILLED: i32 = 128 + 9;

/// Runs the command with fail points set. It must not hang.
pub(super) fn killed(topdown: &Topdown, arguments: &[&str], points: &str) -> Finished {
    let finished = finish(under_timeout(&topdown.command(arguments)).env("FAILPOINTS", points));
    assert_ne!(finished.code, 124, "{points}: {arguments:?} hangs");
    finished
}

/// The same command, ended by `timeout` after a minute: a program that hangs fails its test.
pub(super) fn under_timeout(command: &Command) -> Command {
    let mut bounded = Command::new("timeout");
    bounded.args(["--kill-after=5", "60"]).arg(command.get_program()).args(command.get_args());
    bounded.stdin(std::process::Stdio::null()).env_clear();
    bounded.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    bounded.current_dir(command.get_current_dir().expect("a folder to run in"));
    bounded
}

/// Runs a command to its end. A signal is its number and 128.
pub(super) fn finish(command: &mut Command) -> Finished {
    let output = command.output().expect("the program starts");
    Finished {
        code: output.status.code().or_else(|| Some(128 + output.status.signal()?)).unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Reads what a run left, and checks it by itself: all done, one row a timeframe, every artifact what the journal
/// says, the database sound, no message and no half-written file behind.
pub(super) fn left(topdown: &Topdown, run: &Value) -> Left {
    assert_eq!(run["status"], "done", "{run}");
    let mut artifacts = BTreeMap::new();
    for step in run["steps"].as_array().unwrap() {
        assert_eq!(step["status"], "done", "{step}");
        let id = step["step_id"].as_str().unwrap();
        let bytes = stored(topdown, step["gcs_uri"].as_str().unwrap());
        assert_eq!(step["sha256"], Sha256Hex::of(&bytes).as_str(), "{id}");
        if id != "notification" {
            artifacts.insert(id.to_owned(), bytes);
        }
    }
    let database = database(topdown);
    let intact: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(intact, "ok");
    assert_eq!(count(&database, "SELECT count(*) FROM messages"), 0, "every message was acknowledged");
    assert_eq!(count(&database, "SELECT count(*) FROM runs WHERE status = 'running'"), 0);
    let twice = "SELECT count(*) - count(DISTINCT timeframe) FROM reports WHERE document ->> 'run_id' = ?1";
    let run_id = run["run_id"].as_str().unwrap();
    let doubled: i64 = database.query_row(twice, [run_id], |row| row.get(0)).unwrap();
    assert_eq!(doubled, 0, "one row a timeframe");
    committed(topdown, &database);
    let (candles, number) = candles(&database);
    assert!(number > 50_000, "{number} candles");
    let mut rows = rows(&database, run_id);
    for row in &mut rows {
        let calls = row.as_object_mut().unwrap().remove("model_calls").unwrap();
        assert_eq!(calls, intended(run, &row["report_id"]), "calls that may be charged for: {row}");
    }
    Left { artifacts, rows, candles }
}

/// How often the step of a report set out to pay: a call whose answer was lost counts with the one that was kept.
fn intended(run: &Value, report_id: &Value) -> u64 {
    let steps = run["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["report_id"] == *report_id).unwrap();
    step["intents"].as_array().unwrap().iter().map(|intents| intents.as_u64().unwrap()).sum()
}

/// Every artifact that has a row is there, whole.
fn committed(topdown: &Topdown, database: &Connection) {
    let mut statement = database.prepare("SELECT key, sha256 FROM artifacts").unwrap();
    let kept = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    for row in kept.unwrap() {
        let (key, sha256) = row.unwrap();
        let bytes = std::fs::read(topdown.data().join(&key)).unwrap_or_else(|e| panic!("{key}: {e}"));
        assert_eq!(Sha256Hex::of(&bytes).as_str(), sha256, "{key}");
    }
}

/// The bytes behind an address, read past the program.
fn stored(topdown: &Topdown, uri: &str) -> Vec<u8> {
    let key = uri.strip_prefix("gs://local/").expect("an address of this machine");
    std::fs::read(topdown.data().join(key)).unwrap_or_else(|e| panic!("{uri}: {e}"))
}

pub(super) fn database(topdown: &Topdown) -> Connection {
    let path = topdown.data().join("topdown.sqlite");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap()
}

pub(super) fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn rows(database: &Connection, run_id: &str) -> Vec<Value> {
    let sql = "SELECT document FROM reports WHERE document ->> 'run_id' = ?1 ORDER BY report_id";
    let mut statement = database.prepare(sql).unwrap();
    let documents = statement.query_map([run_id], |row| row.get::<_, String>(0)).unwrap();
    documents.map(|document| serde_json::from_str(&document.unwrap()).unwrap()).collect()
}

/// Every version of every bar, hashed, and how many there are.
pub(super) fn candles(database: &Connection) -> (Sha256Hex, usize) {
    // the source names the port of a test's world
    let sql = "SELECT symbol || timeframe || open_ms || ' ' || open || ' ' || high || ' ' || low || ' ' \
               || close || ' ' || volume || ' ' || revision FROM candles JOIN series ON series.id = candles.series \
               ORDER BY symbol, timeframe, open_ms, observed_ms";
    let mut statement = database.prepare(sql).unwrap();
    let lines: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (Sha256Hex::of(lines.join("\n").as_bytes()), lines.len())
}

/// Charts of a quarter of the size, and profiles whose model is the simulated world's.
fn catalog(folder: &Path) {
    for (name, text) in [
        ("chart_templates/trend.toml", include_str!("../../chart_templates/trend.toml")),
        ("chart_templates/momentum.toml", include_str!("../../chart_templates/momentum.toml")),
        ("prompts/models.toml", include_str!("../../prompts/models.toml")),
    ] {
        let small = text.replace("width = 1280", "width = 640").replace("height = 720", "height = 360");
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, small.replace("gpt-6.1-terra", "rule-analyst")).unwrap();
    }
}

/// Keeps a folder for the other tests of this process, where Cargo lets tests write. The one of an earlier process
/// is replaced.
fn keep(folder: &Path, name: &str) -> PathBuf {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("faults").join(name);
    let _ = std::fs::remove_dir_all(&kept);
    copy(folder, &kept);
    kept
}

pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Flow 1 in a test's own world, asked of the profile that needs a key.
pub(super) const RUN: &[&str] =
    &["run", "1", "BTCUSDT", "--as-of", "2026-04-30T04:00:00Z", "--catalog", "catalog", "--json"];

/// A simulated world whose clock stands at the instant that [`RUN`] sees.
pub(super) async fn world() -> World {
    world_of(1).await
}

/// The same with another market.
pub(super) async fn world_of(seed: u64) -> World {
    let now = "2026-04-30T04:00:00Z".parse().unwrap();
    World::start(WorldConfig::seeded(seed, SimClock::fixed(now))).await.unwrap()
}

/// The program with its exchange and its model in `world`.
pub(crate) fn program_in(world: &World) -> Topdown {
    program()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("OPENAI_BASE_URL", &world.openai_url())
        .with("OPENAI_API_KEY", "key-of-a-test")
}

/// The same, its candles collected; the world has forgotten who asked for them.
pub(super) fn collected_in(world: &World) -> Topdown {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let topdown = program_in(world);
    // the world answers on other threads meanwhile
    tokio::task::block_in_place(|| {
        let folder = FOLDER.get_or_init(|| {
            let first = program_in(world);
            assert_eq!(killed(&first, RUN, "artifact.begin=return").code, KILLED);
            keep(&first.data(), "collected-in-a-world")
        });
        copy(folder, &topdown.data());
        // the source of the candles is named by the world's port
        let source = format!("host:{}", world.binance_url().trim_start_matches("http://"));
        let database = database(&topdown);
        database.execute("UPDATE series SET source = ?1", [&source]).unwrap();
        database.execute("UPDATE instruments SET source = ?1", [&source]).unwrap();
    });
    world.forget_requests();
    topdown
}

/// Runs [`RUN`] to its end in a world of the calling test.
pub(super) fn run(topdown: &Topdown) -> Finished {
    tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(RUN))))
}

/// Every run of the data folder, the oldest first, as `show` has it.
pub(super) fn runs(topdown: &Topdown) -> Vec<Value> {
    let listed = topdown.json(&["runs", "--json"]);
    let ids = listed["runs"].as_array().unwrap().iter().rev();
    ids.map(|run| topdown.json(&["show", run["run_id"].as_str().unwrap(), "--json"])).collect()
}

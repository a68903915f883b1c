//! What holds of every journal, whatever was done to its workers: the invariants of a step that pays for a call.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Sha256Hex;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use tests::{Topdown, figure};

/// Intents that a call may have: the contract's.
const MOST_INTENTS: u64 = 2;

/// A journal as it lies in a data folder, by run and step.
pub(super) type Steps = BTreeMap<(String, String), Value>;

/// Reads a database from a copy: a look at a killed program's own would already mend it.
fn looked_at<T>(data: &Path, look: impl FnOnce(&Connection) -> T) -> T {
    let copy = tempfile::tempdir().unwrap();
    for name in ["topdown.sqlite", "topdown.sqlite-wal"] {
        let _ = std::fs::copy(data.join(name), copy.path().join(name));
    }
    look(&Connection::open(copy.path().join("topdown.sqlite")).unwrap())
}

/// Answers of models that are kept for good.
pub(super) fn kept_answers(data: &Path) -> u64 {
    let sql = "SELECT count(*) FROM artifacts WHERE key LIKE 'paid/openai/%'";
    looked_at(data, |database| super::bench::count(database, sql)).unsigned_abs()
}

/// The journal of a data folder.
pub(super) fn steps(data: &Path) -> Steps {
    looked_at(data, read)
}

fn read(database: &Connection) -> Steps {
    let mut statement = database.prepare("SELECT document FROM steps ORDER BY number").unwrap();
    let documents = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let parsed = documents.map(|text| serde_json::from_str::<Value>(&text.unwrap()).unwrap());
    parsed.map(|step| ((text(&step, "run_id").to_owned(), text(&step, "step_id").to_owned()), step)).collect()
}

fn text<'a>(step: &'a Value, field: &str) -> &'a str {
    step[field].as_str().unwrap_or_default()
}

fn time(step: &Value, field: &str) -> Option<Timestamp> {
    step[field].as_str().and_then(|at| at.parse().ok())
}

fn is_terminal(step: &Value) -> bool {
    ["done", "failed", "skipped", "cancelled"].contains(&text(step, "status"))
}

fn intents(step: &Value) -> impl Iterator<Item = u64> {
    step["intents"].as_array().into_iter().flatten().map(|count| count.as_u64().unwrap())
}

/// Every invariant that is broken, by its name: from what the journal was at a fault to what it is once the faults
/// have stopped, with so many calls counted by the vendor and so many faults between a claim and a kept answer.
pub(super) fn broken(topdown: &Topdown, before: &Steps, calls: u64, faults: u64) -> Vec<String> {
    let after = steps(&topdown.data());
    let mut broken = Vec::new();
    for (key, was) in before {
        match after.get(key) {
            None => broken.push(format!("I1: {key:?} is gone")),
            Some(is) if is_terminal(was) && is != was => {
                broken.push(format!("I1: {key:?} changed: {was} {is}"))
            }
            Some(is) if is["fence"].as_u64() < was["fence"].as_u64() => {
                broken.push(format!("I6: the fence of {key:?} fell"));
            }
            Some(_) => {}
        }
    }
    let (mut intended, mut paid) = (0, 0);
    for (key, step) in &after {
        if !is_terminal(step) {
            broken.push(format!("L1: {key:?} has not ended: {step}"));
        }
        if text(step, "status") == "done" {
            let key_of = text(step, "gcs_uri").trim_start_matches("gs://local/").to_owned();
            let kept =
                std::fs::read(topdown.data().join(key_of)).map(|bytes| Sha256Hex::of(&bytes).to_string());
            if kept.ok().as_deref() != step["sha256"].as_str() {
                broken.push(format!("I4: the artifact of {key:?} is not what the journal says"));
            }
        }
        broken.extend(
            out_of_order(&after, step).map(|other| format!("I3: {key:?} began before {other} ended")),
        );
        for count in intents(step) {
            (intended, paid) = (intended + count, paid + 1);
            if count > MOST_INTENTS {
                broken.push(format!("I5: {count} intents of a call of {key:?}"));
            }
        }
    }
    if calls > intended {
        broken.push(format!("I7: {calls} calls, {intended} intents"));
    }
    if calls > paid + faults {
        broken.push(format!("I2: {calls} calls for {paid} answers and {faults} faults"));
    }
    broken
}

/// Steps that this one is made from and that ended after it began.
fn out_of_order<'a>(all: &'a Steps, step: &'a Value) -> impl Iterator<Item = String> + use<'a> {
    let needs = move |other: &Value| {
        let uri = &other["gcs_uri"];
        let notice = text(step, "kind") == "notification" && text(other, "kind") == "report";
        let charts = step["chart_refs"].as_array();
        notice
            || (!uri.is_null() && step["ohlcv_ref"] == *uri)
            || charts.is_some_and(|charts| charts.contains(uri))
            || (!step["parent_report_id"].is_null() && step["parent_report_id"] == other["report_id"])
    };
    let own = all.values().filter(move |other| other["run_id"] == step["run_id"] && needs(other));
    let late = own.filter(|other| match (time(other, "ended_at"), time(step, "started_at")) {
        (Some(ended), Some(began)) => ended > began,
        (ended, began) => began.is_some() && ended.is_none(),
    });
    late.map(|other| text(other, "step_id").to_owned())
}

/// The search finds each invariant that is broken by hand.
#[test]
fn the_search_finds_every_broken_invariant() {
    let topdown = super::bench::collected();
    topdown.json(super::bench::DEMO);
    let found = |calls: u64, faults: u64, sql: &str| {
        let own = super::bench::program();
        super::bench::copy(&topdown.data(), &own.data());
        let before = steps(&own.data());
        super::bench::database(&own).execute_batch(sql).unwrap();
        broken(&own, &before, calls, faults)
    };
    assert_eq!(found(2, 0, ""), Vec::<String>::new());
    let with = |field: &str, value: &str, step: &str| {
        format!(
            "UPDATE steps SET document = json_set(document, '$.{field}', json('{value}')) WHERE document ->> 'step_id' = '{step}'"
        )
    };
    for (name, calls, sql) in [
        ("I1", 2, "DELETE FROM steps WHERE document ->> 'step_id' = '1M-ohlcv'".to_owned()),
        ("I1", 2, with("reason", "\"another\"", "1M-ohlcv")),
        ("I2", 3, with("intents", "[2]", "1M-report")),
        ("I3", 2, with("started_at", "\"2026-01-01T00:00:00Z\"", "1w-report")),
        ("I4", 2, with("sha256", "\"00\"", "1M-chart-trend")),
        ("I5", 2, with("intents", "[3]", "1M-report")),
        ("I7", 3, String::new()),
        ("L1", 2, with("status", "\"running\"", "notification")),
    ] {
        let broken = found(calls, 0, &sql);
        assert!(broken.iter().any(|text| text.starts_with(name)), "{name} by {sql}: {broken:?}");
    }
    // a fence that falls, of a step that had not ended
    let own = super::bench::collected();
    super::bench::killed(&own, super::bench::DEMO, "commit.before=8*off->return");
    let before = steps(&own.data());
    super::bench::database(&own)
        .execute_batch("UPDATE steps SET document = json_set(document, '$.fence', 0)")
        .unwrap();
    let broken = broken(&own, &before, 2, 0);
    assert!(broken.iter().any(|text| text.starts_with("I6")), "{broken:?}");
    figure("mistakes", &json!({ "planted": 9, "caught": 9 }));
}

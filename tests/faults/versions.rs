//! What a newer version wrote is left as it is, and a message that nobody can read holds up no other.

use rusqlite::params;
use serde_json::{Value, json};
use tests::Topdown;

use super::bench::{DEMO, KILLED, collected, count, database, killed, undisturbed};

/// A data folder of a newer version: every command says so, and not a byte of it changes.
#[test]
fn a_newer_folder_is_refused_untouched() {
    let topdown = collected();
    assert_eq!(topdown.run(DEMO).code, 0);
    database(&topdown).pragma_update(None, "user_version", 99).unwrap();
    let path = topdown.data().join("topdown.sqlite");
    let before = std::fs::read(&path).unwrap();
    for arguments in [DEMO, &["runs"], &["show", "r-1"], &["cat", "gs://local/runs/r-1/a.json"]] {
        let finished = topdown.run(arguments);
        assert_eq!(finished.code, 1, "{arguments:?}");
        let says = "written by a newer version of topdown (99, this one knows ";
        assert!(finished.stderr.contains(says), "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains("update topdown"), "{arguments:?}: {}", finished.stderr);
    }
    assert!(std::fs::read(&path).unwrap() == before, "untouched");
}

/// The run's and its steps' documents as a newer version would have them.
fn as_newer(document: &str) -> String {
    let mut document: Value = serde_json::from_str(document).unwrap();
    document["v"] = json!(2);
    document["kind"] = json!("something new");
    document["later"] = json!({ "fields": ["this version has no name for"] });
    document.to_string()
}

/// Every document of a table, by its row.
fn documents(topdown: &Topdown, table: &str) -> Vec<(i64, String)> {
    let sql = match table {
        "runs" => "SELECT requested_ms, document FROM runs ORDER BY run_id",
        _ => "SELECT number, document FROM steps ORDER BY number",
    };
    let database = database(topdown);
    let mut statement = database.prepare(sql).unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// A run of a newer version that has not ended, in a folder that this version can read.
#[test]
fn a_newer_run_is_left_to_its_version() {
    let topdown = collected();
    // it was killed half way, then the program was rolled back
    assert_eq!(killed(&topdown, DEMO, "commit.after=5*off->return").code, KILLED);
    {
        let database = database(&topdown);
        for (number, document) in documents(&topdown, "steps") {
            let newer = as_newer(&document);
            database
                .execute(
                    "UPDATE steps SET document = ?2, sum = NULL, run_id = 'r-newer' WHERE number = ?1",
                    params![number, newer],
                )
                .unwrap();
        }
        let (_, document) = documents(&topdown, "runs").remove(0);
        let newer = as_newer(&document);
        database.execute("UPDATE runs SET document = ?1, sum = NULL, run_id = 'r-newer'", [newer]).unwrap();
        database.execute("UPDATE messages SET body = replace(body, '\"run_id\":\"r-', '\"run_id\":\"r-newer\",\"was\":\"')", []).unwrap();
    }
    let (runs, steps) = (documents(&topdown, "runs"), documents(&topdown, "steps"));
    assert!(steps.len() >= 6);

    let finished = topdown.run(DEMO);
    assert_eq!(finished.code, 0, "this version's own run ends: {}", finished.stderr);
    assert!(
        finished.stderr.contains("written by a newer version"),
        "and says what it left: {}",
        finished.stderr
    );
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    let reports = run["steps"].as_array().unwrap().iter().filter(|step| step["kind"] == "report");
    for step in reports {
        let bytes = topdown.cat(step["gcs_uri"].as_str().unwrap());
        assert!(bytes == undisturbed().artifacts[step["step_id"].as_str().unwrap()]);
    }
    let kept: Vec<_> = documents(&topdown, "steps").into_iter().take(steps.len()).collect();
    assert_eq!(kept, steps, "not a byte of the newer documents changed");
    assert!(documents(&topdown, "runs").contains(&runs[0]));
    let listed = topdown.json(&["runs", "--json"]);
    assert_eq!(listed["runs"].as_array().unwrap().len(), 1);
    let shown = topdown.run(&["show", "r-newer"]);
    assert_eq!(shown.code, 1);
    assert!(shown.stderr.contains("update topdown"), "{}", shown.stderr);
}

/// One step of a run is newer: the run is left alone, not failed, and holds up no other.
#[test]
fn a_newer_step_stops_its_own_run_only() {
    let topdown = collected();
    assert_eq!(killed(&topdown, DEMO, "commit.after=5*off->return").code, KILLED);
    let (number, document) = documents(&topdown, "steps").pop().unwrap();
    let newer = as_newer(&document);
    database(&topdown)
        .execute("UPDATE steps SET document = ?2, sum = NULL WHERE number = ?1", params![number, newer])
        .unwrap();
    let (runs, steps) = (documents(&topdown, "runs"), documents(&topdown, "steps"));
    let other: Vec<&str> = DEMO.iter().copied().chain(["--lang", "ru"]).collect();
    let finished = topdown.run(&other);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    // a step that the kill left in flight is of this version, and its own message ends it
    for (before, after) in steps.iter().zip(documents(&topdown, "steps")) {
        let step: Value = serde_json::from_str(&before.1).unwrap();
        if before.0 == number || step["status"] == "done" {
            assert_eq!(*before, after, "untouched");
        }
    }
    assert!(documents(&topdown, "runs").contains(&runs[0]), "it has not failed");
    let same = topdown.run(DEMO);
    assert_eq!(same.code, 1);
    assert!(same.stderr.contains("newer version"), "{}", same.stderr);
}

#[test]
fn a_message_that_nobody_can_read_is_set_aside() {
    let topdown = collected();
    assert_eq!(killed(&topdown, DEMO, "bus.taken=3*off->return").code, KILLED);
    let poison = [
        "no json".to_owned(),
        json!({"v": 2, "topic": "flow-events", "run_id": "r-1", "steps": []}).to_string(),
        json!({"v": 1, "topic": "a-new-topic", "run_id": "r-1", "steps": []}).to_string(),
        json!({"v": 1, "topic": "llm-analyst", "run_id": "../../etc", "steps": ["1w-report"]}).to_string(),
    ];
    let database = database(&topdown);
    for body in &poison {
        // before every other
        database
            .execute("INSERT INTO messages (id, body) SELECT min(id) - 1, ?1 FROM messages", [body])
            .unwrap();
    }
    // for a run and a step that do not exist: read, and dropped
    let stray =
        json!({"v": 1, "topic": "llm-analyst", "run_id": "r-none", "steps": ["1w-report"]}).to_string();
    database.execute("INSERT INTO messages (body) VALUES (?1)", [stray]).unwrap();
    drop(database);
    let finished = topdown.run(DEMO);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    let said = finished.stderr.matches("cannot be read: set aside").count();
    assert_eq!(said, poison.len(), "{}", finished.stderr);
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!(run["status"], "done");
    let database = super::bench::database(&topdown);
    assert_eq!(count(&database, "SELECT count(*) FROM messages"), 4, "kept for a person to look at");
    // and never in the way again
    assert!(!topdown.run(DEMO).stderr.contains("set aside"));
}

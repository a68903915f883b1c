//! Tables as earlier versions made them: what is deployed now goes on with them as they are.

use serde_json::{Value, json};
use tests::{figure, repository};

fn read(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(repository().join(path)).unwrap()).unwrap()
}

/// Tables as infra/ describes them, their columns inside.
fn described() -> Value {
    let mut tables = read("infra/schemas/tables.json")["tables"].take();
    for table in tables.as_object_mut().unwrap().values_mut() {
        let schema = format!("infra/{}", table["schema"].as_str().unwrap());
        table["schema"] = read(&schema);
    }
    tables
}

/// Why BigQuery would refuse to make the one of the other, or rows of the earlier version would not fit any more.
fn broken(then: &Value, now: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (name, table) in then.as_object().unwrap() {
        for fixed in ["time_partitioning", "clustering"] {
            if table[fixed] != now[name][fixed] {
                found.push(format!("{name}: {fixed} is made anew"));
            }
        }
        columns(name, &table["schema"], &now[name]["schema"], &mut found);
    }
    found
}

fn columns(place: &str, then: &Value, now: &Value, found: &mut Vec<String>) {
    let list = |fields: &Value| fields.as_array().cloned().unwrap_or_default();
    let (then, now) = (list(then), list(now));
    let named = |fields: &[Value], name: &Value| fields.iter().find(|field| field["name"] == *name).cloned();
    for field in &then {
        let place = format!("{place}.{}", field["name"].as_str().unwrap());
        let Some(kept) = named(&now, &field["name"]) else {
            found.push(format!("{place} is gone"));
            continue;
        };
        let is_relaxed = field["mode"] == "REQUIRED" && kept["mode"] == "NULLABLE";
        if field["type"] != kept["type"] || (field["mode"] != kept["mode"] && !is_relaxed) {
            found.push(format!("{place} is another"));
        }
        columns(&place, &field["fields"], &kept["fields"], found);
    }
    for field in now.iter().filter(|field| named(&then, &field["name"]).is_none()) {
        if field["mode"] != "NULLABLE" && field["mode"] != "REPEATED" {
            found
                .push(format!("{place}.{} is new and earlier rows lack it", field["name"].as_str().unwrap()));
        }
    }
}

#[test]
fn tables_of_version_1_are_gone_on_with() {
    let (then, now) = (read("tests/fixtures/v1/tables.json"), described());
    assert_eq!(then.as_object().unwrap().len(), 3);
    assert_eq!(broken(&then, &now), Vec::<String>::new());

    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = now.clone();
        change(&mut changed);
        broken(&then, &changed)
    };
    let column = |mode: &str| json!({"name": "venue", "type": "STRING", "mode": mode});
    let added =
        |mode: &str| with(&|tables| tables["reports"]["schema"].as_array_mut().unwrap().push(column(mode)));
    assert_eq!(added("NULLABLE"), Vec::<String>::new());
    let planted = [
        added("REQUIRED"),
        with(&|tables| _ = tables["reports"]["schema"].as_array_mut().unwrap().remove(0)),
        with(&|tables| tables["ohlcv_raw"]["schema"][0]["type"] = json!("BYTES")),
        with(&|tables| tables["ohlcv_raw"]["time_partitioning"]["type"] = json!("MONTH")),
        with(&|tables| _ = tables.as_object_mut().unwrap().remove("recommendations")),
    ];
    assert!(planted.iter().all(|found| !found.is_empty()), "{planted:?}");
    figure("mistakes", &json!({ "planted": planted.len(), "caught": planted.len() }));
}

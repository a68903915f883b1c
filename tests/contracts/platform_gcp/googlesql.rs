//! All SQL, analysed by GoogleSQL itself against the schema files: what the emulator takes is not always what
//! BigQuery takes.
use std::io::Write;
use std::process::{Command, Stdio};

use platform_gcp::bigquery::STATEMENTS;
use serde_json::{Value, json};
use tests::{left_out, repository};

use super::warehouse::Infra;

/// The analyser, built at first use.
fn analyser(test: &str) -> Option<Command> {
    let built = Command::new("bash").arg(repository().join("tests/googlesql/build.sh")).output().unwrap();
    if !built.status.success() {
        left_out(test, String::from_utf8_lossy(&built.stderr).trim());
        return None;
    }
    Some(Command::new(String::from_utf8(built.stdout).unwrap().trim()))
}

/// The tables, and every statement of this repository in the order in which they build on one another.
fn everything() -> Value {
    let infra = Infra::read();
    let table = |(name, table): (&String, &Value)| {
        let columns = infra.schema(table);
        let column = |of: &Value| json!({"name": of["name"], "type": of["type"], "mode": of["mode"]});
        let columns: Vec<_> = columns.as_array().unwrap().iter().map(column).collect();
        json!({"dataset": table["dataset"], "name": name, "columns": columns})
    };
    let tables: Vec<_> = infra.tables["tables"].as_object().unwrap().iter().map(table).collect();
    let named = |(name, of): (String, String)| json!({"name": name, "type": of});
    let made = infra.made().into_iter().map(|made| {
        let creates = if made.arguments.is_some() { "function" } else { "view" };
        let takes: Vec<_> = made.arguments.unwrap_or_default().into_iter().map(named).collect();
        json!({"name": made.name, "sql": made.body, "creates": creates, "dataset": made.dataset, "takes": takes})
    });
    let sent = STATEMENTS.iter().map(|statement| {
        let parameters =
            statement.parameters.iter().map(|(name, of)| named((name.to_string(), of.to_string())));
        json!({"name": statement.name, "sql": statement.sql, "parameters": parameters.collect::<Vec<_>>()})
    });
    json!({"tables": tables, "statements": made.chain(sent).collect::<Vec<_>>()})
}

fn analysed(mut analyser: Command, given: &Value) -> Vec<Value> {
    let mut child = analyser.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(given.to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn error(verdicts: &[Value], name: &str) -> String {
    let verdict = verdicts.iter().find(|verdict| verdict["name"] == name);
    verdict.unwrap_or_else(|| panic!("no verdict on {name}"))["error"].as_str().unwrap().to_owned()
}

#[test]
fn every_statement_is_googlesql() {
    let Some(analyser) = analyser("every_statement_is_googlesql") else { return };
    let mut given = everything();
    let count = given["statements"].as_array().unwrap().len();
    assert_eq!(count, Infra::read().made().len() + STATEMENTS.len());
    // each as a mistake of one word
    let planted = [
        ("newest_closed", "revision > 0", "revisions > 0", "Unrecognized name: revisions"),
        (
            "newest_closed",
            "AND symbol = @symbol",
            "AND trades = @symbol",
            "No matching signature for operator =",
        ),
        ("candles_as_of", "@wants", "@source", "No matching signature for topdown_market.ohlcv_as_of"),
        ("report_by_id", "@report_id", "@id", "Query parameter 'id' not found"),
        (
            "recommendations_matching",
            "signal_strength >= @min_strength",
            "direction >= @min_strength",
            "No matching signature for operator >=",
        ),
        ("latest_reports", "topdown_reports.reports_once", "topdown_reports.nothing", "Table not found"),
        (
            "cost_by_day_and_model",
            "SUM(model_calls)",
            "SUM(llm_model)",
            "No matching signature for aggregate function SUM",
        ),
        ("ohlcv_as_of", "AND open_time < as_of", "AND open < as_of", "No matching signature for operator <"),
    ];
    let statements = given["statements"].as_array_mut().unwrap();
    for (number, (name, right, wrong, _)) in planted.iter().enumerate() {
        let mut mistaken = statements.iter().find(|statement| statement["name"] == *name).unwrap().clone();
        let sql = mistaken["sql"].as_str().unwrap();
        assert!(sql.contains(right), "{name} has no `{right}`");
        mistaken["sql"] = json!(sql.replacen(right, wrong, 1));
        mistaken["name"] = json!(format!("mistake{number}"));
        statements.push(mistaken);
    }
    let verdicts = analysed(analyser, &given);
    for verdict in verdicts.iter().take(count) {
        assert_eq!(verdict["error"], "", "{}", verdict["name"]);
    }
    for (number, (name, _, wrong, said)) in planted.iter().enumerate() {
        let found = error(&verdicts, &format!("mistake{number}"));
        assert!(found.contains(said), "{name} with `{wrong}`: {found}");
    }
}

/// A column of that name is a keyword to the emulator, and a line of every audit would have to quote it.
#[test]
fn no_column_is_called_at() {
    let infra = Infra::read();
    for (name, table) in infra.tables["tables"].as_object().unwrap() {
        let columns = infra.schema(table);
        for column in columns.as_array().unwrap() {
            assert_ne!(column["name"], "at", "{name}");
            let description = column["description"].as_str().unwrap_or_default();
            assert!(description.len() > 3, "{name}.{} says nothing of itself", column["name"]);
        }
    }
}

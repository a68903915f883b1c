//! Flow 1 through the program's own door.

mod account;
mod bybit;
mod history;
mod lifecycle;
mod modes;
mod perpetual;
mod real_candles;
mod recommendation;
mod replay;
mod resume;
mod simulated;
mod tools;

use serde_json::Value;

/// The step of that id.
fn step<'a>(run: &'a Value, id: &str) -> &'a Value {
    let steps = run["steps"].as_array().expect("steps");
    steps.iter().find(|step| step["step_id"] == id).unwrap_or_else(|| panic!("no step {id}: {steps:?}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}"))
}

/// Statuses of the items of a report's checks.
fn statuses(run: &Value) -> Vec<&str> {
    run["report"]["checks"]["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| text(item, "status"))
        .collect()
}
